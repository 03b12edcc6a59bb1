/** Features of the visitor's own past, across sessions. */
import { count, currency, type Feature, meanPrice, priceOver, secondsSince, smoothedConversion } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function user(
  name: string,
  unit: string,
  reads: Feature['reads'],
  description: string,
  sql: string,
  actionable = false,
): Feature {
  return { name, kind: 'numeric', family: 'user', description, unit, reads, actionable, sql };
}

export const USER_FEATURES: readonly Feature[] = [
  user('user_events', 'events', ANY, "The user's earlier events of any type.", 'user_rank - 1'),
  user('user_sessions', 'sessions', ANY, 'Sessions the user had begun before.', count('user_sessions')),
  user('user_views', 'events', ['view'], "The user's earlier views.", count('user_views')),
  user('user_carts', 'events', ['cart'], 'Times the user had put something into the cart.', count('user_carts')),
  user('user_purchases', 'events', ['purchase'], "The user's earlier purchases.", count('user_purchases')),
  user(
    'user_spend',
    'currency',
    ['purchase'],
    'Sum of the prices of all the user had bought.',
    currency(count('user_spend_units')),
  ),
  user(
    'user_mean_purchase_price',
    'currency',
    ['purchase'],
    'Mean price of what the user had bought; missing without a purchase.',
    meanPrice('user_spend_units', 'user_priced_purchases'),
  ),
  user(
    'price_to_user_mean_purchase',
    'ratio',
    ['purchase'],
    'Price over the mean price of what the user had bought; missing without a purchase.',
    priceOver(meanPrice('user_spend_units', 'user_priced_purchases')),
    true,
  ),
  user(
    'user_conversion',
    'share',
    ['view', 'purchase'],
    "The user's purchases a view so far, smoothed: (purchases + 1) / (views + 50).",
    smoothedConversion('user_purchases', 'user_views'),
  ),
  user(
    'seconds_since_user_first_event',
    'seconds',
    ANY,
    "Time since the user's first event; missing at the first.",
    secondsSince('user_first_us'),
  ),
  user(
    'seconds_since_user_purchase',
    'seconds',
    ['purchase'],
    "Time since the user's last purchase; missing without one.",
    secondsSince('user_last_purchase_us'),
  ),
  user(
    'user_product_views',
    'events',
    ['view'],
    "The user's earlier views of this product, in any session.",
    count('user_product_views'),
  ),
  user(
    'user_product_carts',
    'events',
    ['cart'],
    'Times the user had put this product into the cart, in any session.',
    count('user_product_carts'),
  ),
  user(
    'user_product_purchases',
    'events',
    ['purchase'],
    "The user's earlier purchases of this product.",
    count('user_product_purchases'),
  ),
  user(
    'seconds_since_user_product',
    'seconds',
    ANY,
    "Time since the user's last event with this product; missing at the first.",
    secondsSince('user_product_last_us'),
  ),
  user(
    'user_category_events',
    'events',
    ANY,
    "The user's earlier events in this category; missing without a category.",
    'CASE WHEN category_id IS NOT NULL THEN user_category_rank - 1 END',
  ),
  user(
    'user_category_purchases',
    'events',
    ['purchase'],
    "The user's earlier purchases in this category; missing without a category.",
    `CASE WHEN category_id IS NOT NULL THEN ${count('user_category_purchases')} END`,
  ),
];
