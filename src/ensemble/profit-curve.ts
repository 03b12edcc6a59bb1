/** What acting above each threshold would have brought on labelled rows, thinned to a bounded number of thresholds. */
import { Z_95 } from '../base/interval.js';
import { bestProfitThreshold, breakEvenProbability, type Economics } from './profit-threshold.js';

export interface ProfitCurvePoint {
  readonly threshold: number;
  readonly rows: number;
  readonly positives: number;
  readonly profit: number;
}

export interface ProfitAt {
  readonly threshold: number | null;
  readonly rows: number;
  readonly positives: number;
  readonly profit: number;
  readonly interval: readonly [number, number] | null;
}

export interface ProfitCurve {
  /** Thresholds falling: from nobody to everybody. */
  readonly points: readonly ProfitCurvePoint[];
  readonly best: ProfitAt;
  readonly breakEven: ProfitAt;
  readonly everybody: ProfitAt;
}

const POINTS = 200;

/** `unit`: rows of one session share a number. At least one row. O(n log n). */
export function profitCurve(
  probability: Float64Array,
  label: Float64Array,
  economics: Economics,
  unit?: ArrayLike<number>,
): ProfitCurve {
  const best = bestProfitThreshold(probability, label, economics);
  const order = Uint32Array.from(probability.keys()).sort((a, b) => probability[b] - probability[a] || a - b);
  const points: ProfitCurvePoint[] = [{ threshold: 1.000001, rows: 0, positives: 0, profit: 0 }];
  const step = Math.max(1, Math.ceil(order.length / (POINTS - 10)));
  let positives = 0;
  let next = 1;
  for (let i = 0; i < order.length; i++) {
    positives += label[order[i]];
    const threshold = probability[order[i]];
    const last = i + 1 === order.length;
    if (!last && probability[order[i + 1]] === threshold) continue;
    if (!last && i + 1 < next && threshold !== best.threshold) continue;
    next = i + 1 + step;
    points.push({ threshold, rows: i + 1, positives, profit: profitOf(positives, i + 1, economics) });
  }
  const at = (threshold: number | null) => profitAt(threshold, probability, label, economics, unit);
  return { points, best: at(best.threshold), breakEven: at(breakEvenProbability(economics)), everybody: at(0) };
}

function profitOf(positives: number, rows: number, { margin, cost }: Economics): number {
  return positives * margin - rows * cost;
}

/** The interval is that of a sum over independent units: ± 1.96 √(units/(units−1) Σ (unit's profit − mean)²), the threshold taken as given. */
function profitAt(
  threshold: number | null,
  probability: Float64Array,
  label: Float64Array,
  economics: Economics,
  unit?: ArrayLike<number>,
): ProfitAt {
  let [rows, positives] = [0, 0];
  const byUnit = new Map<number, number>();
  for (let row = 0; row < probability.length; row++) {
    const acted = threshold !== null && probability[row] >= threshold;
    const key = unit === undefined ? row : unit[row];
    byUnit.set(key, (byUnit.get(key) ?? 0) + (acted ? label[row] * economics.margin - economics.cost : 0));
    if (!acted) continue;
    rows++;
    positives += label[row];
  }
  const profit = profitOf(positives, rows, economics);
  const units = byUnit.size;
  if (units < 2) return { threshold, rows, positives, profit, interval: null };
  let squares = 0;
  for (const own of byUnit.values()) squares += (own - profit / units) ** 2;
  const half = Z_95 * Math.sqrt((squares * units) / (units - 1));
  return { threshold, rows, positives, profit, interval: [profit - half, profit + half] };
}
