/**
 * The features by their definitions, event by event over plain arrays: quadratic, no SQL, nothing shared with src/ but
 * the names. Tests hold the SQL to it, bit for bit.
 */

import { plainRecentFeatures } from './plain-recent-features.js';

export interface ShopEvent {
  /** Microseconds since 1970. */
  readonly us: number;
  readonly type: 'view' | 'cart' | 'remove_from_cart' | 'purchase';
  readonly product: string;
  readonly category: string | null;
  readonly code: string | null;
  readonly brand: string | null;
  readonly price: number | null;
  readonly user: string;
  readonly session: string;
}

export type FeatureRow = Readonly<Record<string, number | string | null>>;

const number = (events: readonly ShopEvent[], type?: ShopEvent['type']) =>
  type === undefined ? events.length : events.filter((event) => event.type === type).length;

const distinct = (values: readonly (string | null)[]) => new Set(values.filter((value) => value !== null)).size;

/** Price sums are exact: whole ten-thousandths. */
const units = (events: readonly ShopEvent[]) =>
  events.reduce((sum, { price }) => (price === null ? sum : sum + BigInt(Math.round(price * 1e4))), 0n);

const mean = (events: readonly ShopEvent[]) => {
  const priced = events.filter(({ price }) => price !== null);
  return priced.length === 0 ? null : Number(units(priced)) / 1e4 / priced.length;
};

const over = (price: number | null, by: number | null) =>
  price === null || by === null || by === 0 ? null : price / by;

const smoothed = (events: readonly ShopEvent[]) => (number(events, 'purchase') + 1) / (number(events, 'view') + 50);

