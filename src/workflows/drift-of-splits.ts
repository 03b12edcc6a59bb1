/** Drift between the parts of a split, from a bounded sample of each: the cost does not grow with the rows. */
import { drawRows } from '../bundle/kept-rows.js';
import type { SplitDrift } from '../explain/insight-data.js';
import { splitDrift } from '../explain/split-drift.js';
import type { Split } from '../features/split.js';
import { type Matrix, takeRows } from '../table/matrix.js';

/** Rows of a part, cells of a part (wide tables take fewer rows), and features kept, at most. */
const SAMPLED_ROWS = 10_000;
const SAMPLED_CELLS = 2_000_000;
const FEATURES = 300;

/** Both halves of validation are one part here. A part without rows is left out. */
export function driftOfSplits(matrix: Matrix, { rows, valid }: Split, seed: number): SplitDrift {
  const most = Math.max(200, Math.min(SAMPLED_ROWS, Math.floor(SAMPLED_CELLS / Math.max(1, matrix.columns.length))));
  const parts = [
    ['train', rows.train],
    ['validation', valid],
    ['test', rows.test],
  ] as const;
  return splitDrift(
    parts
      .filter(([, own]) => own.length > 0)
      .map(([name, own], stream) => {
        const drawn = drawRows(own.length, most, seed, 0x64726670 + stream);
        const taken = drawn.map((i) => own[i]);
        return { name, rows: own.length, matrix: takeRows(matrix, taken) };
      }),
    FEATURES,
  );
}
