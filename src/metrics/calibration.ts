/**
 * Calibration: predicted against observed shares in bins, and the expected calibration error. Equal-mass bins are what
 * is reported: with rare purchases nearly all rows fall into the lowest equal-width bin, which then says little.
 */

import { type Interval, wilsonInterval } from '../base/interval.js';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.js';
import { type Ranking, rank } from './ranking.js';

export type Binning = 'equal-mass' | 'equal-width';

/** Bins of the reported calibration error and curve. */
export const CALIBRATION_BINS = 15;

export interface CalibrationBin {
  /** Smallest and largest probability found in the bin. */
  readonly lower: number;
  readonly upper: number;
  /** Weight of the rows in the bin, and their number. */
  readonly weight: number;
  readonly rows: number;
  readonly mean_probability: number;
  readonly observed_rate: number;
  /** Wilson's interval of the observed rate; the number of rows counts as trials. */
  readonly observed_ci: Interval;
}

/**
 * At most `bins` bins by rising probability; empty ones are left out. Rows of equal probability share a bin, so
 * equal-mass bins are as equal as ties allow. Equal-width bins are [0, 1/b], (1/b, 2/b], ….
 */
export function calibrationCurve(
  scores: LabelledScores,
  binning: Binning = 'equal-mass',
  bins = CALIBRATION_BINS,
): CalibrationBin[] {
  checkLabelledScores(scores, 'probability');
  return calibrationOfRanking(rank(scores), binning, bins);
}

export function calibrationOfRanking(ranking: Ranking, binning: Binning, bins: number): CalibrationBin[] {
  const { score, positive, negative, start } = ranking;
  const binOf = binOfGroups(ranking, binning, bins);
  const curve: CalibrationBin[] = [];
  for (let g = score.length - 1; g >= 0; ) {
    const bin = binOf[g];
    const last = g;
    let weight = 0;
    let hits = 0;
    let sum = 0;
    for (; g >= 0 && binOf[g] === bin; g--) {
      weight += positive[g] + negative[g];
      hits += positive[g];
      sum += score[g] * (positive[g] + negative[g]);
    }
    const rows = start[last + 1] - start[g + 1];
    if (weight === 0) continue;
    const observed_rate = hits / weight;
    curve.push({
      lower: score[last],
      upper: score[g + 1],
      weight,
      rows,
      mean_probability: sum / weight,
      observed_rate,
      observed_ci: wilsonInterval(observed_rate * rows, rows),
    });
  }
  return curve;
}

/** The bin of every group of equal probability; the numbers rise with the probability. */
export function binOfGroups(ranking: Ranking, binning: Binning, bins: number): Uint32Array {
  const { score, positive, negative, totalPositive, totalNegative } = ranking;
  const total = totalPositive + totalNegative;
  const binOf = new Uint32Array(score.length);
  let below = 0;
  for (let g = score.length - 1; g >= 0; g--) {
    const weight = positive[g] + negative[g];
    const place =
      binning === 'equal-mass' ? Math.floor(((below + weight / 2) / total) * bins) : Math.ceil(score[g] * bins) - 1;
    binOf[g] = Math.min(bins - 1, Math.max(0, place));
    below += weight;
  }
  return binOf;
}

/** Mean of |mean probability − observed rate| over the bins, weighted by their rows; in [0, 1]. Biased upwards on few rows. */
export function expectedCalibrationError(
  scores: LabelledScores,
  binning: Binning = 'equal-mass',
  bins = CALIBRATION_BINS,
): number {
  return calibrationErrorOf(calibrationCurve(scores, binning, bins));
}

export function calibrationErrorOf(curve: readonly CalibrationBin[]): number {
  let sum = 0;
  let weights = 0;
  for (const bin of curve) {
    sum += bin.weight * Math.abs(bin.mean_probability - bin.observed_rate);
    weights += bin.weight;
  }
  return sum / weights;
}
