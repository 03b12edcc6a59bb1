/** Features of how far the session has come: its cart, and the steps from view to purchase. */
import { currency, type EventType, isWhole, type NumericFeature, smoothedCartRate, type Value } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function cart(
  name: string,
  unit: string,
  reads: readonly EventType[],
  description: string,
  value: Value,
): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'cart',
    description,
    unit,
    reads,
    actionable: false,
    whole: isWhole(unit),
    value,
  };
}

const LEAVES = ['cart', 'remove_from_cart', 'purchase'] as const;

export const CART_FEATURES: readonly NumericFeature[] = [
  cart(
    'session_cart_products',
    'products',
    LEAVES,
    "Products in the session's cart: put there, and neither taken out nor bought since.",
    (t, i) => t.session_cart_products[i],
  ),
  cart('session_cart_value', 'currency', LEAVES, "Sum of the prices of what lies in the session's cart.", (t, i) =>
    currency(t.session_cart_units[i]),
  ),
  cart(
    'session_product_in_cart',
    'yes or no',
    LEAVES,
    "1 when this product lies in the session's cart, else 0.",
    (t, i) => t.session_product_in_cart[i],
  ),
  cart(
    'session_cart_rate',
    'share',
    ['view', 'cart'],
    "The session's cart events a view, smoothed: (carts + 2.5) / (views + 50).",
    (t, i) => smoothedCartRate(t.session_carts[i], t.session_views[i]),
  ),
  cart(
    'session_stage',
    'step',
    ['view', 'cart', 'purchase'],
    'How far the session has come: 0 nothing yet, 1 viewed, 2 put something into the cart, 3 bought.',
    (t, i) => (t.session_purchases[i] > 0 ? 3 : t.session_carts[i] > 0 ? 2 : t.session_views[i] > 0 ? 1 : 0),
  ),
  cart(
    'session_category_share',
    'share',
    ANY,
    "Share of the session's earlier events in this category; missing at the first and without a category.",
    (t, i) =>
      t.has_category[i] === 1 && t.session_events[i] > 0
        ? t.session_category_events[i] / t.session_events[i]
        : Number.NaN,
  ),
];
