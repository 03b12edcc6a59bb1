/**
 * What one feature is: its place in the catalogue and the SQL expression that makes it. It computes nothing.
 */

export type FeatureFamily = 'user' | 'product' | 'category' | 'brand' | 'temporal' | 'behavioural' | 'id';

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

export interface Feature extends FeatureDescription {
  /**
   * An SQL expression over the columns of the moment's own event (`price`, `us`, `category_code`, …) and the totals of
   * totals.ts. Every total is a function of events strictly before the moment, so an expression cannot see the future.
   */
  readonly sql: string;
}

/** An earlier count: SQL's empty sum is NULL, a count of nothing is 0. */
export function count(total: string): string {
  return `coalesce(${total}, 0)`;
}

/** Microseconds between two instants as seconds; NULL when `from` is. */
export function secondsSince(from: string): string {
  return `(us - ${from}) / 1e6::DOUBLE`;
}

/** A sum of prices, kept in ten-thousandths, as currency. */
export function currency(sum: string): string {
  return `(${sum})::DOUBLE / 1e4::DOUBLE`;
}

/** The mean of exactly summed prices; NULL when there is none. */
export function meanPrice(sum: string, number: string): string {
  return `${currency(sum)} / nullif(${number}, 0)::DOUBLE`;
}

/** The moment's own price over a past mean; missing when there is no past or its mean is 0. */
export function priceOver(mean: string): string {
  return `price / nullif(${mean}, 0::DOUBLE)`;
}

/** The prior of every smoothed rate: as if 50 more views had been seen, with 2% bought and 5% put into a cart. */
export const PRIOR_VIEWS = 50;
export const PRIOR_PURCHASES = 1;
export const PRIOR_CARTS = 2.5;

/** (purchases + 1) / (views + 50): a rate that starts at 2% and needs evidence to leave it. */
export function smoothedConversion(purchases: string, views: string): string {
  return `(${count(purchases)} + ${PRIOR_PURCHASES})::DOUBLE / (${count(views)} + ${PRIOR_VIEWS})::DOUBLE`;
}

/** (carts + 2.5) / (views + 50): a rate that starts at 5%. */
export function smoothedCartRate(carts: string, views: string): string {
  return `(${count(carts)}::DOUBLE + ${PRIOR_CARTS}::DOUBLE) / (${count(views)} + ${PRIOR_VIEWS})::DOUBLE`;
}
