/**
 * Every feature of a decision moment, once, in the order of the columns. The pass over
 * events, the bundle and the report all read this list.
 */
import { BEHAVIOURAL_FEATURES } from './behavioural-features.js';
import { CATEGORY_FEATURES } from './category-features.js';
import type { CategoricalFeature, Feature, FeatureDescription } from './feature.js';
import { PRODUCT_FEATURES } from './product-features.js';
import { TEMPORAL_FEATURES } from './temporal-features.js';
import { USER_FEATURES } from './user-features.js';

/**
 * The raw ids as categories of many values. A session's id is not among them: a session of the training data never
 * comes back, so it could only be learned by heart.
 */
const ID_FEATURES: readonly CategoricalFeature[] = (['user', 'product', 'category'] as const).map((of) => ({
  name: `id_of_${of}`,
  kind: 'categorical',
  family: 'id',
  description: `The ${of}'s own id.`,
  unit: 'category',
  reads: [],
  actionable: false,
  column: `${of}_id` as const,
}));

export interface CatalogueOptions {
  /** False leaves out the raw ids. */
  readonly idFeatures: boolean;
}

/** The features in the order of their columns. */
export function catalogue({ idFeatures }: CatalogueOptions): readonly Feature[] {
  return [
    ...USER_FEATURES,
    ...PRODUCT_FEATURES,
    ...CATEGORY_FEATURES,
    ...TEMPORAL_FEATURES,
    ...BEHAVIOURAL_FEATURES,
    ...(idFeatures ? ID_FEATURES : []),
  ];
}

/** The catalogue without its functions: plain JSON for bundles and reports. */
export function describeFeatures(features: readonly Feature[]): FeatureDescription[] {
  return features.map(({ name, kind, family, description, unit, reads, actionable }) => ({
    name,
    kind,
    family,
    description,
    unit,
    reads,
    actionable,
  }));
}
