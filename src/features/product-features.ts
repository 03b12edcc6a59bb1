/** Features of the product's past with all users, and of its price against other prices. */
import {
  currency,
  type Feature,
  isWhole,
  meanPrice,
  type NumericFeature,
  priceOver,
  secondsSince,
  smoothedCartRate,
  smoothedConversion,
  type Value,
} from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function product(
  name: string,
  unit: string,
  reads: Feature['reads'],
  description: string,
  value: Value,
  actionable = false,
): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'product',
    description,
    unit,
    reads,
    actionable,
    whole: isWhole(unit),
    value,
  };
}

export const PRODUCT_FEATURES: readonly Feature[] = [
  product('price', 'currency', [], 'Price at this moment.', (t, i) => t.price[i], true),
  product(
    'price_to_product_mean',
    'ratio',
    ANY,
    'Price over the mean price in all earlier events of this product: below 1 is cheaper than usual.',
    (t, i) => priceOver(t.price[i], meanPrice(t.product_price_units[i], t.product_prices[i])),
    true,
  ),
  product(
    'price_to_product_lowest',
    'ratio',
    ANY,
    'Price over the lowest price in all earlier events of this product.',
    (t, i) => priceOver(t.price[i], currency(t.product_lowest_units[i])),
    true,
  ),
  product(
    'price_to_category_mean',
    'ratio',
    ANY,
    'Price over the mean price in all earlier events of its category; missing without a category.',
    (t, i) => priceOver(t.price[i], meanPrice(t.category_price_units[i], t.category_prices[i])),
    true,
  ),
  product(
    'price_to_brand_mean',
    'ratio',
    ANY,
    'Price over the mean price in all earlier events of its brand; missing without a brand.',
    (t, i) => priceOver(t.price[i], meanPrice(t.brand_price_units[i], t.brand_prices[i])),
    true,
  ),
  product(
    'product_views',
    'events',
    ['view'],
    'Earlier views of the product by anybody.',
    (t, i) => t.product_views[i],
  ),
  product(
    'product_carts',
    'events',
    ['cart'],
    'Times anybody had put the product into a cart.',
    (t, i) => t.product_carts[i],
  ),
  product(
    'product_removals',
    'events',
    ['remove_from_cart'],
    'Times anybody had taken the product out of a cart.',
    (t, i) => t.product_removals[i],
  ),
  product(
    'product_purchases',
    'events',
    ['purchase'],
    'Earlier purchases of the product by anybody.',
    (t, i) => t.product_purchases[i],
  ),
  product(
    'product_users',
    'users',
    ANY,
    'Users who had an event with the product before.',
    (t, i) => t.product_users[i],
  ),
  product(
    'product_conversion',
    'share',
    ['view', 'purchase'],
    "The product's purchases a view so far, smoothed: (purchases + 1) / (views + 50).",
    (t, i) => smoothedConversion(t.product_purchases[i], t.product_views[i]),
  ),
  product(
    'product_cart_rate',
    'share',
    ['view', 'cart'],
    'Carts a view of the product so far, smoothed: (carts + 2.5) / (views + 50).',
    (t, i) => smoothedCartRate(t.product_carts[i], t.product_views[i]),
  ),
  product(
    'seconds_since_product_first_event',
    'seconds',
    ANY,
    "Time since the product's first event; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.product_first_us[i]),
  ),
  product(
    'seconds_since_product_event',
    'seconds',
    ANY,
    "Time since the product's last event with anybody; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.product_last_us[i]),
  ),
  product(
    'seconds_since_product_purchase',
    'seconds',
    ['purchase'],
    'Time since anybody last bought the product; missing without a purchase.',
    (t, i) => secondsSince(t.us[i], t.product_last_purchase_us[i]),
  ),
];
