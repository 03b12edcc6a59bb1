/**
 * Intervals of average precision, log loss, Brier score and calibration error by a seeded Poisson bootstrap. Its cost is
 * bounded whatever the number of rows.
 *
 * Each replicate gives every unit (a row, or a group of dependent rows such as a session) a weight drawn from
 * Poisson(1), which tends to the multinomial bootstrap as units grow (Chamandy et al. 2012). Rows stay sorted, so a
 * replicate is one pass. Above ROW_LIMIT rows the replicates run on a random share of the units, and the spread found
 * there is shrunk by √(units used / units): standard errors fall with the root of the sample (Politis, Romano and Wolf
 * 1999). The quantiles are shifted so that the replicates' mean lies on the estimate: calibration error is biased
 * upwards in a sample, and once more in its replicates, and only their spread is wanted here.
 */

import type { Interval } from '../base/interval.js';
import { rowLogLoss } from '../base/log-loss.js';
import { Random } from '../base/random.js';
import { binOfGroups, CALIBRATION_BINS } from './calibration.js';
import type { LabelledScores } from './labelled-scores.js';
import type { Ranking } from './ranking.js';

const ROW_LIMIT = 250_000;
const ROW_PASSES = 50_000_000;
const MIN_REPLICATES = 200;
const MAX_REPLICATES = 1000;

/** Which rows depend on each other: unit of each row (0 … count − 1). */
export interface Units {
  readonly of: Uint32Array;
  readonly count: number;
}

export interface BootstrapIntervals {
  readonly pr_auc: Interval | null;
  readonly log_loss: Interval | null;
  readonly brier: Interval | null;
  readonly ece: Interval | null;
}

/** Point estimates the intervals are centred on. */
export interface Estimates {
  readonly pr_auc: number | null;
  readonly log_loss: number;
  readonly brier: number;
  readonly ece: number;
}

/** Null intervals where there are fewer than two units, or no positives (average precision). */
export function bootstrapIntervals(
  scores: LabelledScores,
  ranking: Ranking,
  estimates: Estimates,
  seed: number,
  units: Units | undefined,
): BootstrapIntervals {
  const unitCount = units?.count ?? scores.probability.length;
  if (unitCount < 2) return { pr_auc: null, log_loss: null, brier: null, ece: null };
  const random = new Random(seed, 0x626f6f74);
  const sample = drawSample(scores, ranking, units, random);
  const replicates = Math.min(MAX_REPLICATES, Math.max(MIN_REPLICATES, Math.floor(ROW_PASSES / sample.rows)));
  const draws: Record<keyof Estimates, number[]> = { pr_auc: [], log_loss: [], brier: [], ece: [] };
  for (let replicate = 0; replicate < replicates; replicate++) {
    const values = evaluateReplicate(sample, drawPoisson(sample.units, random));
    for (const name of ['pr_auc', 'log_loss', 'brier', 'ece'] as const) {
      const value = values[name];
      if (value !== null) draws[name].push(value);
    }
  }
  const shrink = Math.sqrt(sample.units / unitCount);
  const interval = (name: keyof Estimates, high: number) =>
    centredQuantiles(draws[name], estimates[name], shrink, high, replicates);
  return {
    pr_auc: interval('pr_auc', 1),
    log_loss: interval('log_loss', Number.POSITIVE_INFINITY),
    brier: interval('brier', 1),
    ece: interval('ece', 1),
  };
}

/** Rows by falling probability, one entry a row in each array. */
interface SortedSample {
  readonly rows: number;
  readonly units: number;
  readonly unit: Uint32Array;
  readonly weight: Float64Array;
  readonly label: Uint8Array;
  readonly logLoss: Float64Array;
  /** probability − label */
  readonly residual: Float64Array;
  readonly bin: Uint32Array;
  /** 1 at the last row of a run of equal probabilities. */
  readonly endsTie: Uint8Array;
}

