/** What one feature is: its place in the catalogue, and its value as a function of the totals of a moment. */
import type { Totals } from './totals.js';

/** In the order of the catalogue. */
export const FEATURE_FAMILIES = [
  'user',
  'product',
  'category',
  'brand',
  'temporal',
  'behavioural',
  'window',
  'affinity',
  'price',
  'cart',
  'succession',
  'id',
] as const;

export type FeatureFamily = (typeof FEATURE_FAMILIES)[number];

export type EventType = 'view' | 'cart' | 'remove_from_cart' | 'purchase';

export const EVENT_TYPES: readonly EventType[] = ['view', 'cart', 'remove_from_cart', 'purchase'];

/** A feature as people read it; plain JSON. */
export interface FeatureDescription {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly family: FeatureFamily;
  /** One sentence, in the words of a shop. */
  readonly description: string;
  /** "events", "seconds", "share", "ratio", "currency", … ; "category" for categorical features. */
  readonly unit: string;
  /** Types of the earlier events it reads; empty when it reads the moment's own event alone. */
  readonly reads: readonly EventType[];
  /** True when the shop can change it (a price), false when it can only observe it. */
  readonly actionable: boolean;
}

/**
 * The value of the moment in row `i`; NaN is missing. Every total but those of the moment's own event is a function of
 * events strictly before the moment (sweep.ts), so a value cannot see the future.
 */
export type Value = (totals: Totals, i: number) => number;

export interface NumericFeature extends FeatureDescription {
  readonly kind: 'numeric';
  /** Whether its values are whole numbers of at least 0, below 2^31, such as counts. */
  readonly whole: boolean;
  readonly value: Value;
}

const WHOLE_UNITS = ['events', 'sessions', 'users', 'products', 'categories', 'position', 'yes or no', 'band', 'step'];

/** By its unit, a feature of whole numbers. */
export function isWhole(unit: string): boolean {
  return WHOLE_UNITS.includes(unit) || unit.endsWith('of the day') || unit.endsWith('of the week');
}

/** The columns of an event whose texts are categories. */
export type CategoryColumn = 'user_id' | 'product_id' | 'category_id' | 'category_code' | 'brand';

export interface CategoricalFeature extends FeatureDescription {
  readonly kind: 'categorical';
  /** The column of the moment's own event that it is made of. */
  readonly column: CategoryColumn;
  /** The part of the text between dots that it is, from 1, missing when empty; absent: the whole text. */
  readonly level?: number;
}

export type Feature = NumericFeature | CategoricalFeature;

/** Microseconds between two instants as seconds; NaN when `from` is. */
export function secondsSince(us: number, from: number): number {
  return (us - from) / 1e6;
}

/** A sum of prices, kept in ten-thousandths, as currency. */
export function currency(units: number): number {
  return units / 1e4;
}

/** The mean of exactly summed prices; NaN when there is none. */
export function meanPrice(units: number, number: number): number {
  return number === 0 ? Number.NaN : currency(units) / number;
}

/** A price over a past mean; missing when there is no past or its mean is 0. */
export function priceOver(price: number, mean: number): number {
  return mean === 0 ? Number.NaN : price / mean;
}

/** The prior of every smoothed rate: as if 50 more views had been seen, with 2% bought and 5% put into a cart. */
export const PRIOR_VIEWS = 50;
export const PRIOR_PURCHASES = 1;
export const PRIOR_CARTS = 2.5;

/** (purchases + 1) / (views + 50): a rate that starts at 2% and needs evidence to leave it. */
export function smoothedConversion(purchases: number, views: number): number {
  return (purchases + PRIOR_PURCHASES) / (views + PRIOR_VIEWS);
}

/** (carts + 2.5) / (views + 50): a rate that starts at 5%. */
export function smoothedCartRate(carts: number, views: number): number {
  return (carts + PRIOR_CARTS) / (views + PRIOR_VIEWS);
}
