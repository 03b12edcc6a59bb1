/**
 * A forest's parameters made concrete for one training set: shares become counts, words become numbers, class and
 * sample weights become what the kernels take. Refuses what no forest can be grown from.
 */
import { EcommlError, usageError } from '../base/errors.js';
import type { LabelledMatrix } from './family.js';
import type { ParameterValues } from './parameters.js';

export interface ForestSettings {
  readonly trees: number;
  readonly entropy: boolean;
  /** Thresholds are drawn, not searched. */
  readonly randomThresholds: boolean;
  readonly maxDepth: number;
  /** Infinity grows depth first. */
  readonly maxLeaves: number;
  readonly minSamplesSplit: number;
  readonly minSamplesLeaf: number;
  readonly minWeightFraction: number;
  readonly maxFeatures: number;
  readonly minImpurityDecrease: number;
  /** Cost-complexity pruning; 0 prunes nothing. */
  readonly ccpAlpha: number;
  /** Draws a tree; 0 is no bootstrap. */
  readonly bagSize: number;
  /** With bootstrap: rows are drawn in proportion to these; absent: all alike. */
  readonly drawWeight?: Float64Array;
  /** Without bootstrap: what each row weighs; absent: 1. */
  readonly rowWeight?: Float64Array;
  readonly classWeight: readonly [number, number];
  readonly balanceBag: boolean;
  readonly outOfBag: boolean;
}

export function forestSettings(parameters: ParameterValues, train: LabelledMatrix): ForestSettings {
  const rows = train.matrix.rows;
  const features = train.matrix.columns.length;
  checkRows(train);
  const bootstrap = parameters['bootstrap'] === true;
  const classWeight = parameters['class_weight'];
  const balancedOverall = classWeight === 'balanced' || (classWeight === 'balanced_subsample' && !bootstrap);
  const given = givenClassWeight(String(classWeight));
  const overall = balancedOverall ? balancedClassWeight(train) : (given ?? ([1, 1] as const));
  const maxSamples = parameters['max_samples'];
  if (!bootstrap && maxSamples !== 'none') {
    throw usageError(
      'BAD_PARAMETER',
      'random-forest.max_samples needs random-forest.bootstrap=true: without bootstrap each tree grows on all rows.',
    );
  }
  // As scikit-learn does since 1.8: with bootstrap, weights decide how often a row is drawn, not what a draw weighs.
  const drawWeight =
    bootstrap && (train.weight !== undefined || balancedOverall || given !== undefined)
      ? Float64Array.from({ length: rows }, (_, row) => (train.weight?.[row] ?? 1) * overall[train.label[row]])
      : undefined;
  return {
    trees: Number(parameters['n_estimators']),
    entropy: parameters['criterion'] !== 'gini',
    randomThresholds: parameters['splitter'] === 'random',
    maxDepth:
      parameters['max_depth'] === 'none' ? Number.POSITIVE_INFINITY : wholeNumber('max_depth', parameters['max_depth']),
    maxLeaves:
      parameters['max_leaf_nodes'] === 'none'
        ? Number.POSITIVE_INFINITY
        : wholeNumber('max_leaf_nodes', parameters['max_leaf_nodes']),
    minSamplesSplit: minSamplesSplit(Number(parameters['min_samples_split']), rows),
    minSamplesLeaf: minSamplesLeaf(Number(parameters['min_samples_leaf']), rows),
    minWeightFraction: Number(parameters['min_weight_fraction_leaf']),
    maxFeatures: maxFeatures(parameters['max_features'], features),
    minImpurityDecrease: Number(parameters['min_impurity_decrease']),
    ccpAlpha: Number(parameters['ccp_alpha']),
    bagSize: bootstrap ? bagSize(maxSamples, drawWeight, rows) : 0,
    drawWeight,
    rowWeight: bootstrap ? undefined : train.weight,
    classWeight: bootstrap ? [1, 1] : overall,
    balanceBag: bootstrap && classWeight === 'balanced_subsample',
    outOfBag: bootstrap && parameters['oob_score'] === true,
  };
}

