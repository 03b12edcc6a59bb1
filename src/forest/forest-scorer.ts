/**
 * Scores matrix rows with the kernels, block by block: cells are packed into WebAssembly memory and all trees run over
 * the block while it is in cache. The bits equal `walkRaw`'s. Several scorers may share one memory; each thread has its
 * own memory and scorers.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Cells, Matrix } from '../table/matrix.js';
import { checkColumns } from './check-columns.js';
import type { Forest } from './forest.js';
import { packCells } from './packed-cells.js';
import { type PackedNodes, packNodes } from './packed-nodes.js';
import { type BinnedColumn, type PackedOblivious, packOblivious } from './packed-oblivious.js';
import { type RankCells, rankTable } from './rank-table.js';
import { rankedScorer } from './ranked-scorer.js';
import { targetStatisticColumns } from './target-statistics.js';
import { walkRaw } from './walk.js';
import { wideRankedScorer } from './wide-ranked-scorer.js';

/** Rows a block: a multiple of 16. Packed rows of 30 columns then take 63 KiB, which the second-level cache holds. */
const BLOCK = 256;
/** So few rows walk down the nodes of other trees than symmetric ones: a kernel takes as long for them as for 128. */
const WALKED_ROWS = 3;
/** Cells of target statistics that are looked up at once, at most: 8 MB. */
const STATISTIC_CELLS = 2 ** 20;

/** Adds the trees' sums of `count` rows of a block to scores; `columns` holds one block-aligned column a forest column. */
type BlockScorer = (columns: readonly Cells[], from: number, count: number) => Float64Array;

export class ForestScorer {
  readonly forest: Forest;
  readonly #score: BlockScorer | undefined;
  /** Rows that #score takes at once. */
  readonly #block: number = BLOCK;

  /** Takes what the forest needs from `memory` for good (release it with the memory's own mark). */
  constructor(forest: Forest, memory: KernelMemory, kernels: Kernels) {
    this.forest = forest;
    const { oblivious } = forest;
    const symmetric = oblivious === undefined ? undefined : packOblivious(forest, oblivious);
    if (symmetric !== undefined) {
      this.#score = obliviousScorer(symmetric, memory, kernels);
      return;
    }
    for (const scorer of [rankedScorer, wideRankedScorer]) {
      const mark = memory.mark();
      const ranked = scorer(forest, memory, kernels);
      if (ranked !== undefined) {
        this.#score = ranked.score;
        this.#block = ranked.block;
        return;
      }
      memory.release(mark);
    }
    const packed = packNodes(forest);
    if (packed !== undefined) this.#score = nodeScorer(forest, packed, memory, kernels);
  }

  /** Raw scores of rows [from, to), one a row; throws `WRONG_COLUMNS` when the matrix has other columns than the forest. */
  rawScores(matrix: Matrix, from = 0, to = matrix.rows): Float64Array {
    const { forest } = this;
    checkColumns(forest, matrix);
    const score = this.#score;
    const few = forest.oblivious === undefined && to - from <= WALKED_ROWS;
    if (score === undefined || few) return walkRaw(forest, matrix, from, to);
    const out = new Float64Array(to - from);
    let weights = 0;
    for (const weight of forest.treeWeight) weights += weight;
    const block = this.#block;
    const blocks = Math.floor(STATISTIC_CELLS / block / Math.max(1, forest.targetStatistics.length));
    const chunkRows = block * Math.min(Math.max(blocks, 1), 64);
    for (let chunk = from; chunk < to; chunk += chunkRows) {
      const end = Math.min(to, chunk + chunkRows);
      const inputs = matrix.columns.map((column) => column.values.subarray(chunk, end));
      const columns = [...inputs, ...targetStatisticColumns(forest, matrix, chunk, end)];
      for (let start = chunk; start < end; start += block) {
        const count = Math.min(block, end - start);
        const sums = score(columns, start - chunk, count);
        for (let i = 0; i < count; i++)
          out[start - from + i] = (forest.average ? sums[i] / weights : sums[i]) + forest.intercept;
      }
    }
    return out;
  }

