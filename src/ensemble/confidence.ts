/**
 * Confidence: how far a probability can be relied on, from 0 to 1. It is no second name of the probability: see
 * CONFIDENCE_DEFINITION. Fitting makes a small table that the bundle stores.
 */
import { wilsonInterval } from '../base/interval.js';
import { interpolate } from './calibration.js';
import { type Block, blocksByScore, mergeBlocks, poolAdjacentViolators } from './isotonic.js';
import { checkMembers, type MemberProbabilities } from './members.js';
import type { Weights } from './weights.js';

export const CONFIDENCE_DEFINITION =
  'Confidence (0 to 1) is agreement × certainty. Agreement is 1 minus the weighted standard deviation of the ' +
  'models’ probabilities, divided by the largest one possible at their mean, √(mean · (1 − mean)): 1 when all models ' +
  'say the same, 0 when some say 0 and the others 1. Certainty is 1 minus the width of a 95% interval for the true ' +
  'purchase rate at this probability, measured on the scale (2/π)·asin(√rate), where equally many rows give equally ' +
  'wide intervals at any rate. The interval comes from rows no model was trained on: isotonic regression with this row ' +
  'added once as a buyer and once as a non-buyer (Venn–Abers) gives two rates, and Wilson’s interval of each, for the ' +
  'number of independent rows or sessions behind it, widens them. It is wide where few such rows have a like ' +
  'probability. A low purchase probability can have a high confidence, and a high one a low.';

/** The 95% interval of the purchase rate at some probabilities, ascending from 0 to 1; straight lines between. */
export interface ConfidenceTable {
  readonly probability: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Points of the table between its ends, and the blocks of rows it is computed from: they bound size and cost. */
const KNOTS = 128;
const BLOCKS = 4096;

/**
 * From calibrated probabilities and labels of rows no model was trained on. `independentShare` (0, 1] is the number of
 * independent units (sessions) divided by the number of rows: intervals count units. Weights have the mean 1. O(n log n + KNOTS · BLOCKS).
 */
export function fitConfidence(
  probability: Float64Array,
  label: Float64Array,
  independentShare: number,
  weight?: Float64Array,
): ConfidenceTable {
  const blocks = mergeBlocks(blocksByScore(probability, label, weight), BLOCKS);
  const knots = knotsOf(blocks);
  const intervals = knots.map((knot) => intervalAt(blocks, knot, independentShare));
  return {
    probability: knots,
    lower: risingFrom(intervals.map((interval) => interval[0])),
    upper: risingFrom(intervals.map((interval) => interval[1])),
  };
}

/** 0, 1, the ends of the data and equally many rows between. */
function knotsOf(blocks: readonly Block[]): number[] {
  const spread = mergeBlocks(blocks, KNOTS - 2).map((block) => block.score);
  const all = [0, blocks[0].score, ...spread, blocks[blocks.length - 1].score, 1];
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Both rates are monotone in theory; this removes what rounding and merged blocks may disturb. */
function risingFrom(values: readonly number[]): number[] {
  let highest = 0;
  return values.map((value) => {
    highest = Math.max(highest, value);
    return highest;
  });
}

function intervalAt(blocks: readonly Block[], at: number, independentShare: number): readonly [number, number] {
  const [low, lowRows] = rateWith(blocks, at, 0);
  const [high, highRows] = rateWith(blocks, at, 1);
  const trials = (rows: number) => Math.max(1, rows * independentShare);
  const [lower] = wilsonInterval(low * trials(lowRows), trials(lowRows));
  const [, upper] = wilsonInterval(high * trials(highRows), trials(highRows));
  return [Math.min(lower, low), Math.max(upper, high)];
}

/** The isotonic rate at score `at` once a row of that score and label is added, and the rows that share it. */
function rateWith(blocks: readonly Block[], at: number, label: 0 | 1): [rate: number, rows: number] {
  const added: Block[] = [];
  let placed = false;
  for (const block of blocks) {
    if (!placed && block.score >= at) {
      placed = true;
      if (block.score === at) {
        added.push({ score: at, rows: block.rows + 1, positives: block.positives + label });
        continue;
      }
      added.push({ score: at, rows: 1, positives: label });
    }
    added.push(block);
  }
  if (!placed) added.push({ score: at, rows: 1, positives: label });
  // The blocks keep the order of their rows, so the one that holds the added row is found by counting.
  let before = 0;
  for (const block of added) {
    if (block.score === at) break;
    before += block.rows;
  }
  let seen = 0;
  for (const block of poolAdjacentViolators(added)) {
    seen += block.rows;
    if (seen > before) return [block.positives / block.rows, block.rows];
  }
  throw new RangeError('an added row is in no pooled block');
}

/** The table's interval of the purchase rate at a calibrated probability. */
export function intervalOf(table: ConfidenceTable, probability: number): readonly [lower: number, upper: number] {
  return [
    interpolate(table.probability, table.lower, probability),
    interpolate(table.probability, table.upper, probability),
  ];
}

/** 1 − the interval's width on the scale (2/π)·asin(√rate); in [0, 1]. */
export function certaintyOf(table: ConfidenceTable, probability: number): number {
  const [lower, upper] = intervalOf(table, probability);
  return clamp(1 - (2 / Math.PI) * (Math.asin(Math.sqrt(upper)) - Math.asin(Math.sqrt(lower))));
}

/** Agreement of the members a row, in [0, 1]; 1 everywhere when there is a single one. */
export function agreement(members: MemberProbabilities, weights: Weights): Float64Array {
  const rows = checkMembers(members);
  const voters = Object.entries(weights).filter(([, weight]) => weight > 0);
  const result = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let mean = 0;
    for (const [model, weight] of voters) mean += weight * members[model][row];
    let variance = 0;
    for (const [model, weight] of voters) variance += weight * (members[model][row] - mean) ** 2;
    const largest = mean * (1 - mean);
    result[row] = largest > 0 ? clamp(1 - Math.sqrt(variance / largest)) : 1;
  }
  return result;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
