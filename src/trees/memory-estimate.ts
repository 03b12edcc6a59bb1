/**
 * How much of the kernels' shared memory a training will take, told from shapes alone, before any is taken. It follows
 * what each family lays out there (binned-matrix.ts, boost.ts, catboost.ts, random-forest-job.ts); a test holds it to the
 * memory really taken. The matrices themselves lie outside of it and are there already.
 */

import type { Cells } from '../table/matrix.js';
import { columnsSavedByBundling } from './bundle-estimate.js';
import { WIDE_LANE_BYTES } from './catboost-columns.js';
import { bodiesAndTails } from './catboost-folds.js';
import type { Family, LabelledMatrix, TrainingJob } from './family.js';
import { EXACT, PACKED } from './histogram-format.js';
import type { ParameterValues } from './parameters.js';
import { NARROW_BINS } from './rare-bins.js';

export interface MemoryEstimate {
  readonly family: Family;
  /** Bytes at the peak. */
  readonly bytes: number;
  /** What they are for: columns as bins, codes or ranks; a state of each row; histograms or grown trees. */
  readonly parts: { readonly columns: number; readonly rows: number; readonly trees: number };
}

export type MemoryJob = Pick<TrainingJob, 'train' | 'valid' | 'parameters' | 'hasTime'>;

/** Left to the kernels' own data, and small tables. */
const FIXED = 2 ** 20 + 2 ** 18;

export function estimateMemory(family: Family, job: MemoryJob, threads: number): MemoryEstimate {
  const parts =
    family === 'catboost'
      ? catboostParts(job, threads)
      : family === 'random-forest'
        ? forestParts(job, threads)
        : boostParts(family, job, threads);
  const whole = parts.columns + parts.rows + parts.trees;
  const before = family === 'lightgbm' ? borderBytes(job, threads) : 0;
  return { family, bytes: FIXED + Math.max(whole, before), parts };
}

/** What finding LightGBM's borders takes and gives back before the rest is taken. */
function borderBytes({ train, parameters }: MemoryJob, threads: number): number {
  const { rows, columns } = train.matrix;
  const sampled = Math.min(rows, Number(parameters['bin_construct_sample_cnt']));
  const numeric = columns.filter(({ kind }) => kind === 'numeric').length;
  return (threads > 1 ? 2 : 1) * Math.min(threads, numeric) * (sampled * 40 + 49152 + 512);
}

type Parts = MemoryEstimate['parts'];

const rowsOf = ({ train, valid }: MemoryJob) => [train.matrix.rows, valid?.matrix.rows ?? 0] as const;

const HISTOGRAM_BUDGET = 2 ** 30;

function boostParts(family: 'lightgbm' | 'xgboost', { train, valid, parameters }: MemoryJob, threads: number): Parts {
  const number = (name: string) => Number(parameters[name]);
  const [rows, validRows] = rowsOf({ train, ...(valid === undefined ? {} : { valid }), parameters, hasTime: false });
  const maxBin = number('max_bin');
  // A column has no more bins than values, and one for missing ones; a category a bin.
  const bins = train.matrix.columns.map(({ kind, categories, values }) =>
    kind === 'categorical'
      ? (categories?.length ?? 0) + 2
      : Math.min(maxBin + (values.includes(Number.NaN) ? 1 : 0), distinctAtMost(values, rows)),
  );
  const isQuantized = parameters['use_quantized_grad'] === true;
  const { entryBytes, laneBytes, narrowBins, scratchBytes } = isQuantized ? PACKED : EXACT;
  const used = bins.filter((count) => count > 1);
  const wide = used.filter((count) => count > narrowBins);
  const bundled = family === 'lightgbm' && parameters['enable_bundle'] === true;
  const fits = bins.flatMap((count, column) => (count > 1 && count <= 256 ? [column] : []));
  const saved = bundled ? columnsSavedByBundling(train.matrix, fits, bins) : 0;
  // Validation rows are binned without bundles.
  const narrowAlone = used.length - wide.length;
  const narrow = narrowAlone - saved;
  const rare = isQuantized ? 0 : used.filter((count) => count === NARROW_BINS).length;
  const tiles = Math.ceil(narrow / 16);
  const wideBytes = wide.reduce((sum, count) => sum + (count > 65536 ? 4 : 2), 0);
  // Validation rows have no records.
  const rowBytes = (lanes: number) => lanes + rare * 2 + wideBytes;
  const histogram = tiles * 16 * laneBytes + wide.reduce((sum, count) => sum + count * entryBytes, 0);
  const leaves = leavesOf(family, parameters, rows);
  const slots = Math.min(leaves, Math.max(2, Math.floor(HISTOGRAM_BUDGET / Math.max(1, histogram))));
  // Score, label, weight, the partition's three lists; of training rows also the gradient, and the rows out of a sample.
  const weight = (part: LabelledMatrix | undefined) => (part?.weight === undefined ? 0 : 8);
  const sampled = isSampled(family, parameters) ? 12 : 0;
  const quantized = isQuantized ? 2 + (parameters['stochastic_rounding'] === true ? 16 : 0) : 0;
  return {
    columns:
      rows * (rowBytes(narrow) + recordBytes(narrow) + Math.ceil(rare / 32) * 4) + validRows * rowBytes(narrowAlone),
    rows: rows * (21 + 8 + weight(train) + sampled + quantized) + validRows * (21 + weight(valid)),
    // Two spare histograms, one a further thread, one an open node.
    trees: histogram * (2 + (threads - 1) + slots) + threads * tiles * scratchBytes,
  };
}

