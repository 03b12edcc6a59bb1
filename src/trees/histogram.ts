/**
 * Histograms of nodes: made from rows, or as parent − sibling. Sums are in fixed point and exact, so how rows are shared
 * among threads cannot change a byte. It does not look for splits.
 */
import type { KernelPool } from '../kernels/pool.js';
import { type BinnedMatrix, TILE_LANES, type Tile } from './binned-matrix.js';
import { chunks } from './row-chunks.js';
import type { NodeRows } from './row-partition.js';

/** Nodes of fewer rows a thread are not cut into row chunks; their tiles are shared among the threads. */
const MIN_CHUNK_ROWS = 512;
/** Nodes of fewer rows are left to one thread. */
const MIN_SHARED_ROWS = 512;
/** Rows of one task of a sum. */
const SUM_CHUNK_ROWS = 65536;
/** Histograms of fewer bytes are settled by one thread. */
const MIN_SETTLED_BYTES = 32768;
/** Bytes of the sums of a range of rows, {i64 Σg, i64 Σh}. */
const SUM_BYTES = 16;

/** The largest sum of h in a short entry, and where these lie in the scratch of a call (assembly/packed-histogram.ts). */
const SHORT_SUM = 65535;
const SHORTS = 17408;

/** {f32 g, f32 h}. */
export const GRADIENT_BYTES = 8;

/** The gradients of the rows: {f32 g, f32 h} each, and by what they are multiplied for the fixed point. */
export interface GradientStore {
  readonly address: number;
  readonly scaleG: number;
  readonly scaleH: number;
}

/** Quantized gradients of the rows, two bytes each (assembly/packed-histogram.ts); `largest` is the largest h of a row. */
export interface PackedGradients {
  readonly address: number;
  readonly largest: number;
}

/** Neighbouring tiles of one record. */
interface TileRun {
  readonly tile: Tile;
  readonly firstTile: number;
  lanes: number;
}

export class HistogramMaker {
  readonly #pool: KernelPool;
  readonly #binned: BinnedMatrix;
  readonly #gradients: GradientStore | PackedGradients;
  readonly #chunks: number;
  readonly #scratch: number;
  /** Histograms of the row chunks after the first. */
  readonly #partial: number;
  /** What `settleHistograms` reads: the columns' places, and the range of columns of each task. */
  readonly #table: number;
  readonly #settled: readonly (readonly [from: number, to: number])[];
  readonly #lanes: number;
  /** Shares of at most so many rows are summed in short entries; −1: none are. */
  readonly #shortRows: number;

