/** Features of the moment's own time, UTC, and of its distance to earlier events. */
import { type Feature, isWhole, type NumericFeature, secondsSince, type Value } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function temporal(
  name: string,
  unit: string,
  reads: Feature['reads'],
  description: string,
  value: Value,
): NumericFeature {
  return {
    name,
    kind: 'numeric',
    family: 'temporal',
    description,
    unit,
    reads,
    actionable: false,
    whole: isWhole(unit),
    value,
  };
}

const DAY_US = 86_400_000_000;

/** Whole microseconds since midnight UTC, for instants before 1970 too. */
function sinceMidnight(us: number): number {
  const since = us % DAY_US;
  return since < 0 ? since + DAY_US : since;
}

/** Monday 1 to Sunday 7: 1970-01-01 was a Thursday. */
function weekday(us: number): number {
  const day = (Math.floor(us / DAY_US) + 3) % 7;
  return (day < 0 ? day + 7 : day) + 1;
}

/** The angle of the time of day, in [0, 2π). */
function angle(us: number): number {
  return (sinceMidnight(us) / DAY_US) * 2 * Math.PI;
}

/** Mathematical libraries differ in the last bit of a sine, so it is rounded: the same on every machine. */
function nineDecimals(value: number): number {
  return Math.round(value * 1e9) / 1e9 + 0;
}

export const TEMPORAL_FEATURES: readonly Feature[] = [
  temporal('hour', 'hour of the day', [], 'Hour of the day, 0 to 23, UTC.', (t, i) =>
    Math.floor(sinceMidnight(t.us[i]) / 3_600_000_000),
  ),
  temporal('weekday', 'day of the week', [], 'Monday 1 to Sunday 7, UTC.', (t, i) => weekday(t.us[i])),
  temporal('is_weekend', 'yes or no', [], '1 on Saturday and Sunday, UTC, else 0.', (t, i) =>
    weekday(t.us[i]) >= 6 ? 1 : 0,
  ),
  temporal('time_of_day_sin', 'sine', [], 'Sine of the time since midnight, one turn a day.', (t, i) =>
    nineDecimals(Math.sin(angle(t.us[i]))),
  ),
  temporal('time_of_day_cos', 'cosine', [], 'Cosine of the time since midnight, one turn a day.', (t, i) =>
    nineDecimals(Math.cos(angle(t.us[i]))),
  ),
  temporal(
    'seconds_since_session_start',
    'seconds',
    ANY,
    "Time since the session's first event; 0 at the first.",
    (t, i) => (t.session_events[i] === 0 ? 0 : secondsSince(t.us[i], t.session_first_us[i])),
  ),
  temporal(
    'seconds_since_session_event',
    'seconds',
    ANY,
    "Time since the session's last event; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.session_last_us[i]),
  ),
  temporal(
    'seconds_since_user_event',
    'seconds',
    ANY,
    "Time since the user's last event, in any session; missing at the first.",
    (t, i) => secondsSince(t.us[i], t.user_last_us[i]),
  ),
];
