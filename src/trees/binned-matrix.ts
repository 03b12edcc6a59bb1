/**
 * A matrix as bin numbers in the kernels' shared memory, in the layout the histogram kernels read. It stores bins by given
 * definitions; finding the borders is each family's own business.
 *
 * Features of at most 256 bins are kept twice (and those of 257 nearly so: `rare-bins.ts`), a byte a cell each time: as columns, which splitting a node's rows reads, and
 * in records, row by row, which histograms read: a record has up to 64 features in tiles of 16, so that a row's bins lie in
 * one cache line. Wider features are columns of u16, or u32 above 65,536 bins. Memory: rows × (1 byte a feature + 16 bytes a
 * started tile + 2 or 4 bytes a wide feature).
 */
import type { KernelPool } from '../kernels/pool.js';
import { writeSearchGuide } from '../kernels/search-guide.js';
import type { Matrix } from '../table/matrix.js';
import { type BundledColumn, type BundleMember, bundleColumns } from './bundled-columns.js';
import type { BinnedFeature, FeatureBins } from './feature-bins.js';
import { EXACT, type HistogramFormat } from './histogram-format.js';
import { keepRareBinsApart, type RareBins } from './rare-bins.js';

/** Features of one tile. */
export const TILE_LANES = 16;
/** Tiles of one record at most: a cache line. */
const RECORD_TILES = 4;
/** Rows of one task. */
const CHUNK = 16384;

/** Up to 16 features of a record: the bin of row r and lane l is the byte at `address + r · stride + l`. */
export interface Tile {
  readonly address: number;
  /** Bytes of a record. Tiles that follow each other in one record are 16 bytes apart. */
  readonly stride: number;
  readonly lanes: number;
  /** The record's number. */
  readonly record: number;
}

export interface BinnedMatrix {
  readonly rows: number;
  readonly format: HistogramFormat;
  /** The features that have bins, in the order of the matrix's columns. */
  readonly features: readonly BinnedFeature[];
  readonly tiles: readonly Tile[];
  readonly wide: readonly BinnedFeature[];
  /** What a node's histogram is made of: the features, those that share a column as one. */
  readonly columns: readonly Pick<BinnedFeature, 'bins' | 'histogramOffset' | 'tile'>[];
  /** Of the narrow features of 257 bins. */
  readonly rare: RareBins | undefined;
  /** Bytes of one node's histogram: the tiles in order, 16 lanes each, then the wide features. */
  readonly histogramBytes: number;
}

export interface BinningOptions {
  /** Columns of a group share one where no row forbids it. */
  readonly groups?: readonly (readonly BundleMember[])[];
  readonly format?: HistogramFormat;
  /** False: no records, as no histograms will be made. True by default. */
  readonly records?: boolean;
}

/**
 * Bins the columns that have a definition (`undefined` leaves a column out). The result lives in the pool's memory above
 * the caller's mark until that is released. Cost: about 5 ns a cell, shared among the threads.
 */
export function binMatrix(
  pool: KernelPool,
  matrix: Matrix,
  definitions: readonly (FeatureBins | undefined)[],
  { groups = [], format = EXACT, records = true }: BinningOptions = {},
): BinnedMatrix {
  const bundles = groups.length === 0 ? [] : binBundles(pool, matrix, definitions, groups);
  const { binned, narrowColumns } = layOut(pool, matrix.rows, definitions, bundles, format, records);
  const { rows } = binned;
  const mark = pool.memory.mark();
  // With more than one thread the next column is fetched while the threads bin this one.
  const staging = [0, 1].slice(0, pool.threads === 1 ? 1 : 2).map(() => pool.memory.alloc(matrix.rows * 8));
  const values = pool.memory.mark();
  const alone = binned.features.filter(({ place }) => place === undefined);
  const fetch = (index: number) => {
    if (index >= alone.length) return;
    const { values: cells } = matrix.columns[alone[index].column];
    pool.memory.f64(staging[index % staging.length], matrix.rows).set(cells);
  };
  alone.forEach((feature, index) => {
    const [isFetched, fetchesNext] = [staging.length > 1 && index > 0, staging.length > 1];
    if (!isFetched) fetch(index);
    binFeature(pool, feature, staging[index % staging.length], matrix.rows, () => fetchesNext && fetch(index + 1));
    pool.memory.release(values);
  });
  pool.memory.release(mark);
  const bytesOf = ({ tile, lane }: BinnedFeature) => narrowColumns + (tile * TILE_LANES + lane) * rows;
  const rare = records ? keepRareBinsApart(pool, rows, binned.features, bytesOf) : undefined;
  packTiles(pool, binned, narrowColumns);
  return { ...binned, rare };
}

interface Layout {
  readonly binned: Omit<BinnedMatrix, 'rare'>;
  /** The narrow features' cells, a byte each, column by column. */
  readonly narrowColumns: number;
}

/** The groups' columns of bins; nothing is left in the pool's memory. */
function binBundles(
  pool: KernelPool,
  matrix: Matrix,
  definitions: readonly (FeatureBins | undefined)[],
  groups: readonly (readonly BundleMember[])[],
): BundledColumn[] {
  const mark = pool.memory.mark();
  const staging = pool.memory.alloc(matrix.rows * 8);
  const bundles = bundleColumns(pool, matrix, definitions, groups, (column, address) => {
    const values = pool.memory.mark();
    pool.memory.f64(staging, matrix.rows).set(matrix.columns[column].values);
    binFeature(pool, { definition: definitions[column]!, address, width: 1 }, staging, matrix.rows);
    pool.memory.release(values);
  });
  pool.memory.release(mark);
  return bundles;
}

