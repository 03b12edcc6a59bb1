/** Chooses and makes the split of labelled rows: by time where there is time, at random else, or as a column says. */
import { usageError } from '../base/errors.js';
import type { Split } from '../features/split.js';
import { splitAtRandom } from '../features/split-at-random.js';
import { splitByColumn } from '../features/split-by-column.js';
import { splitByTime } from '../features/split-by-time.js';
import type { LabelledRows } from './labelled-rows.js';
import type { SplitChoice } from './options.js';

export interface SplitOptions {
  readonly split?: SplitChoice;
  readonly valid: number;
  readonly test: number;
  readonly seed: number;
}

export function splitRows(
  rows: LabelledRows & { readonly parts?: readonly (string | null)[] },
  options: SplitOptions,
): Split {
  const { label, time, sessions } = rows;
  const choice: SplitChoice = options.split ?? { by: time === undefined ? 'random' : 'time' };
  if (choice.by === 'column') {
    if (rows.parts === undefined)
      throw usageError(
        'SPLIT_COLUMN_OF_EVENTS',
        `--split column:${choice.column} is for tables: moments made of events have no such column.`,
        'Choose --split time or --split random.',
      );
    return splitByColumn(rows.parts, choice.column, label, options.seed);
  }
  if (choice.by === 'random') return splitAtRandom(label, options, options.seed, sessions?.code);
  if (time === undefined) {
    throw usageError(
      'NO_TIME_COLUMN',
      'A split by time needs a column of time.',
      'Name it with --time, or choose --split random.',
    );
  }
  return splitByTime(sessions === undefined ? { time, label } : { time, label, sessions }, options);
}
