/**
 * Folds tuples of codes into single safe integers without collisions.
 *
 * A part's code is 0 … cardinality − 1: a categorical input has missing 0, unseen 1, category c at c + 2; a border or an
 * equality is 0 or 1. The key is the mixed-radix number of the codes, first part most significant. Where the next part
 * would carry it past 2^53, the key so far is first replaced by its rank among the partial keys of the training rows (a
 * `KeyFold`), which are few; a partial key that no training row had makes the whole tuple unseen.
 */
import { EcommlError } from '../base/errors.js';
import type { Cells, Matrix } from '../table/matrix.js';
import type { ForestInput, KeyFold, TargetStatisticPart } from './forest.js';
import { keyIndex } from './key-index.js';

/** What `foldKeys` gives for a tuple whose beginning no training row had. */
export const UNSEEN_KEY = -1;

/** The code of a missing category in `TargetStatisticPart.equals` and in one-hot borders. */
export const MISSING_CATEGORY = -2;

const LIMIT = 2 ** 53;

/** Number of codes of a part. */
export function partCardinality(inputs: readonly ForestInput[], part: TargetStatisticPart): number {
  if (part.border !== undefined || part.equals !== undefined) return 2;
  return (inputs[part.input].categories?.length ?? 0) + 2;
}

/** The keys that training rows need on the way: none when the product of the cardinalities fits into 2^53. */
export function learnFolds(
  inputs: readonly ForestInput[],
  parts: readonly TargetStatisticPart[],
  matrix: Matrix,
): KeyFold[] {
  const folds: KeyFold[] = [];
  let size = 1;
  for (let p = 0; p < parts.length; p++) {
    const cardinality = partCardinality(inputs, parts[p]);
    if (size * cardinality > LIMIT) {
      const keys = distinctKeys(foldKeys(inputs, parts.slice(0, p), folds, matrix, 0, matrix.rows));
      folds.push({ part: p, keys });
      size = keys.length;
    }
    size *= cardinality;
    if (size > LIMIT) throw tooManyKeys(parts.length);
  }
  return folds;
}

/** One key a row of [from, to): a safe integer ≥ 0, or UNSEEN_KEY. */
export function foldKeys(
  inputs: readonly ForestInput[],
  parts: readonly TargetStatisticPart[],
  folds: readonly KeyFold[],
  matrix: Matrix,
  from: number,
  to: number,
): Float64Array {
  const keys = new Float64Array(to - from);
  parts.forEach((part, p) => {
    const fold = folds.find((one) => one.part === p);
    if (fold !== undefined) replaceByRank(keys, fold);
    const cardinality = partCardinality(inputs, part);
    const { values } = matrix.columns[part.input];
    foldPart(keys, part, cardinality, values, from);
  });
  return keys;
}

/** The distinct keys, ascending, without UNSEEN_KEY. */
export function distinctKeys(keys: Float64Array): Float64Array {
  const sorted = keys.slice().sort();
  let kept = 0;
  for (const key of sorted) if (key !== UNSEEN_KEY && (kept === 0 || key !== sorted[kept - 1])) sorted[kept++] = key;
  return sorted.slice(0, kept);
}

/** True when every key of these parts is a safe integer. */
export function keyCapacity(
  inputs: readonly ForestInput[],
  parts: readonly TargetStatisticPart[],
  folds: readonly KeyFold[],
): boolean {
  let size = 1;
  for (let p = 0; p < parts.length; p++) {
    const fold = folds.find((one) => one.part === p);
    size = (fold?.keys.length ?? size) * partCardinality(inputs, parts[p]);
    if (size > LIMIT) return false;
  }
  return true;
}

/** One loop a kind of part: this is the inner loop of scoring with target statistics. */
function foldPart(
  keys: Float64Array,
  part: TargetStatisticPart,
  cardinality: number,
  values: Cells,
  from: number,
): void {
  const { border, equals } = part;
  if (border !== undefined) {
    const missing = part.missingTrue ? 1 : 0;
    for (let i = 0; i < keys.length; i++) {
      const x = values[from + i];
      const code = Number.isNaN(x) ? missing : x > border ? 1 : 0;
      keys[i] = keys[i] === UNSEEN_KEY ? UNSEEN_KEY : keys[i] * 2 + code;
    }
  } else if (equals !== undefined) {
    for (let i = 0; i < keys.length; i++) {
      const x = values[from + i];
      const code = (Number.isNaN(x) ? MISSING_CATEGORY : x) === equals ? 1 : 0;
      keys[i] = keys[i] === UNSEEN_KEY ? UNSEEN_KEY : keys[i] * 2 + code;
    }
  } else {
    for (let i = 0; i < keys.length; i++) {
      const x = values[from + i];
      const code = x >= 0 && x < cardinality - 2 ? x + 2 : Number.isNaN(x) ? 0 : 1;
      keys[i] = keys[i] === UNSEEN_KEY ? UNSEEN_KEY : keys[i] * cardinality + code;
    }
  }
}

function replaceByRank(keys: Float64Array, fold: KeyFold): void {
  const found = new Int32Array(keys.length);
  keyIndex(fold.keys).findAll(keys, found);
  keys.set(found);
}

function tooManyKeys(parts: number): EcommlError {
  return new EcommlError(
    'TOO_MANY_KEYS',
    `A combination of ${parts} categorical columns has more values than can be told apart.`,
    { hint: 'Lower catboost.max_ctr_complexity, or leave out a column of very many categories (--drop).' },
  );
}
