/**
 * The totals that features are made of: for each moment of a batch, its own event and sums over the earlier events of
 * its user, product, category, brand and session. It names columns and computes nothing.
 */

/** Windows that end before the moment, from the shortest (sliding-windows.ts). */
export const WINDOWS = ['1h', '1d', '7d', '30d'] as const;

export type WindowName = (typeof WINDOWS)[number];

const WINDOWED = [
  'product_views',
  'product_carts',
  'product_purchases',
  'category_views',
  'category_purchases',
  'brand_views',
  'brand_purchases',
  'user_views',
  'user_purchases',
] as const;

/** Totals of moments; counts are whole numbers, `…_us` instants in microseconds, `…_units` sums of ten-thousandths. */
const NAMES = [
  // the moment's own event
  'us',
  'price',
  'is_cart',
  'has_category',
  'has_brand',
  // the user's past
  'user_events',
  'user_sessions',
  'user_views',
  'user_carts',
  'user_purchases',
  'user_priced_purchases',
  'user_spend_units',
  'user_first_us',
  'user_last_us',
  'user_first_purchase_us',
  'user_last_purchase_us',
  // the product's past
  'product_views',
  'product_carts',
  'product_removals',
  'product_purchases',
  'product_users',
  'product_prices',
  'product_price_units',
  'product_lowest_units',
  'product_first_us',
  'product_last_us',
  'product_last_purchase_us',
  // the category's and the brand's past
  'category_views',
  'category_purchases',
  'category_prices',
  'category_price_units',
  'brand_views',
  'brand_purchases',
  'brand_prices',
  'brand_price_units',
  // the session's past
  'session_events',
  'session_instants',
  'session_views',
  'session_carts',
  'session_removals',
  'session_purchases',
  'session_products',
  'session_categories',
  'session_prices',
  'session_price_units',
  'session_first_us',
  'session_last_us',
  'session_last_cart_us',
  // pasts of pairs
  'user_product_views',
  'user_product_carts',
  'user_product_purchases',
  'user_product_last_us',
  'user_category_events',
  'user_category_purchases',
  'session_product_views',
  'session_product_carts',
  'session_product_removals',
  'session_product_dwell_us',
  'session_product_last_us',
  'session_category_events',
  // the course of the product's price
  'product_highest_units',
  'product_last_price_units',
  'product_earlier_price_units',
  'product_price_change_us',
  // the session's cart
  'session_cart_products',
  'session_cart_units',
  'session_product_in_cart',
  // what the user turns to, and everybody
  'all_events',
  'category_events',
  'brand_events',
  'price_band',
  'price_band_events',
  'user_brand_events',
  'user_brand_purchases',
  'user_price_band_events',
  'user_price_band_purchases',
  // windows
  'user_spend_units_30d',
  // what followed the products before it
  'next_views_here',
  'next_views_any',
  'next_views_known',
  'copurchases_here',
  'copurchases_any',
  'copurchases_known',
] as const;

export type TotalName = (typeof NAMES)[number] | `${(typeof WINDOWED)[number]}_${WindowName}`;

const ALL = [...NAMES, ...WINDOWED.flatMap((name) => WINDOWS.map((window) => `${name}_${window}` as const))];

/** One value a moment; an instant or a lowest price that is not there is NaN, a flag is 1 or 0. */
export type Totals = Readonly<Record<TotalName, Float64Array>>;

export function emptyTotals(rows: number): Totals {
  return Object.fromEntries(ALL.map((name) => [name, new Float64Array(rows)])) as Record<TotalName, Float64Array>;
}
