/**
 * Every feature of a decision moment, once, in the order of the columns. The pass over
 * events, the bundle and the report all read this list.
 */
import { AFFINITY_FEATURES } from './affinity-features.js';
import { BEHAVIOURAL_FEATURES } from './behavioural-features.js';
import { CART_FEATURES } from './cart-features.js';
import { CATEGORY_FEATURES } from './category-features.js';
import {
  type CategoricalFeature,
  FEATURE_FAMILIES,
  type Feature,
  type FeatureDescription,
  type FeatureFamily,
} from './feature.js';
import { PRICE_FEATURES } from './price-features.js';
import { PRODUCT_FEATURES } from './product-features.js';
import { SUCCESSION_FEATURES } from './succession-features.js';
import { TEMPORAL_FEATURES } from './temporal-features.js';
import { USER_FEATURES } from './user-features.js';
import { WINDOW_FEATURES } from './window-features.js';

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
  /** The families to make; all by default. */
  readonly families?: readonly FeatureFamily[];
}

/** The features in the order of their columns. */
export function catalogue({ idFeatures, families }: CatalogueOptions): readonly Feature[] {
  const all: readonly Feature[] = [
    ...USER_FEATURES,
    ...PRODUCT_FEATURES,
    ...CATEGORY_FEATURES,
    ...TEMPORAL_FEATURES,
    ...BEHAVIOURAL_FEATURES,
    ...WINDOW_FEATURES,
    ...AFFINITY_FEATURES,
    ...PRICE_FEATURES,
    ...CART_FEATURES,
    ...SUCCESSION_FEATURES,
    ...(idFeatures ? ID_FEATURES : []),
  ];
  return families === undefined ? all : all.filter(({ family }) => families.includes(family));
}

/** The families that features are of, in the order of the catalogue. */
export function familiesOf(features: readonly Pick<FeatureDescription, 'family'>[]): FeatureFamily[] {
  return FEATURE_FAMILIES.filter((family) => features.some((feature) => feature.family === family));
}

/** The catalogue without its functions: plain JSON for bundles and reports. */
export function describeFeatures(features: readonly Feature[]): FeatureDescription[] {
  return features.map(describeFeature);
}

export function describeFeature({
  name,
  kind,
  family,
  description,
  unit,
  reads,
  actionable,
}: FeatureDescription): FeatureDescription {
  return { name, kind, family, description, unit, reads, actionable };
}
