/**
 * Scores blocks of rows by the ranks of their cells (kernels/assembly/planed-trees.ts). The bits are those of the walk over
 * doubles.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Forest } from './forest.js';
import { Filling, packCells } from './packed-cells.js';
import { placeTrees } from './placed-trees.js';
import { planedTree } from './planed-tree.js';
import { rankTable } from './rank-table.js';
import { type IdColumn, type RankedColumn, rankTests } from './ranked-columns.js';

/** Multiples of 64. Ranks of a hundred columns take 25 KiB in the smaller block, which the first-level cache holds. */
const BLOCK = 256;
/** Tables of category sets are fetched anew for every block: a larger one fetches them less often. */
const BLOCK_WITH_SETS = 1024;

export interface RankedScorer {
  /** Rows it takes at once, at most. */
  readonly block: number;
  /** The trees' sums of `count` rows from row `from` of the columns, one a forest column. */
  readonly score: (columns: readonly Float64Array[], from: number, count: number) => Float64Array;
}

/** Columns of bytes at most: their offsets have 24 bits. */
const MAX_COLUMNS = 65_535;

/** The scorer, or undefined when the forest's tests cannot be ranked. */
export function rankedScorer(forest: Forest, memory: KernelMemory, kernels: Kernels): RankedScorer | undefined {
  const tests = rankTests(forest);
  if (tests === undefined) return undefined;
  const trees = Array.from(forest.treeWeight, (_, tree) => planedTree(forest, tree));
  const block = tests.coded.length > 0 ? BLOCK_WITH_SETS : BLOCK;
  const placed = placeTrees(forest, tests, trees, block, memory);
  if (placed === undefined || tests.ranked.length + placed.setColumns > MAX_COLUMNS) return undefined;
  const { list, toValues, setColumns } = placed;
  const values = memory.alloc(block * 8);
  const ranks = memory.alloc((tests.ranked.length + setColumns) * block);
  const ids = memory.alloc(tests.coded.length * block * 2);
  // Rows past a block's count keep the ids they had, which must lie within the tables.
  memory.u16(ids, tests.coded.length * block).fill(0);
  const scratch = memory.alloc(64);
  const out = memory.alloc(block * 8);
  const fillers = [
    ...tests.ranked.map((column, c) => rankColumn(column, values, ranks + c * block, memory, kernels)),
    ...tests.coded.map((column, c) => idsOfColumn(column, values, ids + c * block * 2, memory, kernels)),
  ];
  const score: RankedScorer['score'] = (columns, from, count) => {
    const sums = memory.f64(out, block).fill(0);
    const staged = memory.f64(values, block);
    for (const fill of fillers) fill(columns, from, count, staged);
    const rows = Math.ceil(count / 64) * 64;
    kernels.scorePlanedTrees(list, trees.length, ranks, ids, rows, scratch, toValues, out);
    return sums;
  };
  return { block, score };
}

/** Copies a column's cells of the block into the kernels' memory and turns them into ranks or ids. */
type FillColumn = (columns: readonly Float64Array[], from: number, count: number, block: Float64Array) => void;

function rankColumn(
  { cell, borders }: RankedColumn,
  cells: number,
  out: number,
  memory: KernelMemory,
  kernels: Kernels,
): FillColumn {
  // The rank of what stands in for a missing value. The other fillings change cells that are not missing, too.
  const plain = !cell.zeroMissing && cell.filling < Filling.Keep;
  const standIn = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0][cell.filling];
  const rank = rankTable(borders, borders.filter((border) => standIn > border).length, memory, kernels);
  return (columns, from, count, block) => {
    const values = columns[cell.column];
    if (plain) block.set(values.subarray(from, from + count));
    else packCells(cell, values, from, count, block, 0, 1);
    rank(cells, count, out);
  };
}

function idsOfColumn(
  { column, ids, missing }: IdColumn,
  cells: number,
  out: number,
  memory: KernelMemory,
  kernels: Kernels,
): FillColumn {
  const table = memory.alloc(Math.max(2, ids.byteLength));
  memory.u16(table, ids.length).set(ids);
  return (columns, from, count, block) => {
    block.set(columns[column].subarray(from, from + count));
    kernels.idCodes(cells, count, table, ids.length, missing, out);
  };
}
