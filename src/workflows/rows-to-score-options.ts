/** What scoring's sources are told of the rows wanted. */
import type { Moments } from '../features/moments.js';
import type { ScoreOptions } from './options.js';

export type RowsToScoreOptions = Omit<ScoreOptions, 'moments'> & {
  readonly moments: Moments;
  /** Absent: rejects are counted and not written. */
  readonly rejectsPath?: string;
  /** What became of a row passes through last, where the input tells (`OpenedRows.outcome`). */
  readonly outcome?: boolean;
};
