/** Features of the visitor's own past, across sessions. */
import {
  currency,
  type Feature,
  isWhole,
  meanPrice,
  type NumericFeature,
  priceOver,
  secondsSince,
  smoothedConversion,
  type Value,
} from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function user(
  name: string,
  unit: string,
  reads: Feature['reads'],
  description: string,
  value: Value,
  actionable = false,
): NumericFeature {
  return { name, kind: 'numeric', family: 'user', description, unit, reads, actionable, whole: isWhole(unit), value };
}

export const USER_FEATURES: readonly Feature[] = [
  user('user_events', 'events', ANY, "The user's earlier events of any type.", (t, i) => t.user_events[i]),
  user('user_sessions', 'sessions', ANY, 'Sessions the user had begun before.', (t, i) => t.user_sessions[i]),
  user('user_views', 'events', ['view'], "The user's earlier views.", (t, i) => t.user_views[i]),
  user('user_carts', 'events', ['cart'], 'Times the user had put something into the cart.', (t, i) => t.user_carts[i]),
  user('user_purchases', 'events', ['purchase'], "The user's earlier purchases.", (t, i) => t.user_purchases[i]),
  user('user_spend', 'currency', ['purchase'], 'Sum of the prices of all the user had bought.', (t, i) =>
    currency(t.user_spend_units[i]),
  ),
  user(
    'user_mean_purchase_price',
    'currency',
    ['purchase'],
    'Mean price of what the user had bought; missing without a purchase.',
    (t, i) => meanPrice(t.user_spend_units[i], t.user_priced_purchases[i]),
  ),
  user(
    'price_to_user_mean_purchase',
    'ratio',
    ['purchase'],
    'Price over the mean price of what the user had bought; missing without a purchase.',
    (t, i) => priceOver(t.price[i], meanPrice(t.user_spend_units[i], t.user_priced_purchases[i])),
    true,
  ),
  user(
    'user_conversion',
    'share',
    ['view', 'purchase'],
    "The user's purchases a view so far, smoothed: (purchases + 1) / (views + 50).",
    (t, i) => smoothedConversion(t.user_purchases[i], t.user_views[i]),
  ),
  user(
    'seconds_since_user_first_event',
    'seconds',
    ANY,
    "Time since the user's first event; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.user_first_us[i]),
  ),
  user(
    'seconds_since_user_purchase',
    'seconds',
    ['purchase'],
    "Time since the user's last purchase; missing without one.",
    (t, i) => secondsSince(t.us[i], t.user_last_purchase_us[i]),
  ),
  user(
    'user_purchase_gap',
    'seconds',
    ['purchase'],
    "Mean time between the user's purchases so far; missing before the second.",
    (t, i) =>
      t.user_purchases[i] < 2
        ? Number.NaN
        : secondsSince(t.user_last_purchase_us[i], t.user_first_purchase_us[i]) / (t.user_purchases[i] - 1),
  ),
  user(
    'user_product_views',
    'events',
    ['view'],
    "The user's earlier views of this product, in any session.",
    (t, i) => t.user_product_views[i],
  ),
  user(
    'user_product_carts',
    'events',
    ['cart'],
    'Times the user had put this product into the cart, in any session.',
    (t, i) => t.user_product_carts[i],
  ),
  user(
    'user_product_purchases',
    'events',
    ['purchase'],
    "The user's earlier purchases of this product.",
    (t, i) => t.user_product_purchases[i],
  ),
  user(
    'seconds_since_user_product',
    'seconds',
    ANY,
    "Time since the user's last event with this product; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.user_product_last_us[i]),
  ),
  user(
    'user_category_events',
    'events',
    ANY,
    "The user's earlier events in this category; missing without a category.",
    (t, i) => (t.has_category[i] === 1 ? t.user_category_events[i] : Number.NaN),
  ),
  user(
    'user_category_purchases',
    'events',
    ['purchase'],
    "The user's earlier purchases in this category; missing without a category.",
    (t, i) => (t.has_category[i] === 1 ? t.user_category_purchases[i] : Number.NaN),
  ),
];
