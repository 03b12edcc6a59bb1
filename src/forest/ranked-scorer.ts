/**
 * Scores blocks of rows by the ranks of their cells (kernels/assembly/test-masks.ts, masked-trees.ts). The bits are those
 * of the walk over doubles.
 */

import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Cells } from '../table/matrix.js';
import type { Forest } from './forest.js';
import { maskedTree } from './masked-tree.js';
import { placeTrees, setColumns } from './placed-trees.js';
import { rankTests } from './ranked-columns.js';
import { stagedColumns } from './staged-columns.js';
import { MASK_ROWS, testMasks } from './test-masks.js';

export interface RankedScorer {
  /** Rows it takes at once, at most. */
  readonly block: number;
  /** The trees' sums of `count` rows from row `from` of the columns, one a forest column. */
  readonly score: (columns: readonly Cells[], from: number, count: number) => Float64Array;
}

/** Rows staged at once, in a forest of few columns and of many; multiples of MASK_ROWS. */
const STAGED_ROWS = [4096, MASK_ROWS];
/** Columns of bytes at most: their offsets have 24 bits. */
const MAX_OFFSET = 2 ** 24;

/** The scorer, or undefined when the forest's tests cannot be ranked. */
export function rankedScorer(forest: Forest, memory: KernelMemory, kernels: Kernels): RankedScorer | undefined {
  const tests = rankTests(forest);
  if (tests === undefined) return undefined;
  const trees = Array.from(forest.treeWeight, (_, tree) => maskedTree(forest, tree));
  const more = setColumns(forest, tests, trees);
  const rows = STAGED_ROWS.find((count) => (tests.ranked.length + more) * count < MAX_OFFSET);
  if (rows === undefined) return undefined;
  const staged = stagedColumns(tests, more, rows, memory, kernels);
  const masks = testMasks(forest, tests, staged, memory, kernels);
  if (masks === undefined) return undefined;
  const { list, toValues } = placeTrees(forest, tests, trees, masks, rows, memory);
  const scratch = memory.alloc(257 * 64 + 1024);
  const out = memory.alloc(rows * 8);
  const score: RankedScorer['score'] = (columns, from, count) => {
    const sums = memory.f64(out, rows).fill(0, 0, count);
    staged.stage(columns, from, count);
    for (let start = 0; start < count; start += MASK_ROWS) {
      const blockRows = Math.min(MASK_ROWS, count - start);
      masks.fill(start, blockRows);
      const ranks = staged.ranks + start;
      const sumsAt = out + start * 8;
      kernels.scoreMaskedTrees(list, trees.length, ranks, Math.ceil(blockRows / 8) * 8, scratch, toValues, sumsAt);
    }
    return sums;
  };
  return { block: rows, score };
}
