/**
 * The derived columns of a forest: target statistics looked up for the rows of a matrix. It reads finished tables; making
 * them is training's part.
 */
import type { Matrix } from '../table/matrix.js';
import type { Forest, TargetStatistic } from './forest.js';
import { foldKeys } from './key-folding.js';
import { keyIndex } from './key-index.js';

/** One column a target statistic, each with rows [from, to) of the matrix. A key that training did not see has only its prior. */
export function targetStatisticColumns(
  forest: Pick<Forest, 'inputs' | 'targetStatistics'>,
  matrix: Matrix,
  from: number,
  to: number,
): Float64Array[] {
  // Statistics that share their parts and keys (several priors of one table) share the look-ups.
  const positions = new Map<Float64Array, { readonly parts: string; readonly found: Int32Array }[]>();
  return forest.targetStatistics.map((statistic) => {
    const parts = JSON.stringify(statistic.parts);
    const known = positions.get(statistic.keys) ?? [];
    let entry = known.find((one) => one.parts === parts);
    if (entry === undefined) {
      entry = { parts, found: lookUp(forest, statistic, matrix, from, to) };
      positions.set(statistic.keys, [...known, entry]);
    }
    return statisticValues(statistic, entry.found);
  });
}

function lookUp(
  forest: Pick<Forest, 'inputs'>,
  { parts, folds, keys }: TargetStatistic,
  matrix: Matrix,
  from: number,
  to: number,
): Int32Array {
  const rowKeys = foldKeys(forest.inputs, parts, folds, matrix, from, to);
  const found = new Int32Array(to - from);
  keyIndex(keys).findAll(rowKeys, found);
  return found;
}

/** The statistic's values for positions in its table; −1 is a key that training did not see. */
function statisticValues(statistic: TargetStatistic, found: Int32Array): Float64Array {
  const values = new Float64Array(found.length);
  const { prior, priorWeight, shift, scale, numerator, denominator, counterDenominator } = statistic;
  const added = prior * priorWeight;
  for (let i = 0; i < found.length; i++) {
    const position = found[i];
    const n = position < 0 ? 0 : numerator[position];
    const d = counterDenominator ?? (position < 0 ? 0 : denominator[position]);
    values[i] = scale * ((n + added) / (d + priorWeight) + shift);
  }
  return values;
}
