/** Features of the product's category and brand: their names and their past with all users. */
import {
  type CategoricalFeature,
  type CategoryColumn,
  type Feature,
  type FeatureFamily,
  type NumericFeature,
  smoothedConversion,
  type Value,
} from './feature.js';

function past(family: 'category' | 'brand'): NumericFeature[] {
  const numeric = (
    name: string,
    unit: string,
    reads: Feature['reads'],
    description: string,
    value: Value,
  ): NumericFeature => ({
    name,
    kind: 'numeric',
    family,
    description,
    unit,
    reads,
    actionable: false,
    value: (t, i) => (t[`has_${family}`][i] === 1 ? value(t, i) : Number.NaN),
  });
  return [
    numeric(
      `${family}_views`,
      'events',
      ['view'],
      `Earlier views in the ${family} by anybody; missing without a ${family}.`,
      (t, i) => t[`${family}_views`][i],
    ),
    numeric(
      `${family}_purchases`,
      'events',
      ['purchase'],
      `Earlier purchases in the ${family} by anybody; missing without a ${family}.`,
      (t, i) => t[`${family}_purchases`][i],
    ),
    numeric(
      `${family}_conversion`,
      'share',
      ['view', 'purchase'],
      `The ${family}'s purchases a view so far, smoothed: (purchases + 1) / (views + 50); missing without a ${family}.`,
      (t, i) => smoothedConversion(t[`${family}_purchases`][i], t[`${family}_views`][i]),
    ),
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
  ...past('category'),
  named('brand', 'brand', "The product's brand.", 'brand'),
  ...past('brand'),
];
