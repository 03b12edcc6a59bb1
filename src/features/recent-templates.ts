/** As feature-templates.ts: the reasons of windows, affinities, prices, carts and successions. */
import type { FeatureTemplate } from './feature-template.js';
import { WINDOWS } from './totals.js';

const SPANS = { '1h': 'hour', '1d': '24 hours', '7d': '7 days', '30d': '30 days' } as const;

const WINDOWED = {
  product_views: ['the product was viewed {times} by anybody', 'nobody viewed the product'],
  product_carts: ['the product was put into carts {times}', 'nobody put the product into a cart'],
  product_purchases: ['the product was bought {times}', 'nobody bought the product'],
  category_views: ['its category was viewed {times}', 'nobody viewed its category'],
  category_purchases: ['its category was bought from {times}', 'nobody bought from its category'],
  brand_views: ['its brand was viewed {times}', 'nobody viewed its brand'],
  brand_purchases: ['its brand was bought {times}', 'nobody bought its brand'],
  user_views: ['viewed products {times}', 'viewed no product'],
  user_purchases: ['bought {times}', 'bought nothing'],
} as const;

function missingOf(name: string): { missing?: string } {
  if (name.startsWith('category')) return { missing: 'the product has no category' };
  return name.startsWith('brand') ? { missing: 'the product has no brand' } : {};
}

const WINDOW_TEMPLATES = Object.fromEntries(
  Object.entries(WINDOWED).flatMap(([name, [some, zero]]) =>
    WINDOWS.map((window): [string, FeatureTemplate] => [
      `${name}_${window}`,
      {
        some: `${some} in the last ${SPANS[window]}`,
        zero: `${zero} in the last ${SPANS[window]}`,
        ...missingOf(name),
      },
    ]),
  ),
);

const NO_CATEGORY = 'the product has no category';
const NO_BRAND = 'the product has no brand';

export const RECENT_TEMPLATES: Readonly<Record<string, FeatureTemplate>> = {
  ...WINDOW_TEMPLATES,
  user_purchase_gap: {
    some: 'buys about every {value}',
    zero: 'bought several things at once',
    missing: 'has not bought twice yet',
  },
  user_spend_30d: { some: 'spent {value} in the last 30 days', zero: 'spent nothing in the last 30 days' },
  product_conversion_7d: { some: 'the product was bought in {value} of its views of the last 7 days' },
  product_hour_trend: { some: "the product's views of the last hour are {than} those of its usual hour" },
  product_view_trend: { some: "the product's views of the last day are {than} those of its usual day" },
  category_view_trend: {
    some: "its category's views of the last day are {than} those of its usual day",
    missing: NO_CATEGORY,
  },
  brand_view_trend: { some: "its brand's views of the last day are {than} those of its usual day", missing: NO_BRAND },
  user_category_affinity: {
    some: "this visitor's interest in the category is {than} everybody's",
    missing: 'nobody came across its category before',
  },
  user_brand_events: {
    some: 'did {n} thing{s} with this brand before',
    zero: 'never did anything with this brand before',
    missing: NO_BRAND,
  },
  user_brand_purchases: {
    some: 'bought this brand {times} before',
    zero: 'never bought this brand before',
    missing: NO_BRAND,
  },
  user_brand_affinity: {
    some: "this visitor's interest in the brand is {than} everybody's",
    missing: 'nobody came across its brand before',
  },
  price_band: { some: 'the price lies in band {n}', missing: 'the price is not known' },
  user_price_band_events: {
    some: 'did {n} thing{s} at such prices before',
    zero: 'never did anything at such prices before',
    missing: 'the price is not known',
  },
  user_price_band_purchases: {
    some: 'bought {times} at such prices before',
    zero: 'never bought at such prices before',
    missing: 'the price is not known',
  },
  user_price_band_affinity: {
    some: "this visitor's interest in such prices is {than} everybody's",
    missing: 'nobody saw such prices before',
  },
  price_to_product_last: {
    some: 'the price is {than} what it was at the last event',
    missing: 'the product has no price history',
  },
  price_to_product_highest: {
    some: "the price is {than} this product's highest ever",
    missing: 'the product has no price history',
  },
  product_price_step: {
    some: "the product's last price was {than} the one before",
    missing: 'the price of the product never changed',
  },
  seconds_since_price_change: {
    some: 'the price of the product changed {value} ago',
    missing: 'the price of the product never changed',
  },
  session_cart_products: { some: 'has {value} in the cart', zero: 'has nothing in the cart' },
  session_cart_value: { some: 'has goods for {value} in the cart', zero: 'has nothing in the cart' },
  session_product_in_cart: { some: 'has this product in the cart', zero: 'does not have this product in the cart' },
  session_cart_rate: { some: 'puts {value} of what is viewed in this visit into the cart' },
  session_stage: {
    some: 'has come to step {n} of 3 in this visit (viewed, cart, bought)',
    zero: 'has only just begun this visit',
  },
  session_category_share: {
    some: 'spent {value} of this visit in this category',
    zero: 'did not look at this category in this visit',
    missing: 'there is no category or no earlier event to compare with',
  },
  next_views: {
    some: 'visitors went {times} from what was viewed last to this product',
    zero: 'nobody went from what was viewed last to this product',
  },
  next_view_rate: {
    some: '{value} of visitors go from what was viewed last to this product',
    missing: 'viewed no other product in this visit',
  },
  copurchases: {
    some: 'this product was bought {times} along with what this visitor bought last',
    zero: 'nobody bought this product along with what this visitor bought last',
  },
  copurchase_rate: {
    some: '{value} of what is bought along with the last purchase is this product',
    missing: 'has bought nothing else before',
  },
};