/** Bytes of a row's records of so many narrow columns: 64 for each four tiles of 16. */
function recordBytes(narrow: number): number {
  const tiles = Math.ceil(narrow / 16);
  const left = tiles % 4;
  return Math.floor(tiles / 4) * 64 + (left === 3 ? 48 : left * 16);
}

function leavesOf(family: Family, parameters: ParameterValues, rows: number): number {
  const number = (name: string) => Number(parameters[name]);
  if (family === 'lightgbm') return Math.min(number('num_leaves'), Math.ceil(rows / number('min_data_in_leaf')));
  const depth = number('max_depth');
  const byDepth = depth === 0 ? Number.POSITIVE_INFINITY : 2 ** (depth - 1);
  const most = number('max_leaves') === 0 ? Number.POSITIVE_INFINITY : number('max_leaves');
  return Math.max(1, Math.min(byDepth, most, rows));
}

function isSampled(family: Family, parameters: ParameterValues): boolean {
  if (family === 'xgboost') return parameters['booster'] === 'dart' || Number(parameters['subsample']) < 1;
  const goss = parameters['data_sample_strategy'] === 'goss' || parameters['boosting'] === 'goss';
  const bag = Number(parameters['bagging_freq']) > 0 && Number(parameters['bagging_fraction']) < 1;
  return goss || bag || parameters['boosting'] === 'dart';
}

/** Histogram of one lane of a statistic: 16 values. */
const NARROW_LANE_BYTES = 256;
/** What target statistics of combinations may keep (catboost-target-statistics.ts). */
const STATISTICS_BUDGET = 768 * 2 ** 20;

