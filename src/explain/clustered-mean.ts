/**
 * A mean with its standard error where rows belong together (events of one session): the sandwich of a mean, whose sums of
 * residuals are taken by unit (Liang and Zeger 1986). With one row a unit it is the usual standard error.
 */
import { type Interval, Z_95 } from '../base/interval.js';

export interface ClusteredMean {
  readonly mean: number;
  readonly standardError: number;
  readonly interval: Interval;
  readonly units: number;
}

/** Over the given rows (all by default). Standard error and interval are NaN with fewer than two units. */
export function clusteredMean(
  values: ArrayLike<number>,
  unit?: ArrayLike<number>,
  rows?: ArrayLike<number>,
): ClusteredMean {
  const count = rows?.length ?? values.length;
  const at = (i: number) => rows?.[i] ?? i;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[at(i)];
  const mean = sum / count;
  const residuals = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const row = at(i);
    const key = unit === undefined ? row : unit[row];
    residuals.set(key, (residuals.get(key) ?? 0) + values[row] - mean);
  }
  const units = residuals.size;
  let squares = 0;
  for (const residual of residuals.values()) squares += residual * residual;
  const standardError = units < 2 ? Number.NaN : Math.sqrt((squares * units) / (units - 1)) / count;
  return { mean, standardError, interval: [mean - Z_95 * standardError, mean + Z_95 * standardError], units };
}
