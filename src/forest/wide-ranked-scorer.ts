/**
 * Scores blocks of rows by ranks of two bytes (kernels/assembly/wide-ranks.ts): forests whose columns have more borders than
 * a byte numbers, and no category sets. The bits are those of the walk over doubles.
 */

import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import { writeSearchGuide } from '../kernels/search-guide.js';
import type { Cells } from '../table/matrix.js';
import type { Forest } from './forest.js';
import { Filling, packCells } from './packed-cells.js';
import type { RankedColumn } from './ranked-columns.js';
import type { RankedScorer } from './ranked-scorer.js';
import { treeShape } from './tree-shape.js';
import { NEVER, type WideRanks, wideRanks } from './wide-ranks.js';

/** Rows a block: each fetches the trees into the caches anew. A multiple of 8. */
const ROWS = 2048;
/** Bytes of eight rows' ranks of a reading. */
const READING_BYTES = 16;
const NODE_BYTES = 8;

/** The scorer, or undefined when the forest's tests cannot be ranked so. Takes 16 bytes of `memory` a node. */
export function wideRankedScorer(forest: Forest, memory: KernelMemory, kernels: Kernels): RankedScorer | undefined {
  const tests = wideRanks(forest);
  if (tests === undefined) return undefined;
  const { columns: ranked, readings } = tests;
  const cellsAt = memory.alloc(ROWS * 8);
  const columnAt = memory.alloc(ROWS * 2);
  // Leaves read the first reading, also where no node tests anything; so are rows past the last, whatever stands there.
  const groupBytes = Math.max(1, readings.length) * READING_BYTES;
  const ranks = memory.alloc((ROWS / 8) * groupBytes);
  const fillers = ranked.map((column) => columnFiller(column, cellsAt, columnAt, memory, kernels));
  const placed = readings.map((reading, r) => ({ ...reading, at: ranks + r * READING_BYTES }));
  const readingsOf = ranked.map((_, c) => placed.filter(({ column }) => column === c));
  const { list, toValues } = placeTrees(forest, tests, memory);
  const out = memory.alloc(ROWS * 8);
  return {
    block: ROWS,
    score: (columns, from, count) => {
      const sums = memory.f64(out, ROWS).fill(0);
      const cells = memory.f64(cellsAt, ROWS);
      const whole = Math.ceil(count / 8) * 8;
      fillers.forEach((fill, c) => {
        fill(columns, from, count, cells);
        for (const { at, missing } of readingsOf[c]) kernels.groupRanks(columnAt, whole, missing, at, groupBytes);
      });
      kernels.scoreWideRanks(list, forest.treeWeight.length, ranks, groupBytes, whole, toValues, out);
      return sums;
    },
  };
}

type FillColumn = (columns: readonly Cells[], from: number, count: number, cells: Float64Array) => void;

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
  return (columns, from, count, cells) => {
    const values = columns[cell.column];
    if (cell.filling === Filling.Keep) cells.set(values.subarray(from, from + count));
    else packCells(cell, values, from, count, cells, 0, 1);
    kernels.binNumeric(staged, count, bordersAt, borders.length, 0, NEVER, out, 2, 2, guide);
  };
}

/** The nodes breadth first, tree after tree, their values as far apart, and the list of trees. */
function placeTrees(forest: Forest, { reading, rank }: WideRanks, memory: KernelMemory) {
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
      words[place * 2] = nodes + children * NODE_BYTES;
      words[place * 2 + 1] = ((reading[node] * READING_BYTES) << 16) | rank[node];
      children += 2;
    });
    memory.u32(list + tree * 8, 2).set([nodes + first * NODE_BYTES, Math.floor(depthSum[0] / leaves[0])]);
  }
  return { list, toValues: values - nodes };
}
