/**
 * The columns CatBoost trains on, in the kernels' memory: numeric and one-hot columns as bins packed four to a quad
 * (a u32 a row), all other categorical columns as ids. Training rows come first, then the validation rows.
 */
import type { KernelPool } from '../kernels/pool.js';
import { writeSearchGuide } from '../kernels/search-guide.js';
import type { Matrix, MatrixColumn } from '../table/matrix.js';
import { numericColumnBorders } from './catboost-column-borders.js';
import type { CatboostSettings } from './catboost-settings.js';
import { chunks } from './row-chunks.js';

/** Bytes of one lane of a quad's histogram: 256 bins of 16 bytes, and 64 to keep the lanes off each other's cache sets. */
export const WIDE_LANE_BYTES = 4160;

/** One column a split may test. */
export interface Lane {
  /** Column of the matrix. */
  readonly column: number;
  readonly oneHot: boolean;
  /** Bins; a numeric column has one more than borders. */
  readonly buckets: number;
  /** Numeric: ascending; bin b is above border b − 1. One-hot: the code of each bin, −2 for missing. */
  readonly borders: Float64Array;
  readonly missingTrue: boolean;
}

export interface Quad {
  readonly address: number;
  readonly lanes: readonly Lane[];
}

/** A categorical column that target statistics are made of. */
export interface CategoricalIds {
  readonly column: number;
  /** One i32 a row: 0 missing, 1 unseen, c + 2. */
  readonly ids: number;
  readonly idCount: number;
  /** Values among the training rows, missing counted as one. */
  readonly distinct: number;
}

/** The bins of up to eight quads, row by row. */
export interface BinRecord {
  readonly address: number;
  /** Bytes a training row: 4 a quad, in halves of 16. */
  readonly stride: number;
  /** A bit a quad that the record has. */
  readonly quads: number;
  /** A bit a quad of at most two lanes. */
  readonly narrow: number;
}

export interface CatboostColumns {
  readonly trainRows: number;
  /** Training and validation rows. */
  readonly rows: number;
  readonly quads: readonly Quad[];
  /** Of each eight quads: the same bins, together. */
  readonly records: readonly BinRecord[];
  readonly categories: readonly CategoricalIds[];
}

export function catboostColumns(
  pool: KernelPool,
  settings: CatboostSettings,
  train: Matrix,
  valid: Matrix | undefined,
): CatboostColumns {
  const rows = train.rows + (valid?.rows ?? 0);
  const lanes: Lane[] = [];
  const oneHot: Lane[] = [];
  const categories: CategoricalIds[] = [];
  const bordersOf = numericColumnBorders(pool, settings, train);
  train.columns.forEach((column, index) => {
    const found = bordersOf.get(index);
    if (found !== undefined) {
      const { borders, missingTrue } = found;
      if (borders.length > 0)
        lanes.push({ column: index, oneHot: false, buckets: borders.length + 1, borders, missingTrue });
      return;
    }
    const codes = distinctCodes(column, train.rows);
    if (codes.length <= 1) return;
    // No one-hot split can ask for a category without a name (−1).
    if (codes.length <= settings.oneHotMaxSize && !codes.includes(-1)) {
      oneHot.push({ column: index, oneHot: true, buckets: codes.length, borders: codes, missingTrue: false });
    } else categories.push(categoricalIds(pool, column, valid?.columns[index], index, train.rows, rows, codes.length));
  });
  const all = [...lanes, ...oneHot];
  const quads: Quad[] = [];
  for (let from = 0; from < all.length; from += 4) {
    const part = all.slice(from, from + 4);
    const address = pool.memory.alloc(rows * 4);
    pool.memory.u32(address, rows).fill(0);
    quads.push({ address, lanes: part });
  }
  binQuads(pool, quads, train, valid);
  return { trainRows: train.rows, rows, quads, records: packRecords(pool, quads, train.rows), categories };
}

