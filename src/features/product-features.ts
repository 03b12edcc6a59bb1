/** Features of the product's past with all users, and of its price against other prices. */
import {
  count,
  type Feature,
  meanPrice,
  priceOver,
  secondsSince,
  smoothedCartRate,
  smoothedConversion,
} from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function product(
  name: string,
  unit: string,
  reads: Feature['reads'],
  description: string,
  sql: string,
  actionable = false,
): Feature {
  return { name, kind: 'numeric', family: 'product', description, unit, reads, actionable, sql };
}

export const PRODUCT_FEATURES: readonly Feature[] = [
  product('price', 'currency', [], 'Price at this moment.', 'price', true),
  product(
    'price_to_product_mean',
    'ratio',
    ANY,
    'Price over the mean price in all earlier events of this product: below 1 is cheaper than usual.',
    priceOver(meanPrice('product_price_units', 'product_prices')),
    true,
  ),
  product(
    'price_to_product_lowest',
    'ratio',
    ANY,
    'Price over the lowest price in all earlier events of this product.',
    priceOver('product_lowest_units::DOUBLE / 1e4::DOUBLE'),
    true,
  ),
  product(
    'price_to_category_mean',
    'ratio',
    ANY,
    'Price over the mean price in all earlier events of its category; missing without a category.',
    `CASE WHEN category_id IS NOT NULL THEN ${priceOver(meanPrice('category_price_units', 'category_prices'))} END`,
    true,
  ),
  product(
    'price_to_brand_mean',
    'ratio',
    ANY,
    'Price over the mean price in all earlier events of its brand; missing without a brand.',
    `CASE WHEN brand IS NOT NULL THEN ${priceOver(meanPrice('brand_price_units', 'brand_prices'))} END`,
    true,
  ),
  product('product_views', 'events', ['view'], 'Earlier views of the product by anybody.', count('product_views')),
  product(
    'product_carts',
    'events',
    ['cart'],
    'Times anybody had put the product into a cart.',
    count('product_carts'),
  ),
  product(
    'product_removals',
    'events',
    ['remove_from_cart'],
    'Times anybody had taken the product out of a cart.',
    count('product_removals'),
  ),
  product(
    'product_purchases',
    'events',
    ['purchase'],
    'Earlier purchases of the product by anybody.',
    count('product_purchases'),
  ),
  product('product_users', 'users', ANY, 'Users who had an event with the product before.', count('product_users')),
  product(
    'product_conversion',
    'share',
    ['view', 'purchase'],
    "The product's purchases a view so far, smoothed: (purchases + 1) / (views + 50).",
    smoothedConversion('product_purchases', 'product_views'),
  ),
  product(
    'product_cart_rate',
    'share',
    ['view', 'cart'],
    'Carts a view of the product so far, smoothed: (carts + 2.5) / (views + 50).',
    smoothedCartRate('product_carts', 'product_views'),
  ),
  product(
    'seconds_since_product_first_event',
    'seconds',
    ANY,
    "Time since the product's first event; missing at the first.",
    secondsSince('product_first_us'),
  ),
  product(
    'seconds_since_product_event',
    'seconds',
    ANY,
    "Time since the product's last event with anybody; missing at the first.",
    secondsSince('product_last_us'),
  ),
  product(
    'seconds_since_product_purchase',
    'seconds',
    ['purchase'],
    'Time since anybody last bought the product; missing without a purchase.',
    secondsSince('product_last_purchase_us'),
  ),
];
