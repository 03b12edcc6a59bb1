/**
 * The catalogue's features as reasons, by name. In a template {value} is the value with its unit, {n} the bare number, {times} "once",
 * "twice" or "n times", {s} the plural's letter, {than} a ratio of prices as "12% below". Plain data: the words are put together in feature-words.ts.
 */
import type { FeatureTemplate } from './feature-template.js';
import { RECENT_TEMPLATES } from './recent-templates.js';

export const FEATURE_TEMPLATES: Readonly<Record<string, FeatureTemplate>> = {
  ...RECENT_TEMPLATES,
  // --- the visitor
  user_events: { some: 'did {n} thing{s} in the shop before', zero: 'never did anything in the shop before' },
  user_sessions: { some: 'came {times} before', zero: 'is here for the first time' },
  user_views: { some: 'viewed products {times} before', zero: 'never viewed a product before' },
  user_carts: { some: 'put something into the cart {times} before', zero: 'never put anything into the cart before' },
  user_purchases: { some: 'bought {times} before', zero: 'never bought before' },
  user_spend: { some: 'spent {value} in the shop before', zero: 'never spent anything in the shop before' },
  user_mean_purchase_price: {
    some: 'paid {value} a purchase on average',
    missing: 'has no earlier purchase to compare prices with',
  },
  price_to_user_mean_purchase: {
    some: 'the price is {than} what this visitor usually pays',
    missing: 'has no earlier purchase to compare this price with',
  },
  user_conversion: { some: 'buys in {value} of views so far' },
  seconds_since_user_first_event: { some: 'has known the shop for {value}', missing: 'is new to the shop' },
  seconds_since_user_purchase: { some: 'bought something {value} ago', missing: 'never bought before' },
  user_product_views: {
    some: 'viewed this product {times} before, in any visit',
    zero: 'never viewed this product before',
  },
  user_product_carts: {
    some: 'put this product into the cart {times} before',
    zero: 'never put this product into the cart before',
  },
  user_product_purchases: { some: 'bought this product {times} before', zero: 'never bought this product before' },
  seconds_since_user_product: {
    some: 'last came across this product {value} ago',
    missing: 'meets this product for the first time',
  },
  user_category_events: {
    some: 'did {n} thing{s} in this category before',
    zero: 'never did anything in this category before',
    missing: 'the product has no category',
  },
  user_category_purchases: {
    some: 'bought {times} in this category before',
    zero: 'never bought in this category before',
    missing: 'the product has no category',
  },
  // --- the product
  price: { some: 'the price is {value}', missing: 'the price is not known' },
  price_to_product_mean: {
    some: "the price is {than} this product's usual price",
    missing: 'the product has no price history',
  },
  price_to_product_lowest: {
    some: "the price is {than} this product's lowest ever",
    missing: 'the product has no price history',
  },
  price_to_category_mean: {
    some: "the price is {than} its category's mean",
    missing: 'there is no category price to compare with',
  },
  price_to_brand_mean: {
    some: "the price is {than} its brand's mean",
    missing: 'there is no brand price to compare with',
  },
  product_views: { some: 'the product was viewed {times} by anybody', zero: 'nobody viewed the product before' },
  product_carts: { some: 'the product was put into carts {times}', zero: 'nobody put the product into a cart before' },
  product_removals: {
    some: 'the product was taken out of carts {times}',
    zero: 'nobody took the product out of a cart before',
  },
  product_purchases: { some: 'the product was bought {times}', zero: 'nobody bought the product before' },
  product_users: {
    some: '{n} visitor{s} came across the product before',
    zero: 'nobody came across the product before',
  },
  product_conversion: { some: 'the product is bought in {value} of its views' },
  product_cart_rate: { some: 'the product goes into the cart in {value} of its views' },
  seconds_since_product_first_event: { some: 'the product has been around for {value}', missing: 'the product is new' },
  seconds_since_product_event: {
    some: 'somebody last came across the product {value} ago',
    missing: 'nobody came across the product before',
  },
  seconds_since_product_purchase: {
    some: 'the product was last bought {value} ago',
    missing: 'nobody bought the product before',
  },
  // --- category and brand
  category_level_1: { some: 'the category is {value}', missing: 'the product has no category name' },
  category_level_2: { some: 'the category is {value}', missing: 'the category name has no second part' },
  category_level_3: { some: 'the category is {value}', missing: 'the category name has no third part' },
  category_views: {
    some: 'its category was viewed {times}',
    zero: 'nobody viewed its category before',
    missing: 'the product has no category',
  },
  category_purchases: {
    some: 'its category was bought from {times}',
    zero: 'nobody bought in its category before',
    missing: 'the product has no category',
  },
  category_conversion: {
    some: 'its category is bought in {value} of views',
    missing: 'the product has no category',
  },
  brand: { some: 'the brand is {value}', missing: 'the product has no brand' },
  brand_views: {
    some: 'its brand was viewed {times}',
    zero: 'nobody viewed its brand before',
    missing: 'the product has no brand',
  },
  brand_purchases: {
    some: 'its brand was bought {times}',
    zero: 'nobody bought its brand before',
    missing: 'the product has no brand',
  },
  brand_conversion: { some: 'its brand is bought in {value} of views', missing: 'the product has no brand' },
  // --- the time
  hour: { some: 'it is between {n} and {n}:59 o’clock UTC', zero: 'it is the hour after midnight UTC' },
  weekday: { some: 'it is {value}' },
  is_weekend: { some: 'it is a weekend', zero: 'it is a working day' },
  time_of_day_sin: { some: 'the time of the day (sine {n})', zero: 'the time of the day (sine 0)' },
  time_of_day_cos: { some: 'the time of the day (cosine {n})', zero: 'the time of the day (cosine 0)' },
  seconds_since_session_start: { some: 'this visit began {value} ago', zero: 'this visit has just begun' },
  seconds_since_session_event: {
    some: 'the last click of this visit was {value} ago',
    missing: 'this is the first click of the visit',
  },
  seconds_since_user_event: { some: 'was last active {value} ago', missing: 'is active for the first time' },
  // --- this visit
  event_is_cart: { some: 'is putting the product into the cart', zero: 'is viewing, not putting into the cart' },
  session_events: { some: 'clicked {times} before in this visit', zero: 'has not clicked before in this visit' },
  session_position: { some: 'this is click number {n} of the visit' },
  session_views: {
    some: 'viewed products {times} before in this visit',
    zero: 'viewed nothing before in this visit',
  },
  session_carts: {
    some: 'put something into the cart {times} in this visit',
    zero: 'put nothing into the cart yet in this visit',
  },
  session_removals: {
    some: 'took something out of the cart {times} in this visit',
    zero: 'took nothing out of the cart in this visit',
  },
  session_purchases: { some: 'bought {times} already in this visit', zero: 'bought nothing yet in this visit' },
  session_products: {
    some: 'saw {n} product{s} before in this visit',
    zero: 'saw no other product before in this visit',
  },
  session_categories: {
    some: 'saw {value} before in this visit',
    zero: 'saw no category before in this visit',
  },
  session_category_events: {
    some: 'clicked {times} in this category before in this visit',
    zero: 'has not been in this category before in this visit',
    missing: 'the product has no category',
  },
  session_product_views: {
    some: 'viewed this product {times} before in this visit',
    zero: 'had not viewed this product before in this visit',
  },
  session_product_carts: {
    some: 'put this product into the cart {times} in this visit',
    zero: 'has not put this product into the cart yet',
  },
  session_product_removals: {
    some: 'took this product out of the cart {times} in this visit',
    zero: 'has not taken this product out of the cart',
  },
  session_product_dwell: {
    some: 'spent {value} on this product in this visit',
    zero: 'spent no time on this product yet',
  },
  session_mean_gap: { some: 'clicks every {value} in this visit', missing: 'this is the first click of the visit' },
  seconds_since_session_product: {
    some: 'last saw this product {value} ago in this visit',
    missing: 'sees this product for the first time in this visit',
  },
  seconds_since_session_cart: {
    some: 'last used the cart {value} ago in this visit',
    missing: 'has not used the cart in this visit',
  },
  price_to_session_mean: {
    some: 'the price is {than} the mean price seen in this visit',
    missing: 'has seen no other price in this visit',
  },
  // --- raw ids
  id_of_user: { some: 'this visitor ({value})', missing: 'the visitor is not known' },
  id_of_product: { some: 'this very product ({value})', missing: 'the product is not known' },
  id_of_category: { some: 'this very category ({value})', missing: 'the category is not known' },
};