/** Every feature of one moment, given all events of the shop, in any order. */
export function plainFeatures(moment: ShopEvent, all: readonly ShopEvent[]): FeatureRow {
  const past = all.filter((event) => event.us < moment.us);
  const user = past.filter((event) => event.user === moment.user);
  const product = past.filter((event) => event.product === moment.product);
  const category = past.filter((event) => event.category === moment.category);
  const brand = past.filter((event) => event.brand === moment.brand);
  const session = past.filter((event) => event.session === moment.session);
  const userProduct = user.filter((event) => event.product === moment.product);
  const userCategory = user.filter((event) => event.category === moment.category);
  const sessionProduct = session.filter((event) => event.product === moment.product);
  const sessionCategory = session.filter((event) => event.category === moment.category);

  const first = (events: readonly ShopEvent[]) => (events.length === 0 ? null : Math.min(...events.map((e) => e.us)));
  const last = (events: readonly ShopEvent[], type?: ShopEvent['type']) => {
    const times = events.filter((event) => type === undefined || event.type === type).map((event) => event.us);
    return times.length === 0 ? null : Math.max(...times);
  };
  const since = (us: number | null) => (us === null ? null : (moment.us - us) / 1e6);
  const bought = user.filter((event) => event.type === 'purchase');
  const lowest = product.flatMap(({ price }) => (price === null ? [] : [price]));
  const inCategory = <T>(value: T) => (moment.category === null ? null : value);
  const inBrand = <T>(value: T) => (moment.brand === null ? null : value);
  const levels = (moment.code ?? '').split('.');
  const date = new Date(Math.floor(moment.us / 1000));
  const angle = ((((moment.us % 864e8) + 864e8) % 864e8) / 864e8) * 2 * Math.PI;

  // The instants of the session up to the moment; each earlier one lasts until the next.
  const instants = [...new Set([...session.map((event) => event.us), moment.us])].sort((a, b) => a - b);
  let dwell = 0;
  for (let i = 0; i + 1 < instants.length; i++)
    if (sessionProduct.some((event) => event.us === instants[i])) dwell += instants[i + 1] - instants[i];
  const begun = first(session);

  return {
    user_events: number(user),
    user_sessions: distinct(user.map((event) => event.session)),
    user_views: number(user, 'view'),
    user_carts: number(user, 'cart'),
    user_purchases: number(user, 'purchase'),
    user_spend: Number(units(bought)) / 1e4,
    user_mean_purchase_price: mean(bought),
    price_to_user_mean_purchase: over(moment.price, mean(bought)),
    user_conversion: smoothed(user),
    seconds_since_user_first_event: since(first(user)),
    seconds_since_user_purchase: since(last(user, 'purchase')),
    user_product_views: number(userProduct, 'view'),
    user_product_carts: number(userProduct, 'cart'),
    user_product_purchases: number(userProduct, 'purchase'),
    seconds_since_user_product: since(last(userProduct)),
    user_category_events: inCategory(number(userCategory)),
    user_category_purchases: inCategory(number(userCategory, 'purchase')),
    price: moment.price,
    price_to_product_mean: over(moment.price, mean(product)),
    price_to_product_lowest: over(
      moment.price,
      lowest.length === 0 ? null : Math.min(...lowest.map((price) => Math.round(price * 1e4))) / 1e4,
    ),
    price_to_category_mean: inCategory(over(moment.price, mean(category))),
    price_to_brand_mean: inBrand(over(moment.price, mean(brand))),
    product_views: number(product, 'view'),
    product_carts: number(product, 'cart'),
    product_removals: number(product, 'remove_from_cart'),
    product_purchases: number(product, 'purchase'),
    product_users: distinct(product.map((event) => event.user)),
    product_conversion: smoothed(product),
    product_cart_rate: (number(product, 'cart') + 2.5) / (number(product, 'view') + 50),
    seconds_since_product_first_event: since(first(product)),
    seconds_since_product_event: since(last(product)),
    seconds_since_product_purchase: since(last(product, 'purchase')),
    category_level_1: levels[0] || null,
    category_level_2: levels[1] || null,
    category_level_3: levels[2] || null,
    category_views: inCategory(number(category, 'view')),
    category_purchases: inCategory(number(category, 'purchase')),
    category_conversion: inCategory(smoothed(category)),
    brand: moment.brand,
    brand_views: inBrand(number(brand, 'view')),
    brand_purchases: inBrand(number(brand, 'purchase')),
    brand_conversion: inBrand(smoothed(brand)),
    hour: date.getUTCHours(),
    weekday: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
    is_weekend: date.getUTCDay() % 6 === 0 ? 1 : 0,
    time_of_day_sin: Math.round(Math.sin(angle) * 1e9) / 1e9 + 0,
    time_of_day_cos: Math.round(Math.cos(angle) * 1e9) / 1e9 + 0,
    seconds_since_session_start: since(begun ?? moment.us),
    seconds_since_session_event: since(last(session)),
    seconds_since_user_event: since(last(user)),
    event_is_cart: moment.type === 'cart' ? 1 : 0,
    session_events: number(session),
    session_position: instants.length,
    session_views: number(session, 'view'),
    session_carts: number(session, 'cart'),
    session_removals: number(session, 'remove_from_cart'),
    session_purchases: number(session, 'purchase'),
    session_products: distinct(session.map((event) => event.product)),
    session_categories: distinct(session.map((event) => event.category)),
    session_category_events: inCategory(number(sessionCategory)),
    session_product_views: number(sessionProduct, 'view'),
    session_product_carts: number(sessionProduct, 'cart'),
    session_product_removals: number(sessionProduct, 'remove_from_cart'),
    session_product_dwell: dwell / 1e6,
    session_mean_gap: begun === null ? null : (moment.us - begun) / 1e6 / (instants.length - 1),
    seconds_since_session_product: since(last(sessionProduct)),
    seconds_since_session_cart: since(last(session, 'cart')),
    price_to_session_mean: over(moment.price, mean(session)),
    ...plainRecentFeatures(moment, all),
    id_of_user: moment.user,
    id_of_product: moment.product,
    id_of_category: moment.category,
  };
}

/** 1 when the session buys the product at the moment or later, within `horizon` seconds if given. */
export function plainLabel(moment: ShopEvent, all: readonly ShopEvent[], horizon?: number): 0 | 1 {
  return all.some(
    (event) =>
      event.type === 'purchase' &&
      event.session === moment.session &&
      event.product === moment.product &&
      event.us >= moment.us &&
      (horizon === undefined || event.us - moment.us <= horizon * 1e6),
  )
    ? 1
    : 0;
}