  /** Takes memory from the pool's stack: scratch, and one histogram a further thread. */
  constructor(pool: KernelPool, binned: BinnedMatrix, gradients: GradientStore | PackedGradients) {
    this.#pool = pool;
    this.#binned = binned;
    this.#gradients = gradients;
    this.#chunks = binned.rows >= 2 * MIN_CHUNK_ROWS ? pool.threads : 1;
    this.#scratch = pool.memory.alloc(binned.format.scratchBytes * Math.max(1, binned.tiles.length) * this.#chunks);
    this.#partial = pool.memory.alloc((this.#chunks - 1) * binned.histogramBytes);
    const { columns, format } = binned;
    this.#table = pool.memory.alloc(columns.length * 8);
    const bytes = columns.map(({ bins }) => Math.ceil((bins * format.entryBytes) / 16) * 16);
    const words = columns.flatMap(({ histogramOffset }, c) => [histogramOffset, bytes[c]]);
    pool.memory.u32(this.#table, words.length).set(words);
    this.#settled = evenShares(bytes, pool.threads);
    this.#lanes = binned.tiles.reduce((sum, { lanes }) => sum + lanes, 0);
    // All columns in one record, which one call sums.
    const isOne = binned.wide.length === 0 && this.#runs(undefined, false).length === 1;
    this.#shortRows = isOne && 'largest' in gradients ? Math.floor(SHORT_SUM / gradients.largest) - 256 : -1;
  }

  /**
   * Fills the histogram at byte offset `out` from a node's rows: at most one share a thread, or all in one, which is then cut
   * where that pays. `wantedTile` leaves out tiles without a used feature. The histogram at `parent`, where it is given, is made that of the other child: parent − out, exactly.
   */
  make(rows: readonly NodeRows[], out: number, wantedTile?: readonly boolean[], parent = 0): void {
    const { wide, rare, histogramBytes, format } = this.#binned;
    const gradients = this.#gradientArguments();
    const shares = rows.length === 1 ? this.#cut(rows[0]) : rows;
    if (wantedTile === undefined && shares.every(({ count }) => count <= this.#shortRows)) {
      this.#makeShort(shares, out, parent);
      return;
    }
    const runs = this.#runs(wantedTile, shares.length < this.#pool.threads && rows[0].count >= MIN_SHARED_ROWS);
    const narrowCalls: number[][] = [];
    const wideCalls: number[][] = [];
    const rareCalls: number[][] = [];
    for (let chunk = 0; chunk < shares.length; chunk++) {
      const { rows: at, first, count } = shares[chunk];
      const target = chunk === 0 ? out : this.#partial + (chunk - 1) * histogramBytes;
      for (const { tile, firstTile, lanes } of runs) {
        const hist = target + firstTile * TILE_LANES * format.laneBytes;
        const scratch = this.#scratch + narrowCalls.length * format.scratchBytes;
        const { address, stride } = tile;
        narrowCalls.push([address, stride, lanes, at, first, count, ...gradients, hist, scratch, 1]);
      }
      if (rare !== undefined) {
        const { words, wordsPerRow, offsets } = rare;
        rareCalls.push([words, wordsPerRow, at, first, count, ...gradients, target, offsets]);
      }
      for (const feature of wide) {
        const hist = target + feature.histogramOffset;
        const { address, width, bins } = feature;
        wideCalls.push([address, width, at, first, count, ...gradients, hist, bins, 1]);
      }
    }
    if (narrowCalls.length > 0) this.#pool.run(format.tiles, narrowCalls);
    if (wideCalls.length > 0) this.#pool.run(format.column, wideCalls);
    if (rareCalls.length > 0) this.#pool.run('histogramRare', rareCalls);
    if (rare === undefined) this.#settle(out, shares.length - 1, parent);
    else {
      this.#settle(out, shares.length - 1, 0);
      this.#pool.kernels.settleRare(out, rare.table, rare.count);
      this.#settle(out, 0, parent);
    }
  }

  /** `make` of so few rows that their sums fit in short entries, which are widened where the shares are added up. */
  #makeShort(shares: readonly NodeRows[], out: number, parent: number): void {
    const { tiles, format } = this.#binned;
    const gradients = this.#gradientArguments();
    const [{ address, stride }] = tiles;
    const calls = shares.map(({ rows, first, count }, share) => [
      ...[address, stride, this.#lanes, rows, first, count, ...gradients],
      ...[0, this.#scratch + share * format.scratchBytes, 1],
    ]);
    this.#pool.run(format.tiles, calls);
    const shorts = this.#scratch + SHORTS;
    const parts = shares.length;
    const settled = this.#settled.map(([from, to]) => [
      ...[this.#table, from, to, out, shorts, parts, format.scratchBytes, parent],
    ]);
    this.#pool.run('settleShorts', settled);
  }

  /** A share a thread, of rows enough. */
  #cut({ rows, first, count }: NodeRows): readonly NodeRows[] {
    const shares = Math.max(1, Math.min(this.#chunks, Math.floor(count / MIN_CHUNK_ROWS)));
    return Array.from({ length: shares }, (_, share) => {
      const from = Math.floor((count * share) / shares);
      const to = Math.floor((count * (share + 1)) / shares);
      return { rows: rows === 0 ? 0 : rows + from * 4, first: first + from, count: to - from };
    });
  }

  /** Adds the partial histograms to the one at `out`, and takes that from the parent's (0: none). */
  #settle(out: number, parts: number, parent: number): void {
    if (parts === 0 && parent === 0) return;
    const partBytes = this.#binned.histogramBytes;
    const calls = this.#settled.map(([from, to]) => [
      ...[this.#table, from, to, out, this.#partial, parts, partBytes, parent],
    ]);
    this.#pool.run('settleHistograms', calls);
  }

  /** What the kernels take as gradients. */
  #gradientArguments(): number[] {
    const of = this.#gradients;
    return 'largest' in of ? [of.address, of.largest] : [of.address, of.scaleG, of.scaleH];
  }

  /** The wanted tiles, those next to each other in a record joined; `apart` leaves each alone. */
  #runs(wantedTile: readonly boolean[] | undefined, apart: boolean): TileRun[] {
    const runs: TileRun[] = [];
    this.#binned.tiles.forEach((tile, index) => {
      if (wantedTile?.[index] === false) return;
      const last = runs.at(-1);
      const next = last === undefined ? -1 : last.firstTile + Math.ceil(last.lanes / TILE_LANES);
      if (!apart && last !== undefined && next === index && last.tile.record === tile.record) last.lanes += tile.lanes;
      else runs.push({ tile, firstTile: index, lanes: tile.lanes });
    });
    return runs;
  }

  /** Σg and Σh of a node, in units of the fixed point. */
  sum({ rows, first, count }: NodeRows): { readonly g: bigint; readonly h: bigint } {
    const { memory } = this.#pool;
    const gradients = this.#gradientArguments();
    const mark = memory.mark();
    const parts = chunks(count, SUM_CHUNK_ROWS);
    const results = memory.alloc(SUM_BYTES * parts.length);
    const calls = parts.map(([from, to], i) => [
      ...[rows === 0 ? 0 : rows + from * 4, first + from, to - from],
      ...gradients,
      results + i * SUM_BYTES,
    ]);
    this.#pool.run(this.#binned.format.sum, calls);
    let [g, h] = [0n, 0n];
    const sums = memory.i64(results, parts.length * 2);
    for (let i = 0; i < sums.length; i += 2) {
      g += sums[i];
      h += sums[i + 1];
    }
    memory.release(mark);
    return { g, h };
  }
}

/** Cuts a list of sizes into up to `parts` ranges of about the same sum; into one where that would be too little work. */
function evenShares(sizes: readonly number[], parts: number): (readonly [number, number])[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const count = total < MIN_SETTLED_BYTES ? 1 : Math.min(parts, sizes.length);
  const ends: number[] = [];
  let sum = 0;
  sizes.forEach((size, i) => {
    sum += size;
    if (ends.length < count - 1 && sum * count >= total * (ends.length + 1)) ends.push(i + 1);
  });
  ends.push(sizes.length);
  return ends.map((end, i) => [ends[i - 1] ?? 0, end] as const);
}