function packRecords(pool: KernelPool, quads: readonly Quad[], rows: number): BinRecord[] {
  const calls: number[][] = [];
  const records: BinRecord[] = [];
  for (let first = 0; first < quads.length; first += 8) {
    const own = quads.slice(first, first + 8);
    const stride = own.length > 4 ? 32 : 16;
    const address = pool.memory.alloc(rows * stride);
    const bits = (has: (quad: Quad) => boolean) => own.reduce((sum, quad, q) => sum | (has(quad) ? 1 << q : 0), 0);
    records.push({ address, stride, quads: bits(() => true), narrow: bits(({ lanes }) => lanes.length <= 2) });
    for (let half = 0; half < stride; half += 16) {
      const addresses = [0, 1, 2, 3].map((q) => own[half / 4 + q]?.address ?? 0);
      for (const [from, to] of chunks(rows)) calls.push([...addresses, from, to, address + half, stride]);
    }
  }
  pool.run('packRecords', calls);
  return records;
}

/** Codes among the training rows, ascending; −2 stands for missing, −1 for unseen. */
function distinctCodes(column: MatrixColumn, rows: number): Float64Array {
  const seen = new Uint8Array((column.categories?.length ?? 0) + 2);
  for (let row = 0; row < rows; row++) {
    const value = column.values[row];
    seen[Number.isNaN(value) ? 0 : value + 2] = 1;
  }
  const codes: number[] = [];
  seen.forEach((found, code) => {
    if (found === 1) codes.push(code - 2);
  });
  return Float64Array.from(codes);
}

function categoricalIds(
  pool: KernelPool,
  train: MatrixColumn,
  valid: MatrixColumn | undefined,
  column: number,
  trainRows: number,
  rows: number,
  distinct: number,
): CategoricalIds {
  const ids = pool.memory.alloc(rows * 4);
  const view = pool.memory.i32(ids, rows);
  const count = train.categories?.length ?? 0;
  const id = (value: number) => (Number.isNaN(value) ? 0 : value >= 0 && value < count ? value + 2 : 1);
  for (let row = 0; row < trainRows; row++) view[row] = id(train.values[row]);
  for (let row = trainRows; row < rows; row++) view[row] = id((valid as MatrixColumn).values[row - trainRows]);
  return { column, ids, idCount: count + 2, distinct };
}

/** Bins every lane's column, a task a lane and part; the values are staged in shared memory first. */
function binQuads(pool: KernelPool, quads: readonly Quad[], train: Matrix, valid: Matrix | undefined): void {
  const mark = pool.memory.mark();
  const rows = train.rows + (valid?.rows ?? 0);
  for (const { address, lanes } of quads) {
    const calls: number[][] = [];
    const start = pool.memory.mark();
    lanes.forEach((lane, k) => {
      const staging = pool.memory.alloc(rows * 8);
      const staged = pool.memory.f64(staging, rows);
      const column = train.columns[lane.column];
      staged.set(column.values);
      if (valid !== undefined) staged.set(valid.columns[lane.column].values, train.rows);
      if (lane.oneHot) {
        oneHotBins(pool, lane, staged, address + k);
        return;
      }
      const borders = pool.memory.alloc(lane.borders.length * 8);
      pool.memory.f64(borders, lane.borders.length).set(lane.borders);
      const guide = writeSearchGuide(pool.memory, lane.borders);
      const nanBin = lane.missingTrue ? lane.buckets - 1 : 0;
      const chunk = 16384;
      for (let from = 0; from < rows; from += chunk) {
        const count = Math.min(chunk, rows - from);
        calls.push([
          staging + from * 8,
          count,
          borders,
          lane.borders.length,
          0,
          nanBin,
          address + k + from * 4,
          4,
          1,
          guide,
        ]);
      }
    });
    pool.run('binNumeric', calls);
    pool.memory.release(start);
  }
  pool.memory.release(mark);
}

/** A category that training did not see equals no bin: 255, which no one-hot column of at most 255 values uses. */
function oneHotBins(pool: KernelPool, lane: Lane, values: Float64Array, address: number): void {
  const bins = new Map([...lane.borders].map((code, bin) => [code, bin]));
  const view = pool.memory.u8(address, values.length * 4 - 3);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    view[row * 4] = bins.get(Number.isNaN(value) ? -2 : value) ?? 255;
  }
}