function drawSample(scores: LabelledScores, ranking: Ranking, units: Units | undefined, random: Random): SortedSample {
  const { probability, label, weight } = scores;
  const { order, start } = ranking;
  const n = order.length;
  const unitCount = units?.count ?? n;
  const newUnit = new Uint32Array(unitCount);
  let kept = 0;
  // Units are numbered from 1; 0 is left out.
  const share = ROW_LIMIT / n;
  for (let unit = 0; unit < unitCount; unit++) if (share >= 1 || random.next() < share) newUnit[unit] = ++kept;
  const unitOf = (row: number) => newUnit[units === undefined ? row : units.of[row]];
  let rows = 0;
  for (let row = 0; row < n; row++) if (unitOf(row) > 0) rows++;
  const sample = {
    rows,
    units: kept,
    unit: new Uint32Array(rows),
    weight: new Float64Array(rows),
    label: new Uint8Array(rows),
    logLoss: new Float64Array(rows),
    residual: new Float64Array(rows),
    bin: new Uint32Array(rows),
    endsTie: new Uint8Array(rows),
  };
  const binOf = binOfGroups(ranking, 'equal-mass', CALIBRATION_BINS);
  let at = 0;
  for (let group = 0; group + 1 < start.length; group++) {
    for (let i = start[group]; i < start[group + 1]; i++) {
      const row = order[i];
      const unit = unitOf(row);
      if (unit === 0) continue;
      sample.unit[at] = unit - 1;
      sample.weight[at] = weight === undefined ? 1 : weight[row];
      sample.label[at] = label[row];
      sample.logLoss[at] = rowLogLoss(probability[row], label[row]);
      sample.residual[at] = probability[row] - label[row];
      sample.bin[at] = binOf[group];
      at++;
    }
    if (at > 0) sample.endsTie[at - 1] = 1;
  }
  return sample;
}

/** P(Poisson(1) ≤ k) for k = 0 … 11, scaled to 2^32. */
const POISSON_ONE = poissonTable();

function poissonTable(): Float64Array {
  const table = new Float64Array(12);
  let probability = Math.exp(-1);
  let sum = 0;
  for (let k = 0; k < table.length; k++) {
    sum += probability;
    table[k] = sum * 4294967296;
    probability /= k + 1;
  }
  return table;
}

function drawPoisson(count: number, random: Random): Uint8Array {
  const draws = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const u = random.nextUint32();
    let k = 0;
    while (k < 12 && u >= POISSON_ONE[k]) k++;
    draws[i] = k;
  }
  return draws;
}

function evaluateReplicate(sample: SortedSample, draw: Uint8Array): { [name in keyof Estimates]: number | null } {
  const { rows, unit, weight, label, logLoss, residual, bin, endsTie } = sample;
  const binSum = new Float64Array(CALIBRATION_BINS);
  let total = 0;
  let truePositive = 0;
  let tied = 0;
  let area = 0;
  let logLossSum = 0;
  let brierSum = 0;
  for (let i = 0; i < rows; i++) {
    const w = weight[i] * draw[unit[i]];
    total += w;
    logLossSum += w * logLoss[i];
    brierSum += w * residual[i] * residual[i];
    binSum[bin[i]] += w * residual[i];
    if (label[i] === 1) tied += w;
    if (endsTie[i] === 1 && tied > 0) {
      truePositive += tied;
      area += tied * (truePositive / total);
      tied = 0;
    }
  }
  if (total === 0) return { pr_auc: null, log_loss: null, brier: null, ece: null };
  return {
    pr_auc: truePositive > 0 ? area / truePositive : null,
    log_loss: logLossSum / total,
    brier: brierSum / total,
    ece: binSum.reduce((sum, gap) => sum + Math.abs(gap), 0) / total,
  };
}

function centredQuantiles(
  draws: number[],
  estimate: number | null,
  shrink: number,
  high: number,
  replicates: number,
): Interval | null {
  // With so few positives that half the replicates hold none, the rest say nothing about the spread.
  if (estimate === null || draws.length < replicates / 2) return null;
  const sorted = Float64Array.from(draws).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const lower = estimate + (quantile(sorted, 0.025) - mean) * shrink;
  const upper = estimate + (quantile(sorted, 0.975) - mean) * shrink;
  return [Math.max(0, lower), Math.min(high, upper)];
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, level: number): number {
  const place = (sorted.length - 1) * level;
  const low = Math.floor(place);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}
