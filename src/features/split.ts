/**
 * What a split is, and the checks every split must pass. The ways to make one are split-by-time.ts, split-at-random.ts
 * and split-by-column.ts.
 *
 * Validation is cut once more: early stopping watches `stopping`, and ensemble weights, calibration and thresholds are
 * fitted on `blending`, so that none of them is judged on the rows that chose the trees.
 */
import { inputRejected } from '../base/errors.js';

export type SplitPart = 'train' | 'stopping' | 'blending' | 'test';

export const SPLIT_PARTS: readonly SplitPart[] = ['train', 'stopping', 'blending', 'test'];

export interface SplitShares {
  /** Shares in (0, 1), their sum below 1; the rest trains. */
  readonly valid: number;
  readonly test: number;
}

export interface Split {
  readonly by: 'time' | 'random' | 'column';
  /** Row indices of each part: in time order for a split by time, else ascending. */
  readonly rows: Readonly<Record<SplitPart, Int32Array>>;
  /** Both halves of validation, in the order of their parts' rows. */
  readonly valid: Int32Array;
  /** Rows in no part: purged sessions. Ascending. */
  readonly purged: Int32Array;
  /** Sessions that straddled a cut; 0 when the split is not by time. */
  readonly purgedSessions: number;
  /** First instant of stopping, blending and test, in microseconds since 1970; a split by time alone has them. */
  readonly cuts?: { readonly stopping: number; readonly blending: number; readonly test: number };
  readonly counts: Readonly<Record<SplitPart, number>>;
  readonly positives: Readonly<Record<SplitPart, number>>;
}

/** Fewest rows a table must have to be split: two of each class in each part. */
export const FEWEST_ROWS = 16;

/** Labels must be 0 or 1, both present, on enough rows. */
export function checkLabels(label: Float64Array): void {
  if (label.length < FEWEST_ROWS)
    throw inputRejected(
      'SPLIT_TOO_FEW_ROWS',
      `There are ${label.length} rows to learn from; at least ${FEWEST_ROWS} are needed.`,
    );
  let positives = 0;
  for (const value of label) positives += value;
  if (positives === 0 || positives === label.length)
    throw inputRejected(
      'SPLIT_ONE_CLASS',
      `All ${label.length} labels are ${positives === 0 ? '0' : '1'}: there is nothing to tell apart.`,
      'Give a target with both outcomes, or events that contain purchases.',
    );
}

/** Completes the counts; throws when a part has no rows or one class alone. */
export function finishSplit(
  split: Pick<Split, 'by' | 'rows' | 'purged' | 'purgedSessions' | 'cuts'>,
  label: Float64Array,
): Split {
  const counts = {} as Record<SplitPart, number>;
  const positives = {} as Record<SplitPart, number>;
  for (const part of SPLIT_PARTS) {
    const rows = split.rows[part];
    counts[part] = rows.length;
    positives[part] = 0;
    for (const row of rows) positives[part] += label[row];
  }
  if (positives.stopping + positives.blending === 0 && counts.stopping + counts.blending > 0)
    throw inputRejected(
      'SPLIT_NO_POSITIVES',
      `Validation has ${counts.stopping + counts.blending} rows and no positive among them.`,
      'Raise --valid, give more data, or choose another --split.',
    );
  for (const part of SPLIT_PARTS) {
    const title = PART_TITLES[part];
    if (counts[part] === 0)
      throw inputRejected('SPLIT_TOO_FEW_ROWS', `No rows are left for ${title}.`, 'Give more data or other shares.');
    if (positives[part] === 0 || positives[part] === counts[part])
      throw inputRejected(
        positives[part] === 0 ? 'SPLIT_NO_POSITIVES' : 'SPLIT_NO_NEGATIVES',
        `All ${counts[part]} labels of ${title} are ${positives[part] === 0 ? '0' : '1'}.`,
        'Raise --valid or --test, give more data, or choose another --split.',
      );
  }
  const valid = new Int32Array(counts.stopping + counts.blending);
  valid.set(split.rows.stopping);
  valid.set(split.rows.blending, counts.stopping);
  return { ...split, valid, counts, positives };
}

const PART_TITLES: Record<SplitPart, string> = {
  train: 'training',
  stopping: 'the half of validation that stops training',
  blending: 'the half of validation that fits weights and calibration',
  test: 'the test',
};
