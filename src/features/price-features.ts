/** Features of the moment's price against the course of the product's own. */
import { currency, isWhole, type NumericFeature, priceOver, secondsSince, type Value } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function price(name: string, unit: string, description: string, value: Value, actionable: boolean): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'price',
    description,
    unit,
    reads: ANY,
    actionable,
    whole: isWhole(unit),
    value,
  };
}

export const PRICE_FEATURES: readonly NumericFeature[] = [
  price(
    'price_to_product_last',
    'ratio',
    "Price over the product's price at its last event: below 1 it has just become cheaper.",
    (t, i) => priceOver(t.price[i], currency(t.product_last_price_units[i])),
    true,
  ),
  price(
    'price_to_product_highest',
    'ratio',
    'Price over the highest price in all earlier events of this product: 0.8 is a discount of 20%.',
    (t, i) => priceOver(t.price[i], currency(t.product_highest_units[i])),
    true,
  ),
  price(
    'product_price_step',
    'ratio',
    "The product's last price over the price before it changed last; missing if it never has.",
    (t, i) => priceOver(currency(t.product_last_price_units[i]), currency(t.product_earlier_price_units[i])),
    true,
  ),
  price(
    'seconds_since_price_change',
    'seconds',
    "Time since the product's price last changed; missing if it never has.",
    (t, i) => secondsSince(t.us[i], t.product_price_change_us[i]),
    false,
  ),
];
