/** Features of which products go together: viewed one after the other, bought by the same user. */
import { type EventType, isWhole, type NumericFeature, type Value } from './feature.js';

function succession(
  name: string,
  unit: string,
  reads: readonly EventType[],
  description: string,
  value: Value,
): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'succession',
    description,
    unit,
    reads,
    actionable: false,
    whole: isWhole(unit),
    value,
  };
}

/** A share of few is no share: as if 10 more had gone elsewhere. */
const PRIOR = 10;

export const SUCCESSION_FEATURES: readonly NumericFeature[] = [
  succession(
    'next_views',
    'events',
    ['view'],
    'Times this product was viewed, in any session, right after what this session viewed last.',
    (t, i) => t.next_views_here[i],
  ),
  succession(
    'next_view_rate',
    'share',
    ['view'],
    'Of all views right after what this session viewed last, the share of this product, smoothed by 10 of others; missing when it has viewed no other product.',
    (t, i) => (t.next_views_known[i] === 1 ? t.next_views_here[i] / (t.next_views_any[i] + PRIOR) : Number.NaN),
  ),
  succession(
    'copurchases',
    'events',
    ['purchase'],
    'Times this product was bought, by any user, together with or next to what this user bought last.',
    (t, i) => t.copurchases_here[i],
  ),
  succession(
    'copurchase_rate',
    'share',
    ['purchase'],
    'Of all purchases together with or next to what this user bought last, the share of this product, smoothed by 10 of others; missing when the user has bought nothing else last.',
    (t, i) => (t.copurchases_known[i] === 1 ? t.copurchases_here[i] / (t.copurchases_any[i] + PRIOR) : Number.NaN),
  ),
];
