/** Features of the product's category and brand: their names and their past with all users. */
import { count, type Feature, type FeatureFamily, smoothedConversion } from './feature.js';

function past(family: 'category' | 'brand', present: string): Feature[] {
  const numeric = (name: string, unit: string, reads: Feature['reads'], description: string, sql: string): Feature => ({
    name,
    kind: 'numeric',
    family,
    description,
    unit,
    reads,
    actionable: false,
    sql: `CASE WHEN ${present} IS NOT NULL THEN ${sql} END`,
  });
  return [
    numeric(
      `${family}_views`,
      'events',
      ['view'],
      `Earlier views in the ${family} by anybody; missing without a ${family}.`,
      count(`${family}_views`),
    ),
    numeric(
      `${family}_purchases`,
      'events',
      ['purchase'],
      `Earlier purchases in the ${family} by anybody; missing without a ${family}.`,
      count(`${family}_purchases`),
    ),
    numeric(
      `${family}_conversion`,
      'share',
      ['view', 'purchase'],
      `The ${family}'s purchases a view so far, smoothed: (purchases + 1) / (views + 50); missing without a ${family}.`,
      smoothedConversion(`${family}_purchases`, `${family}_views`),
    ),
  ];
}

function named(name: string, family: FeatureFamily, description: string, sql: string): Feature {
  return { name, kind: 'categorical', family, description, unit: 'category', reads: [], actionable: false, sql };
}

function level(number: 1 | 2 | 3): Feature {
  return named(
    `category_level_${number}`,
    'category',
    `Part ${number} of the category code ("electronics.audio.headphone"); missing when the code has none.`,
    `nullif(split_part(category_code, '.', ${number}), '')`,
  );
}

export const CATEGORY_FEATURES: readonly Feature[] = [
  level(1),
  level(2),
  level(3),
  ...past('category', 'category_id'),
  named('brand', 'brand', "The product's brand.", 'brand'),
  ...past('brand', 'brand'),
];