  /** Probabilities of rows [from, to): the raw scores through the forest's link. */
  probabilities(matrix: Matrix, from = 0, to = matrix.rows): Float64Array {
    return throughLink(this.forest, this.rawScores(matrix, from, to));
  }
}

/** Turns raw scores into probabilities, in place. */
export function throughLink(forest: Pick<Forest, 'link'>, raw: Float64Array): Float64Array {
  if (forest.link === 'logistic') for (let i = 0; i < raw.length; i++) raw[i] = 1 / (1 + Math.exp(-raw[i]));
  return raw;
}

function nodeScorer(forest: Forest, packed: PackedNodes, memory: KernelMemory, kernels: Kernels): BlockScorer {
  const cells = packed.cells.length + 1;
  const nodes = place(memory, packed.nodes);
  const trees = place(memory, packed.trees);
  const sets = place(memory, new Uint8Array(forest.setWords.slice().buffer));
  const rowsAt = memory.alloc(BLOCK * cells * 8);
  const outAt = memory.alloc(BLOCK * 8);
  const treeCount = forest.treeWeight.length;
  const hasSets = packed.hasSets ? 1 : 0;
  return (columns, from, count) => {
    const rows = memory.f64(rowsAt, BLOCK * cells);
    const out = memory.f64(outAt, BLOCK).fill(0);
    for (let i = 0; i < BLOCK; i++) rows[i * cells] = Number.NEGATIVE_INFINITY;
    packed.cells.forEach((cell, c) => {
      packCells(cell, columns[cell.column], from, count, rows, c + 1, cells);
    });
    // Rows past `count` hold cells of an earlier block: they are scored too and not read.
    kernels.scoreNodes(nodes, trees, treeCount, sets, rowsAt, cells * 8, Math.ceil(count / 8) * 8, hasSets, outAt);
    return out;
  };
}

function obliviousScorer(packed: PackedOblivious, memory: KernelMemory, kernels: Kernels): BlockScorer {
  const treeCount = packed.trees.length / 3;
  const trees = place(memory, new Uint8Array(packed.trees.buffer));
  const splitWords = packed.splits.slice();
  for (let s = 0; s < splitWords.length; s += 2) splitWords[s] *= BLOCK;
  const splits = place(memory, new Uint8Array(splitWords.buffer));
  const leaves = place(memory, new Uint8Array(packed.leaves.buffer));
  const rank = packed.columns.map((column) => binning(column, memory, kernels));
  const bins = memory.alloc(packed.columns.length * BLOCK);
  const cellsAt = memory.alloc(BLOCK * 8);
  const scratch = memory.alloc(32);
  const outAt = memory.alloc(BLOCK * 8);
  return (columns, from, count) => {
    const out = memory.f64(outAt, BLOCK).fill(0);
    const cells = memory.f64(cellsAt, BLOCK);
    packed.columns.forEach(({ column }, c) => {
      cells.set(columns[column].subarray(from, from + count));
      rank[c](cellsAt, count, bins + c * BLOCK);
    });
    kernels.scoreOblivious(trees, treeCount, splits, leaves, bins, Math.ceil(count / 16) * 16, scratch, outAt);
    return out;
  };
}

function binning({ borders, equal, nanBin }: BinnedColumn, memory: KernelMemory, kernels: Kernels): RankCells {
  if (!equal) return rankTable(borders, nanBin, memory, kernels);
  return (cells, count, out) => {
    kernels.rankEqual(cells, count, borders[0], nanBin, out);
  };
}

function place(memory: KernelMemory, bytes: Uint8Array): number {
  const at = memory.alloc(Math.max(bytes.length, 8));
  memory.u8(at, bytes.length).set(bytes);
  return at;
}