function catboostParts(job: MemoryJob, threads: number): Parts {
  const { train, parameters } = job;
  const number = (name: string) => Number(parameters[name]);
  const [rows, validRows] = rowsOf(job);
  const all = rows + validRows;
  const categorical = train.matrix.columns.filter(({ kind }) => kind === 'categorical');
  const statistics = categorical.filter(({ categories }) => (categories?.length ?? 0) > number('one_hot_max_size'));
  const lanes = train.matrix.columns.length - statistics.length;
  const quads = Math.ceil(lanes / 4);
  const ordered = parameters['boosting_type'] === 'Ordered';
  const inOrder = job.hasTime || parameters['has_time'] === true || (statistics.length === 0 && !ordered);
  const models = inOrder ? 1 : Math.max(1, number('permutation_count') - 1) + 1;
  const depth = number('depth');
  // Ordered boosting: a histogram for the body and the tail of each of an order's models.
  const bodies = ordered ? bodiesAndTails(rows, number('fold_len_multiplier')) : [];
  const tails = bodies.reduce((sum, { tail }) => sum + tail, 0);
  const slots = 2 ** (depth - 1) * Math.max(1, 2 * bodies.length);
  const weight = train.weight === undefined ? 0 : 8;
  const count = statistics.length;
  let sets = 0;
  for (let k = 1; k <= Math.min(count, number('max_ctr_complexity')); k++) sets += choose(count, k);
  // An entry of each set in each permutation, and the ids of those of several columns.
  // Combinations with the tree's own splits live as long as the tree.
  const withSplits = count === 0 ? 0 : 4 * depth;
  const tables = Math.min(STATISTICS_BUDGET, all * 4 * (sets * models + (sets - count))) + all * 4 * withSplits;
  const scratch = count === 0 ? 0 : threads * 2 * Math.max(hashBytes(all), all * 32);
  // Histograms of parts of long ranges, for threads to sum beside each other.
  const records = Math.max(1, Math.ceil(quads / 8));
  const parts = threads === 1 ? 0 : records * 2 * (Math.ceil((threads * 4) / records) + 2) * Math.min(8, quads);
  return {
    columns: all * (quads * 4 + count * 4) + rows * 16 * Math.ceil(quads / 4) + tables + scratch,
    // Each list of sampled rows, and the odds, labels and leaves of each order's models.
    rows:
      rows * (60 + 2 + 1 + weight + models * (8 + 4 + 2 + 8 + weight)) +
      tails * (8 + 38) +
      (models - 1) * (ordered ? rows * (1 + 2 + weight) + tails * 12 : 0),
    trees: slots * 4 * (quads * WIDE_LANE_BYTES + sets * NARROW_LANE_BYTES) + parts * 4 * WIDE_LANE_BYTES,
  };
}

function hashBytes(rows: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, rows * 2))) * 16;
}

function choose(n: number, k: number): number {
  let value = 1;
  for (let i = 0; i < k; i++) value = (value * (n - i)) / (i + 1);
  return value;
}

/** Bytes a node of a tree in flight takes in its slot, and a row. */
const NODE_BYTES = 4 * 7 + 1 + 8 * 5;
const SLOT_ROW_BYTES = 4 + 8 * 4;

function forestParts({ train, valid, parameters }: MemoryJob, threads: number): Parts {
  const rows = train.matrix.rows;
  const validRows = valid?.matrix.rows ?? 0;
  const random = parameters['splitter'] === 'random';
  const columns = train.matrix.columns.reduce((sum, { values, kind, categories }) => {
    const distinct = kind === 'categorical' ? (categories?.length ?? 0) : distinctAtMost(values, rows);
    return sum + rows * (distinct > 65535 ? 4 : 2) + validRows * 8 + (random ? distinct * 8 : 0);
  }, 0);
  const slots = Math.min(threads, Number(parameters['n_estimators']));
  const share = (value: number) => (value < 1 ? Math.max(1, Math.ceil(value * rows)) : value);
  const leaves = Math.max(1, Math.floor(rows / share(Number(parameters['min_samples_leaf']))));
  const depth = parameters['max_depth'] === 'none' ? Number.POSITIVE_INFINITY : Number(parameters['max_depth']);
  const most =
    parameters['max_leaf_nodes'] === 'none' ? leaves : Math.min(leaves, Number(parameters['max_leaf_nodes']));
  const nodes = Math.min(2 * most - 1, 2 ** (depth + 1) - 1);
  const weight = train.weight === undefined ? 0 : 8;
  return {
    columns,
    rows: rows * (1 + weight + slots * SLOT_ROW_BYTES) + validRows * 8 * slots,
    trees: slots * nodes * NODE_BYTES,
  };
}

const SAMPLE = 4096;

/** An upper guess of a column's distinct values from evenly spread cells: rows where nearly all of those differ. */
function distinctAtMost(values: Cells, rows: number): number {
  if (values.length === 0) return rows;
  const taken = Math.min(SAMPLE, values.length);
  const seen = new Set<number>();
  for (let i = 0; i < taken; i++) seen.add(values[Math.floor((i * values.length) / taken)]);
  return taken === values.length || seen.size < 0.75 * taken ? Math.max(2, seen.size) : rows;
}
