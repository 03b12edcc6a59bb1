/** The split a table brings along: a column that says train, valid or test for each row. */
import { inputRejected } from '../base/errors.js';
import { checkLabels, finishSplit, type Split } from './split.js';
import { ascending, halveAtRandom } from './split-at-random.js';

const PART_OF: Readonly<Record<string, 'train' | 'valid' | 'test'>> = {
  train: 'train',
  training: 'train',
  valid: 'valid',
  validation: 'valid',
  val: 'valid',
  test: 'test',
};

/**
 * Values are read without regard to case; another value, or none, is an error that names the row. Validation is halved
 * at random, stratified.
 */
export function splitByColumn(
  values: readonly (string | null)[],
  column: string,
  label: Float64Array,
  seed: number,
): Split {
  checkLabels(label);
  const parts: Record<'train' | 'valid' | 'test', number[]> = { train: [], valid: [], test: [] };
  values.forEach((value, row) => {
    const word = value?.trim().toLowerCase() ?? '';
    if (!Object.hasOwn(PART_OF, word))
      throw inputRejected(
        'SPLIT_UNKNOWN_PART',
        `Column "${column}" says ${value === null ? 'nothing' : `"${value}"`} in row ${row + 1}; expected train, valid or test.`,
      );
    parts[PART_OF[word]].push(row);
  });
  for (const part of ['train', 'valid', 'test'] as const)
    if (parts[part].length === 0)
      throw inputRejected('SPLIT_EMPTY_PART', `Column "${column}" says "${part}" in no row.`);
  const { stopping, blending } = halveAtRandom(parts.valid, label, seed);
  const rows = ascending({ train: parts.train, stopping, blending, test: parts.test });
  return finishSplit({ by: 'column', rows, purged: new Int32Array(), purgedSessions: 0 }, label);
}
