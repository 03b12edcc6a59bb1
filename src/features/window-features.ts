/** Features of the last hour, day, week and 30 days, and of where they are heading. */
import { currency, type EventType, isWhole, type NumericFeature, smoothedConversion, type Value } from './feature.js';
import { WINDOWS } from './totals.js';

const SPANS = { '1h': 'hour', '1d': '24 hours', '7d': '7 days', '30d': '30 days' } as const;

function recent(
  name: string,
  unit: string,
  reads: readonly EventType[],
  description: string,
  value: Value,
): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'window',
    description,
    unit,
    reads,
    actionable: false,
    whole: isWhole(unit),
    value,
  };
}

const TYPES = { views: 'view', carts: 'cart', purchases: 'purchase' } as const;

const COUNTED = [
  ['product', 'views', 'Views of the product by anybody'],
  ['product', 'carts', 'Times anybody put the product into the cart'],
  ['product', 'purchases', 'Purchases of the product by anybody'],
  ['category', 'views', 'Views in the category by anybody'],
  ['category', 'purchases', 'Purchases in the category by anybody'],
  ['brand', 'views', 'Views of the brand by anybody'],
  ['brand', 'purchases', 'Purchases of the brand by anybody'],
  ['user', 'views', "The user's views"],
  ['user', 'purchases', "The user's purchases"],
] as const;

/** Missing for what has no category or brand. */
function present(of: (typeof COUNTED)[number][0], value: Value): Value {
  if (of === 'category') return (t, i) => (t.has_category[i] === 1 ? value(t, i) : Number.NaN);
  if (of === 'brand') return (t, i) => (t.has_brand[i] === 1 ? value(t, i) : Number.NaN);
  return value;
}

/**
 * A day's views over the mean day of the week, each with one view more: 1 is steady, up to 7 when all came today, and
 * near 1 while there is little to go by.
 */
function dayTrend(of: 'product' | 'category' | 'brand'): NumericFeature {
  const [day, week] = [`${of}_views_1d`, `${of}_views_7d`] as const;
  return recent(
    `${of}_view_trend`,
    'ratio',
    ['view'],
    `Views of the ${of} in the last 24 hours over those of a mean day of the last 7, each plus 1: above 1 is rising.`,
    present(of, (t, i) => (t[day][i] + 1) / (t[week][i] / 7 + 1)),
  );
}

export const WINDOW_FEATURES: readonly NumericFeature[] = [
  ...COUNTED.flatMap(([of, what, words]) =>
    WINDOWS.map((window) => {
      const total = `${of}_${what}_${window}` as const as `product_views_${typeof window}`;
      return recent(
        total,
        'events',
        [TYPES[what]],
        `${words} in the last ${SPANS[window]}.`,
        present(of, (t, i) => t[total][i]),
      );
    }),
  ),
  recent('user_spend_30d', 'currency', ['purchase'], 'What the user bought for in the last 30 days.', (t, i) =>
    currency(t.user_spend_units_30d[i]),
  ),
  recent(
    'product_conversion_7d',
    'share',
    ['view', 'purchase'],
    "The product's purchases a view in the last 7 days, smoothed: (purchases + 1) / (views + 50).",
    (t, i) => smoothedConversion(t.product_purchases_7d[i], t.product_views_7d[i]),
  ),
  recent(
    'product_hour_trend',
    'ratio',
    ['view'],
    'Views of the product in the last hour over those of a mean hour of the last 24, each plus 1: above 1 is rising.',
    (t, i) => (t.product_views_1h[i] + 1) / (t.product_views_1d[i] / 24 + 1),
  ),
  dayTrend('product'),
  dayTrend('category'),
  dayTrend('brand'),
];
