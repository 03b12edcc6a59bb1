/**
 * Scores blocks of rows by the ranks of their cells (kernels/assembly/test-masks.ts, masked-trees.ts). The bits are those
 * of the walk over doubles.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Forest } from './forest.js';
import { maskedTree } from './masked-tree.js';
import { placeTrees, setColumns } from './placed-trees.js';
import { rankTests } from './ranked-columns.js';
import { MASK_ROWS, testMasks } from './test-masks.js';

export interface RankedScorer {
  /** Rows it takes at once, at most. */
  readonly block: number;
  /** The trees' sums of `count` rows from row `from` of the columns, one a forest column. */
  readonly score: (columns: readonly Float64Array[], from: number, count: number) => Float64Array;
}

/** Columns of bytes at most: their offsets have 24 bits. */
const MAX_COLUMNS = 2 ** 24 / MASK_ROWS - 1;

/** The scorer, or undefined when the forest's tests cannot be ranked. */
export function rankedScorer(forest: Forest, memory: KernelMemory, kernels: Kernels): RankedScorer | undefined {
  const tests = rankTests(forest);
  if (tests === undefined) return undefined;
  const trees = Array.from(forest.treeWeight, (_, tree) => maskedTree(forest, tree));
  const byteColumns = tests.ranked.length + setColumns(forest, tests, trees);
  if (byteColumns > MAX_COLUMNS) return undefined;
  const ranks = memory.alloc(byteColumns * MASK_ROWS);
  const masks = testMasks(forest, tests, ranks, memory, kernels);
  if (masks === undefined) return undefined;
  const { list, toValues } = placeTrees(forest, tests, trees, masks, memory);
  const scratch = memory.alloc(257 * 64 + 1024);
  const out = memory.alloc(MASK_ROWS * 8);
  const score: RankedScorer['score'] = (columns, from, count) => {
    const sums = memory.f64(out, MASK_ROWS).fill(0);
    masks.fill(columns, from, count);
    kernels.scoreMaskedTrees(list, trees.length, ranks, Math.ceil(count / 8) * 8, scratch, toValues, out);
    return sums;
  };
  return { block: MASK_ROWS, score };
}
