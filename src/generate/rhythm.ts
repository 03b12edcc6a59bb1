/**
 * When sessions begin: a Poisson process whose rate follows the hour of the day and the day of the week, constant within
 * each hour. Times are seconds since the beginning of the first day, a Monday.
 */
import type { Random } from '../base/random.js';

const HOUR = 3600;
const HOURS_A_WEEK = 168;

/** Sessions an hour by the hour of the day (UTC), 1 the mean of a day: a quiet night, a plateau, a peak at 20. */
export const HOUR_WEIGHTS: readonly number[] = [
  0.45, 0.28, 0.2, 0.18, 0.2, 0.3, 0.52, 0.78, 1.0, 1.15, 1.22, 1.24, 1.22, 1.2, 1.2, 1.22, 1.27, 1.36, 1.5, 1.72, 1.82,
  1.62, 1.2, 0.75,
];

/** From Monday, 1 the mean of a week. */
export const WEEKDAY_WEIGHTS: readonly number[] = [0.95, 0.93, 0.94, 0.96, 0.98, 1.1, 1.14];

export class Rhythm {
  /** Expected sessions before each hour of the week, one at the mean rate an hour; 169 entries. */
  readonly #before = new Float64Array(HOURS_A_WEEK + 1);
  /** Sessions an hour at the mean rate. */
  readonly #rate: number;
  /** Expected sessions before the last arrival, in units of the mean rate. */
  #elapsed = 0;

  /** `sessionsADay` is the mean rate, above 0. */
  constructor(sessionsADay: number) {
    this.#rate = sessionsADay / 24;
    const perDay = sum(HOUR_WEIGHTS);
    const perWeek = sum(WEEKDAY_WEIGHTS);
    for (let hour = 0; hour < HOURS_A_WEEK; hour++) {
      const weight = (HOUR_WEIGHTS[hour % 24] * 24 * WEEKDAY_WEIGHTS[Math.floor(hour / 24)] * 7) / (perDay * perWeek);
      this.#before[hour + 1] = this.#before[hour] + weight;
    }
  }

  /** The next session's beginning in whole seconds, never before the last one's. */
  nextArrival(random: Random): number {
    // Exponential steps of the integrated rate, mapped back to time (inversion of the intensity; Çinlar 1975).
    this.#elapsed -= Math.log1p(-random.next()) / this.#rate;
    const week = Math.floor(this.#elapsed / this.#before[HOURS_A_WEEK]);
    const inWeek = this.#elapsed - week * this.#before[HOURS_A_WEEK];
    let hour = 0;
    // Halving the week: the last hour that begins at or before the instant.
    for (let step = 128; step > 0; step >>= 1)
      if (hour + step < HOURS_A_WEEK && this.#before[hour + step] <= inWeek) hour += step;
    const share = (inWeek - this.#before[hour]) / (this.#before[hour + 1] - this.#before[hour]);
    return Math.floor((week * HOURS_A_WEEK + hour + Math.min(share, 0.9999999)) * HOUR);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