function checkRows({ matrix, label, weight }: LabelledMatrix): void {
  if (matrix.rows === 0) throw new EcommlError('NO_ROWS', 'A random forest cannot be grown from no rows.');
  let total = 0;
  for (let row = 0; row < matrix.rows; row++) {
    if (label[row] !== 0 && label[row] !== 1)
      throw new EcommlError('BAD_LABEL', `The label of training row ${row} is ${label[row]}, but must be 0 or 1.`);
    const w = weight === undefined ? 1 : weight[row];
    if (!(w >= 0) || w === Number.POSITIVE_INFINITY)
      throw new EcommlError(
        'BAD_WEIGHT',
        `The weight of training row ${row} is ${w}, but must be finite and not below 0.`,
      );
    total += w;
  }
  if (!(total > 0) || total === Number.POSITIVE_INFINITY)
    throw new EcommlError(
      'BAD_WEIGHT',
      `The training rows weigh ${total} together, but must weigh more than 0 and finitely much.`,
    );
}

/** `0:1,1:5` as [1, 5]; a class that is not named weighs 1. Undefined for words. Its form was checked with the parameters. */
function givenClassWeight(text: string): readonly [number, number] | undefined {
  if (!text.includes(':')) return undefined;
  const weight: [number, number] = [1, 1];
  const named = new Set<string>();
  for (const part of text.split(',')) {
    const [label, value] = part.split(':').map((word) => word.trim());
    if (named.has(label))
      throw usageError('BAD_PARAMETER', `random-forest.class_weight is "${text}", which weighs class ${label} twice.`);
    named.add(label);
    weight[label === '1' ? 1 : 0] = Number(value);
  }
  if (weight[0] === 0 && weight[1] === 0)
    throw usageError('BAD_PARAMETER', `random-forest.class_weight is "${text}": no row would count.`);
  return weight;
}

/** n / (classes · n of the class), weighted; 1 where only one class is present. */
function balancedClassWeight({ label, weight }: LabelledMatrix): readonly [number, number] {
  const sums = [0, 0];
  for (let row = 0; row < label.length; row++) sums[label[row]] += weight === undefined ? 1 : weight[row];
  if (sums[0] === 0 || sums[1] === 0) return [1, 1];
  const half = (sums[0] + sums[1]) / 2;
  return [half / sums[0], half / sums[1]];
}

/** A row's draws are counted in 31 bits; and a draw takes some 80 ns, during which nothing can be cancelled. */
const MAX_DRAWS = 2 ** 31 - 1;
const MAX_DRAWS_A_ROW = 100;
const LEAST_LIMIT = 1_000_000;

function bagSize(maxSamples: number | string | boolean, drawWeight: Float64Array | undefined, rows: number): number {
  if (maxSamples === 'none') return rows;
  const size = Number(maxSamples);
  // A share of the rows' total weight, so that a row of weight 2 counts as two rows.
  const total = drawWeight === undefined ? rows : drawWeight.reduce((sum, w) => sum + w, 0);
  const draws = size > 1 ? wholeNumber('max_samples', size) : Math.max(1, Math.floor(size * total));
  const most = Math.min(MAX_DRAWS, Math.max(LEAST_LIMIT, MAX_DRAWS_A_ROW * rows));
  if (draws <= most) return draws;
  throw usageError(
    'BAD_PARAMETER',
    `random-forest.max_samples=${maxSamples} draws ${draws} rows a tree, but of ${rows} rows at most ${most} can be drawn.`,
    size > 1 ? undefined : 'A share is of the total weight of the rows: give a count, or divide the weights.',
  );
}

function maxFeatures(given: number | string | boolean, features: number): number {
  if (features === 0) return 0;
  if (given === 'all') return features;
  if (given === 'sqrt') return Math.max(1, Math.floor(Math.sqrt(features)));
  if (given === 'log2') return Math.max(1, Math.floor(Math.log2(features)));
  const count = Number(given);
  if (count === 0)
    throw usageError(
      'BAD_PARAMETER',
      'random-forest.max_features is 0, but must be a count from 1 up, or a share above 0.',
    );
  if (count < 1) return Math.max(1, Math.floor(count * features));
  return Math.min(features, wholeNumber('max_features', count));
}

function minSamplesSplit(given: number, rows: number): number {
  return given <= 1 ? Math.max(2, Math.ceil(given * rows)) : wholeNumber('min_samples_split', given);
}

function minSamplesLeaf(given: number, rows: number): number {
  return given < 1 ? Math.max(1, Math.ceil(given * rows)) : wholeNumber('min_samples_leaf', given);
}

/** Parameters that are a share below 1. */
const SHARES: readonly string[] = ['max_samples', 'max_features', 'min_samples_split', 'min_samples_leaf'];

function wholeNumber(name: string, value: number | string | boolean): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    const share = SHARES.includes(name) ? ' (or below 1, a share)' : '';
    throw usageError('BAD_PARAMETER', `random-forest.${name} is "${value}", but must be a whole number${share}.`);
  }
  return number;
}
