/** Features of what the user turns to more than others do: brands, categories, bands of prices. */
import { type EventType, isWhole, type NumericFeature, type Value } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function affinity(
  name: string,
  unit: string,
  reads: readonly EventType[],
  description: string,
  value: Value,
): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'affinity',
    description,
    unit,
    reads,
    actionable: false,
    whole: isWhole(unit),
    value,
  };
}

/** The prior of an affinity: as if the user had 10 more events, spread as everybody's are. */
const PRIOR_EVENTS = 10;

/**
 * ((own + 10 · m) / (user + 10)) / m with m = everybody's / all: a lift, 1 for a user without a past, smoothed towards
 * 1. Missing while nobody has turned to it.
 */
function lift(own: number, user: number, everybody: number, all: number): number {
  if (everybody === 0) return Number.NaN;
  const share = everybody / all;
  return (own + PRIOR_EVENTS * share) / (user + PRIOR_EVENTS) / share;
}

const LIFT = '1 is as everybody, smoothed by 10 events of everybody';

export const AFFINITY_FEATURES: readonly NumericFeature[] = [
  affinity(
    'user_category_affinity',
    'ratio',
    ANY,
    `How much more of the user's events than of everybody's are in this category: ${LIFT}; missing without one.`,
    (t, i) =>
      t.has_category[i] === 1
        ? lift(t.user_category_events[i], t.user_events[i], t.category_events[i], t.all_events[i])
        : Number.NaN,
  ),
  affinity(
    'user_brand_events',
    'events',
    ANY,
    "The user's earlier events with this brand; missing without a brand.",
    (t, i) => (t.has_brand[i] === 1 ? t.user_brand_events[i] : Number.NaN),
  ),
  affinity(
    'user_brand_purchases',
    'events',
    ['purchase'],
    "The user's earlier purchases of this brand; missing without a brand.",
    (t, i) => (t.has_brand[i] === 1 ? t.user_brand_purchases[i] : Number.NaN),
  ),
  affinity(
    'user_brand_affinity',
    'ratio',
    ANY,
    `How much more of the user's events than of everybody's are with this brand: ${LIFT}; missing without one.`,
    (t, i) =>
      t.has_brand[i] === 1
        ? lift(t.user_brand_events[i], t.user_events[i], t.brand_events[i], t.all_events[i])
        : Number.NaN,
  ),
  affinity(
    'price_band',
    'band',
    [],
    'Band of the price: each is √2 times as dear as the one below it.',
    (t, i) => t.price_band[i],
  ),
  affinity(
    'user_price_band_events',
    'events',
    ANY,
    "The user's earlier events at prices of this band; missing without a price.",
    (t, i) => (Number.isNaN(t.price_band[i]) ? Number.NaN : t.user_price_band_events[i]),
  ),
  affinity(
    'user_price_band_purchases',
    'events',
    ['purchase'],
    "The user's earlier purchases at prices of this band; missing without a price.",
    (t, i) => (Number.isNaN(t.price_band[i]) ? Number.NaN : t.user_price_band_purchases[i]),
  ),
  affinity(
    'user_price_band_affinity',
    'ratio',
    ANY,
    `How much more of the user's events than of everybody's are at such prices: ${LIFT}; missing without a price.`,
    (t, i) => lift(t.user_price_band_events[i], t.user_events[i], t.price_band_events[i], t.all_events[i]),
  ),
];
