/** Features of the product's category and brand: their names and their past with all users. */
import {
  type CategoricalFeature,
  type CategoryColumn,
  type Feature,
  type FeatureFamily,
  isWhole,
  type NumericFeature,
  smoothedConversion,
  type Value,
} from './feature.js';

interface PastValues {
  readonly views: Value;
  readonly purchases: Value;
  readonly conversion: Value;
}

function past(family: 'category' | 'brand', values: PastValues): NumericFeature[] {
  const numeric = (
    of: keyof PastValues,
    unit: string,
    reads: Feature['reads'],
    description: string,
  ): NumericFeature => ({
    name: `${family}_${of}`,
    kind: 'numeric',
    family,
    description: `${description}; missing without a ${family}.`,
    unit,
    reads,
    actionable: false,
    whole: isWhole(unit),
    value: values[of],
  });
  const conversion = `The ${family}'s purchases a view so far, smoothed: (purchases + 1) / (views + 50)`;
  return [
    numeric('views', 'events', ['view'], `Earlier views in the ${family} by anybody`),
    numeric('purchases', 'events', ['purchase'], `Earlier purchases in the ${family} by anybody`),
    numeric('conversion', 'share', ['view', 'purchase'], conversion),
  ];
}

function named(
  name: string,
  family: FeatureFamily,
  description: string,
  column: CategoryColumn,
  level?: number,
): CategoricalFeature {
  const plain = { name, family, description, unit: 'category', reads: [], actionable: false, column } as const;
  return { ...plain, kind: 'categorical', ...(level === undefined ? {} : { level }) };
}

function level(number: 1 | 2 | 3): CategoricalFeature {
  return named(
    `category_level_${number}`,
    'category',
    `Part ${number} of the category code ("electronics.audio.headphone"); missing when the code has none.`,
    'category_code',
    number,
  );
}

export const CATEGORY_FEATURES: readonly Feature[] = [
  level(1),
  level(2),
  level(3),
  ...past('category', {
    views: (t, i) => (t.has_category[i] === 1 ? t.category_views[i] : Number.NaN),
    purchases: (t, i) => (t.has_category[i] === 1 ? t.category_purchases[i] : Number.NaN),
    conversion: (t, i) =>
      t.has_category[i] === 1 ? smoothedConversion(t.category_purchases[i], t.category_views[i]) : Number.NaN,
  }),
  named('brand', 'brand', "The product's brand.", 'brand'),
  ...past('brand', {
    views: (t, i) => (t.has_brand[i] === 1 ? t.brand_views[i] : Number.NaN),
    purchases: (t, i) => (t.has_brand[i] === 1 ? t.brand_purchases[i] : Number.NaN),
    conversion: (t, i) =>
      t.has_brand[i] === 1 ? smoothedConversion(t.brand_purchases[i], t.brand_views[i]) : Number.NaN,
  }),
];
