/** Features of the moment's own time, UTC, and of its distance to earlier events. */
import { type Feature, secondsSince } from './feature.js';

const ANY = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

function temporal(name: string, unit: string, reads: Feature['reads'], description: string, sql: string): Feature {
  return { name, kind: 'numeric', family: 'temporal', description, unit, reads, actionable: false, sql };
}

/** Whole microseconds since midnight UTC, for instants before 1970 too. */
const DAY_US = '86400000000';
const SINCE_MIDNIGHT_US = `((us % ${DAY_US} + ${DAY_US}) % ${DAY_US})`;

/**
 * The angle of the time of day, in [0, 2π). Mathematical libraries differ in the last bit of a sine, so it is rounded
 * to nine decimals: the same on every machine.
 */
function cyclic(of: 'sin' | 'cos'): string {
  return `round(${of}(${SINCE_MIDNIGHT_US}::DOUBLE / ${DAY_US}::DOUBLE * 6.283185307179586::DOUBLE), 9)`;
}

export const TEMPORAL_FEATURES: readonly Feature[] = [
  temporal('hour', 'hour of the day', [], 'Hour of the day, 0 to 23, UTC.', 'extract(hour FROM event_time)'),
  temporal('weekday', 'day of the week', [], 'Monday 1 to Sunday 7, UTC.', 'extract(isodow FROM event_time)'),
  temporal(
    'is_weekend',
    'yes or no',
    [],
    '1 on Saturday and Sunday, UTC, else 0.',
    'CASE WHEN extract(isodow FROM event_time) >= 6 THEN 1 ELSE 0 END',
  ),
  temporal('time_of_day_sin', 'sine', [], 'Sine of the time since midnight, one turn a day.', cyclic('sin')),
  temporal('time_of_day_cos', 'cosine', [], 'Cosine of the time since midnight, one turn a day.', cyclic('cos')),
  temporal(
    'seconds_since_session_start',
    'seconds',
    ANY,
    "Time since the session's first event; 0 at the first.",
    secondsSince('coalesce(session_first_us, us)'),
  ),
  temporal(
    'seconds_since_session_event',
    'seconds',
    ANY,
    "Time since the session's last event; missing at the first.",
    secondsSince('session_last_us'),
  ),
  temporal(
    'seconds_since_user_event',
    'seconds',
    ANY,
    "Time since the user's last event, in any session; missing at the first.",
    secondsSince('user_last_us'),
  ),
];
