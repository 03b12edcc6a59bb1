/** Features of what happened in this session before the moment, and the moment's own type of event. */
import {
  type Feature,
  isWhole,
  meanPrice,
  type NumericFeature,
  priceOver,
  secondsSince,
  type Value,
} from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function behaviour(
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
    family: 'behavioural',
    description,
    unit,
    reads,
    actionable,
    whole: isWhole(unit),
    value,
  };
}

export const BEHAVIOURAL_FEATURES: readonly Feature[] = [
  behaviour(
    'event_is_cart',
    'yes or no',
    [],
    '1 when the moment is a cart event, 0 when it is a view.',
    (t, i) => t.is_cart[i],
  ),
  behaviour(
    'session_events',
    'events',
    ANY,
    "The session's earlier events of any type.",
    (t, i) => t.session_events[i],
  ),
  behaviour(
    'session_position',
    'position',
    ANY,
    "Place of the moment's instant among the instants of the session, from 1.",
    (t, i) => t.session_instants[i] + 1,
  ),
  behaviour('session_views', 'events', ['view'], "The session's earlier views.", (t, i) => t.session_views[i]),
  behaviour('session_carts', 'events', ['cart'], "The session's earlier cart events.", (t, i) => t.session_carts[i]),
  behaviour(
    'session_removals',
    'events',
    ['remove_from_cart'],
    "The session's earlier removals from the cart.",
    (t, i) => t.session_removals[i],
  ),
  behaviour(
    'session_purchases',
    'events',
    ['purchase'],
    "The session's earlier purchases.",
    (t, i) => t.session_purchases[i],
  ),
  behaviour(
    'session_products',
    'products',
    ANY,
    'Different products the session had seen before.',
    (t, i) => t.session_products[i],
  ),
  behaviour(
    'session_categories',
    'categories',
    ANY,
    'Different categories the session had seen before.',
    (t, i) => t.session_categories[i],
  ),
  behaviour(
    'session_category_events',
    'events',
    ANY,
    "The session's earlier events in this category; missing without a category.",
    (t, i) => (t.has_category[i] === 1 ? t.session_category_events[i] : Number.NaN),
  ),
  behaviour(
    'session_product_views',
    'events',
    ['view'],
    "The session's earlier views of this product.",
    (t, i) => t.session_product_views[i],
  ),
  behaviour(
    'session_product_carts',
    'events',
    ['cart'],
    'Times the session had put this product into the cart.',
    (t, i) => t.session_product_carts[i],
  ),
  behaviour(
    'session_product_removals',
    'events',
    ['remove_from_cart'],
    'Times the session had taken this product out of the cart.',
    (t, i) => t.session_product_removals[i],
  ),
  behaviour(
    'session_product_dwell',
    'seconds',
    ANY,
    'Time the session had spent on this product: from each event of it to the next event of the session.',
    (t, i) => t.session_product_dwell_us[i] / 1e6,
  ),
  behaviour(
    'session_mean_gap',
    'seconds',
    ANY,
    "Mean time between the session's instants up to the moment; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.session_first_us[i]) / t.session_instants[i],
  ),
  behaviour(
    'seconds_since_session_product',
    'seconds',
    ANY,
    "Time since the session's last event with this product; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.session_product_last_us[i]),
  ),
  behaviour(
    'seconds_since_session_cart',
    'seconds',
    ['cart'],
    "Time since the session's last cart event; missing without one.",
    (t, i) => secondsSince(t.us[i], t.session_last_cart_us[i]),
  ),
  behaviour(
    'price_to_session_mean',
    'ratio',
    ANY,
    "Price over the mean price in the session's earlier events.",
    (t, i) => priceOver(t.price[i], meanPrice(t.session_price_units[i], t.session_prices[i])),
    true,
  ),
];
