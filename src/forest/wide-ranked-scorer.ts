/**
 * Scores blocks of rows by ranks of two bytes (kernels/assembly/wide-ranks.ts): forests whose columns have more borders than
 * a byte numbers, and no category sets. The bits are those of the walk over doubles.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import { writeSearchGuide } from '../kernels/search-guide.js';
import type { Forest } from './forest.js';
import { Filling, packCells, STAND_IN } from './packed-cells.js';
import type { RankedColumn } from './ranked-columns.js';
import type { RankedScorer } from './ranked-scorer.js';
import { treeShape } from './tree-shape.js';
import { type WideRanks, wideRanks } from './wide-ranks.js';

/** Rows of a column of ranks: the kernel's. */
const ROWS = 2048;
const COLUMN_BYTES = ROWS * 2;
const NODE_BYTES = 8;
/** The rank of a missing cell, and of a leaf's test: nothing exceeds it. */
const NEVER = 65_535;
const MISSING_LEFT = 32_768;

/** The scorer, or undefined when the forest's tests cannot be ranked so. Takes 16 bytes of `memory` a node. */
export function wideRankedScorer(forest: Forest, memory: KernelMemory, kernels: Kernels): RankedScorer | undefined {
  const tests = wideRanks(forest);
  if (tests === undefined) return undefined;
  const { columns: ranked } = tests;
  const cellsAt = memory.alloc(ROWS * 8);
  // Leaves read column 0, also where no node tests anything; so are rows past the last, whatever stands there.
  const ranks = memory.alloc(Math.max(1, ranked.length) * COLUMN_BYTES);
  const fillers = ranked.map((column, c) => columnFiller(column, cellsAt, ranks + c * COLUMN_BYTES, memory, kernels));
  const { list, toValues } = placeTrees(forest, tests, memory);
  const out = memory.alloc(ROWS * 8);
  return {
    block: ROWS,
    score: (columns, from, count) => {
      const sums = memory.f64(out, ROWS).fill(0);
      const cells = memory.f64(cellsAt, ROWS);
      for (const fill of fillers) fill(columns, from, count, cells);
      kernels.scoreWideRanks(list, forest.treeWeight.length, ranks, Math.ceil(count / 8) * 8, toValues, out);
      return sums;
    },
  };
}

type FillColumn = (columns: readonly Float64Array[], from: number, count: number, cells: Float64Array) => void;

function columnFiller(
  { cell, borders }: RankedColumn,
  staged: number,
  out: number,
  memory: KernelMemory,
  kernels: Kernels,
): FillColumn {
  const bordersAt = memory.alloc(borders.byteLength);
  memory.f64(bordersAt, borders.length).set(borders);
  const guide = writeSearchGuide(memory, borders);
  const keep = cell.filling === Filling.Keep;
  const missing = keep ? NEVER : borders.filter((border) => STAND_IN[cell.filling] > border).length;
  return (columns, from, count, cells) => {
    const values = columns[cell.column];
    if (keep) cells.set(values.subarray(from, from + count));
    else packCells(cell, values, from, count, cells, 0, 1);
    kernels.binNumeric(staged, count, bordersAt, borders.length, 0, missing, out, 2, 2, guide);
  };
}

/** The nodes breadth first, tree after tree, their values as far apart, and the list of trees. */
function placeTrees(forest: Forest, { column, rank, missingLeft }: WideRanks, memory: KernelMemory) {
  const { feature, value, treeWeight } = forest;
  const nodes = memory.alloc(feature.length * NODE_BYTES);
  const values = memory.alloc(feature.length * NODE_BYTES);
  const list = memory.alloc(treeWeight.length * 8);
  const words = memory.u32(nodes, feature.length * 2);
  const sums = memory.f64(values, feature.length);
  for (let tree = 0; tree < treeWeight.length; tree++) {
    const { order, first, depthSum, leaves } = treeShape(forest, tree);
    let children = first + 1;
    order.forEach((node, i) => {
      const place = first + i;
      if (feature[node] < 0) {
        words[place * 2] = nodes + place * NODE_BYTES;
        words[place * 2 + 1] = NEVER;
        sums[place] = treeWeight[tree] * value[node];
        return;
      }
      const left = missingLeft[node];
      words[place * 2] = nodes + children * NODE_BYTES;
      words[place * 2 + 1] = ((column[node] + left * MISSING_LEFT) << 16) | (rank[node] + left);
      children += 2;
    });
    memory.u32(list + tree * 8, 2).set([nodes + first * NODE_BYTES, Math.floor(depthSum[0] / leaves[0])]);
  }
  return { list, toValues: values - nodes };
}