function layOut(
  pool: KernelPool,
  rows: number,
  definitions: readonly (FeatureBins | undefined)[],
  bundles: readonly BundledColumn[],
  format: HistogramFormat,
  records: boolean,
): Layout {
  const { entryBytes, laneBytes, narrowBins } = format;
  const columns = definitions.flatMap((definition, column) => (definition === undefined ? [] : [column]));
  const bundleOf = (column: number) => bundles.findIndex(({ places }) => places.has(column));
  const alone = columns.filter((column) => definitions[column]!.bins <= narrowBins && bundleOf(column) < 0).length;
  const narrow = alone + bundles.length;
  const tiles = layOutTiles(pool, rows, records ? narrow : 0);
  const narrowColumns = pool.memory.alloc(narrow * rows);
  let histogramBytes = tiles.length * TILE_LANES * laneBytes;
  // Shared columns come after those of one feature.
  const shared = bundles.map(({ bins, cells }, b) => {
    const index = alone + b;
    pool.memory.u8(narrowColumns + index * rows, rows).set(cells);
    const tile = Math.floor(index / TILE_LANES);
    const address = narrowColumns + index * rows;
    return { bins, address, width: 1, tile, lane: index % TILE_LANES, histogramOffset: index * laneBytes } as const;
  });
  let seen = 0;
  const features = columns.map((column): BinnedFeature => {
    const definition = definitions[column]!;
    const { bins } = definition;
    const bundle = bundleOf(column);
    if (bundle >= 0) return { ...shared[bundle], column, definition, bins, place: bundles[bundle].places.get(column)! };
    if (bins <= narrowBins) {
      const tile = Math.floor(seen / TILE_LANES);
      const lane = seen % TILE_LANES;
      const histogramOffset = seen * laneBytes;
      const isByte = bins <= 256;
      const address = isByte ? narrowColumns + seen * rows : pool.memory.alloc(rows * 2);
      seen++;
      return { column, definition, bins, address, width: isByte ? 1 : 2, tile, lane, histogramOffset };
    }
    const width = bins <= 65536 ? 2 : 4;
    const address = pool.memory.alloc(rows * width);
    const histogramOffset = histogramBytes;
    histogramBytes += Math.ceil((bins * entryBytes) / 64) * 64;
    return { column, definition, bins, address, width, tile: -1, lane: -1, histogramOffset };
  });
  const wide = features.filter((feature) => feature.tile < 0);
  const own = features.filter(({ place }) => place === undefined);
  return {
    binned: { rows, format, features, tiles, wide, columns: [...own, ...shared], histogramBytes },
    narrowColumns,
  };
}

/** Room for the records of so many narrow features. A record's size is a power of two, so that none straddles a line. */
function layOutTiles(pool: KernelPool, rows: number, narrow: number): Tile[] {
  const tiles: Tile[] = [];
  const count = Math.ceil(narrow / TILE_LANES);
  for (let from = 0, record = 0; from < count; record++) {
    const left = count - from;
    const taken = left >= RECORD_TILES ? RECORD_TILES : left >= 2 ? 2 : 1;
    const stride = taken * TILE_LANES;
    const address = pool.memory.alloc(rows * stride);
    for (let t = 0; t < taken; t++) {
      const lanes = Math.min(TILE_LANES, narrow - (from + t) * TILE_LANES);
      tiles.push({ address: address + t * TILE_LANES, stride, lanes, record });
    }
    from += taken;
  }
  return tiles;
}

/** Copies the narrow columns into the records. */
function packTiles(pool: KernelPool, { rows, tiles }: Layout['binned'], narrowColumns: number): void {
  const calls: number[][] = [];
  for (let from = 0; from < rows; from += CHUNK)
    tiles.forEach(({ address, stride, lanes }, tile) => {
      const columns = narrowColumns + tile * TILE_LANES * rows;
      calls.push([columns, rows, lanes, from, Math.min(CHUNK, rows - from), address, stride]);
    });
  pool.run('packTile', calls);
}

function binFeature(
  pool: KernelPool,
  feature: Pick<BinnedFeature, 'definition' | 'address' | 'width'>,
  staging: number,
  rows: number,
  meanwhile?: () => void,
): void {
  const { definition, address, width } = feature;
  const calls: number[][] = [];
  if (definition.kind === 'numeric') {
    const { borders, strict, nanBin } = definition;
    const edges = pool.memory.alloc(borders.length * 8);
    pool.memory.f64(edges, borders.length).set(borders);
    const guide = writeSearchGuide(pool.memory, borders);
    for (let from = 0; from < rows; from += CHUNK) {
      const count = Math.min(CHUNK, rows - from);
      const out = address + from * width;
      calls.push([staging + from * 8, count, edges, borders.length, strict ? 1 : 0, nanBin, out, width, width, guide]);
    }
    pool.run('binNumeric', calls, meanwhile);
    return;
  }
  const { binOfCode, missingBin, otherBin } = definition;
  const table = pool.memory.alloc(binOfCode.length * 4);
  pool.memory.u32(table, binOfCode.length).set(binOfCode);
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    const out = address + from * width;
    calls.push([staging + from * 8, count, table, binOfCode.length, missingBin, otherBin, out, width, width]);
  }
  pool.run('binCategories', calls, meanwhile);
}
