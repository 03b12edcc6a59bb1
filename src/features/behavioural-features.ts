/** Features of what happened in this session before the moment, and the moment's own type of event. */
import { count, type Feature, meanPrice, priceOver, secondsSince } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function behaviour(
  name: string,
  unit: string,
  reads: Feature['reads'],
  description: string,
  sql: string,
  actionable = false,
): Feature {
  return { name, kind: 'numeric', family: 'behavioural', description, unit, reads, actionable, sql };
}

export const BEHAVIOURAL_FEATURES: readonly Feature[] = [
  behaviour('event_is_cart', 'yes or no', [], '1 when the moment is a cart event, 0 when it is a view.', 'is_cart'),
  behaviour('session_events', 'events', ANY, "The session's earlier events of any type.", 'session_rank - 1'),
  behaviour(
    'session_position',
    'position',
    ANY,
    "Place of the moment's instant among the instants of the session, from 1.",
    'session_instant',
  ),
  behaviour('session_views', 'events', ['view'], "The session's earlier views.", count('session_views')),
  behaviour('session_carts', 'events', ['cart'], "The session's earlier cart events.", count('session_carts')),
  behaviour(
    'session_removals',
    'events',
    ['remove_from_cart'],
    "The session's earlier removals from the cart.",
    count('session_removals'),
  ),
  behaviour(
    'session_purchases',
    'events',
    ['purchase'],
    "The session's earlier purchases.",
    count('session_purchases'),
  ),
  behaviour(
    'session_products',
    'products',
    ANY,
    'Different products the session had seen before.',
    count('session_products'),
  ),
  behaviour(
    'session_categories',
    'categories',
    ANY,
    'Different categories the session had seen before.',
    count('session_categories'),
  ),
  behaviour(
    'session_category_events',
    'events',
    ANY,
    "The session's earlier events in this category; missing without a category.",
    'CASE WHEN category_id IS NOT NULL THEN session_category_rank - 1 END',
  ),
  behaviour(
    'session_product_views',
    'events',
    ['view'],
    "The session's earlier views of this product.",
    count('session_product_views'),
  ),
  behaviour(
    'session_product_carts',
    'events',
    ['cart'],
    'Times the session had put this product into the cart.',
    count('session_product_carts'),
  ),
  behaviour(
    'session_product_removals',
    'events',
    ['remove_from_cart'],
    'Times the session had taken this product out of the cart.',
    count('session_product_removals'),
  ),
  behaviour(
    'session_product_dwell',
    'seconds',
    ANY,
    'Time the session had spent on this product: from each event of it to the next event of the session.',
    `${count('session_product_dwell_us')}::DOUBLE / 1e6::DOUBLE`,
  ),
  behaviour(
    'session_mean_gap',
    'seconds',
    ANY,
    "Mean time between the session's instants up to the moment; missing at the first.",
    `${secondsSince('session_first_us')} / nullif(session_instant - 1, 0)::DOUBLE`,
  ),
  behaviour(
    'seconds_since_session_product',
    'seconds',
    ANY,
    "Time since the session's last event with this product; missing at the first.",
    secondsSince('session_product_last_us'),
  ),
  behaviour(
    'seconds_since_session_cart',
    'seconds',
    ['cart'],
    "Time since the session's last cart event; missing without one.",
    secondsSince('session_last_cart_us'),
  ),
  behaviour(
    'price_to_session_mean',
    'ratio',
    ANY,
    "Price over the mean price in the session's earlier events.",
    priceOver(meanPrice('session_price_units', 'session_prices')),
    true,
  ),
];
