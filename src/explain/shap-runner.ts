/** Runs the SHAP kernels over a pool: trees by groups whose tables fit, rows by blocks. The bytes do not depend on the threads. */
import type { Forest } from '../forest/forest.js';
import { targetStatisticColumns } from '../forest/target-statistics.js';
import type { KernelPool } from '../kernels/pool.js';
import type { Matrix } from '../table/matrix.js';
import type { ShapPlan } from './shap-plan.js';
import type { ShapPlayers } from './shap-players.js';

/** Tables of a group of trees, and cells and values of a chunk of rows, in doubles at most: 8 and 16 MiB. Larger ones were no faster. */
const GROUP_DOUBLES = 2 ** 20;
const CHUNK_DOUBLES = 2 ** 21;
/** Rows of one task at most: a group's tables are read again for each. */
const TASK_ROWS = 64;
/** Rows of a chunk at most: 256 tasks, each with a scratch of its own. */
const CHUNK_ROWS = 2 ** 14;

export interface ShapJob {
  readonly forest: Forest;
  readonly plan: ShapPlan;
  readonly players: ShapPlayers;
  readonly pool: KernelPool;
  readonly pairs: boolean;
  readonly background?: Matrix;
}

/** Values of the players for rows [from, to): players, or players², doubles a row, handed out chunk by chunk in order. */
export function runShap(job: ShapJob, matrix: Matrix, onRow: (row: number, values: Float64Array) => void): void {
  const { memory } = job.pool;
  const mark = memory.mark();
  try {
    const run = placeForest(job);
    const columns = job.players.ofColumn.length;
    const perRow = job.players.inputs.length ** (job.pairs ? 2 : 1);
    const rows = Math.max(1, Math.min(matrix.rows, CHUNK_ROWS, Math.floor(CHUNK_DOUBLES / Math.max(columns, perRow))));
    const cellsAt = memory.alloc(rows * columns * 8);
    const outAt = memory.alloc(rows * perRow * 8);
    for (let from = 0; from < matrix.rows; from += rows) {
      const count = Math.min(rows, matrix.rows - from);
      memory.f64(cellsAt, count * columns).set(packedRows(job.forest, matrix, from, from + count));
      memory.f64(outAt, count * perRow).fill(0);
      run(cellsAt, count, outAt);
      const out = memory.f64(outAt, count * perRow);
      for (let r = 0; r < count; r++) onRow(from + r, out.subarray(r * perRow, (r + 1) * perRow));
    }
  } finally {
    memory.release(mark);
  }
}

type RunChunk = (cells: number, count: number, out: number) => void;

function placeForest({ forest, plan, players, pool, pairs, background }: ShapJob): RunChunk {
  const { memory } = pool;
  const nodes = memory.alloc(Math.max(8, plan.nodes.length));
  memory.u8(nodes, plan.nodes.length).set(plan.nodes);
  const sets = memory.alloc(Math.max(8, forest.setWords.length * 4));
  memory.u32(sets, forest.setWords.length).set(forest.setWords);
  const groups = groupTrees(background === undefined ? plan.tableSizes : plan.tableSizes.map(() => 0));
  const trees = memory.alloc(Math.max(8, plan.trees.length * 4));
  const records = memory.i32(trees, plan.trees.length);
  records.set(plan.trees);
  for (const group of groups)
    for (let t = group.from, at = 0; t < group.to; at += plan.tableSizes[t++]) records[t * 6 + 3] = at;
  const columns = players.ofColumn.length;
  const count = players.inputs.length;
  const flag = pairs ? 1 : 0;

  if (background !== undefined) {
    const others = memory.alloc(Math.max(8, background.rows * columns * 8));
    memory.f64(others, background.rows * columns).set(packedRows(forest, background, 0, background.rows));
    const factors = coalitionFactors(plan.maxPlayers + 1, plan.maxDepth);
    const factorsAt = memory.alloc(factors.length * 8);
    memory.f64(factorsAt, factors.length).set(factors);
    return (cells, rows, out) => {
      const [mark, scratches] = scratchesFor(36 * (plan.maxDepth + 1), rows);
      const calls = blocks(rows).map(([from, to], i) => [
        ...[nodes, trees, plan.tableSizes.length, sets, cells, columns, others, background.rows, count, from, to],
        ...[factorsAt, scratches(i), flag, out],
      ]);
      pool.run('shapBackground', calls);
      memory.release(mark);
    };
  }

  const points = memory.alloc(Math.max(8, plan.points.length * 8));
  memory.f64(points, plan.points.length).set(plan.points);
  const tables = memory.alloc(Math.max(8, ...groups.map((group) => group.doubles * 8)));
  const scratchBytes = (plan.maxDepth + 1) * (32 + 16 * plan.maxPoints) + 8 * plan.maxPoints;
  let made = -1;
  return (cells, rows, out) => {
    const [mark, scratches] = scratchesFor(scratchBytes, rows);
    groups.forEach((group, g) => {
      if (made !== g) {
        const calls = [];
        for (let t = group.from; t < group.to; t++) calls.push([nodes, trees + t * 24, tables, points]);
        pool.run('shapTables', calls);
        made = g;
      }
      const calls = blocks(rows).map(([from, to], i) => [
        ...[nodes, trees + group.from * 24, group.to - group.from, tables, points, sets, cells, columns, count],
        ...[from, to, plan.maxDepth, scratches(i), flag, out],
      ]);
      pool.run('shapRows', calls);
    });
    memory.release(mark);
  };

  /** A scratch for each block of rows. */
  function scratchesFor(bytes: number, rows: number): [number, (block: number) => number] {
    const mark = memory.mark();
    const step = Math.ceil(bytes / 64) * 64;
    const start = memory.alloc(step * blocks(rows).length);
    return [mark, (block) => start + block * step];
  }
}

function blocks(rows: number): [number, number][] {
  const list: [number, number][] = [];
  for (let from = 0; from < rows; from += TASK_ROWS) list.push([from, Math.min(rows, from + TASK_ROWS)]);
  return list;
}

function groupTrees(sizes: readonly number[]): { from: number; to: number; doubles: number }[] {
  const groups: { from: number; to: number; doubles: number }[] = [];
  sizes.forEach((size, t) => {
    const last = groups.at(-1);
    if (last !== undefined && last.doubles + size <= GROUP_DOUBLES) {
      last.to = t + 1;
      last.doubles += size;
    } else groups.push({ from: t, to: t + 1, doubles: size });
  });
  return groups;
}

/** The side n and the depth, then a! b! / (a + b + 1)! for a, b < n. */
function coalitionFactors(n: number, depth: number): Float64Array {
  const out = new Float64Array(2 + n * n);
  out.set([n, depth]);
  for (let b = 0; b < n; b++) {
    out[2 + b] = 1 / (b + 1);
    for (let a = 1; a < n; a++) out[2 + a * n + b] = (out[2 + (a - 1) * n + b] * a) / (a + b + 1);
  }
  return out;
}

/** Row-major cells: the inputs, then the target statistics. */
function packedRows(forest: Forest, matrix: Matrix, from: number, to: number): Float64Array {
  const inputs = matrix.columns.map((column) => column.values.subarray(from, to));
  const columns = [...inputs, ...targetStatisticColumns(forest, matrix, from, to)];
  const cells = new Float64Array((to - from) * columns.length);
  columns.forEach((column, c) => {
    for (let r = 0, at = c; r < column.length; r++, at += columns.length) cells[at] = column[r];
  });
  return cells;
}
