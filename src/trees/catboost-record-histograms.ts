/**
 * The histograms of the columns that all trees have, summed from records of their bins. Ranges that are long beside the others are cut
 * into parts, summed apart and then added up: sums are integers, so the bytes do not depend on the parts, and of lists that threads
 * wrote by rows each reads about what it wrote itself.
 */
import type { KernelPool } from '../kernels/pool.js';
import { type BinRecord, type CatboostColumns, WIDE_LANE_BYTES } from './catboost-columns.js';
import { chunks } from './row-chunks.js';

/** Quads of a record. */
const QUADS = 8;
const SLOT_BYTES = 4 * WIDE_LANE_BYTES;
const SCRATCH_BYTES = 8192;
/** Calls a thread that a level is cut into, and rows of a part at least. */
const CALLS_A_THREAD = 4;
const LEAST_PART = 8192;

/** What is to be summed: these quads, over the ranges of a plan (see obliviousHistogram). */
export interface RecordRequest {
  readonly quads: readonly number[];
  readonly plan: number;
  readonly planCount: number;
}

/** Consecutive entries of a plan, or a part of one entry. */
interface Share {
  readonly plan: number;
  readonly count: number;
  /** The part's number among those of all requests, −1 for whole entries. */
  readonly part: number;
}

interface CutEntry {
  readonly slot: number;
  readonly parent: number;
  readonly firstPart: number;
  readonly parts: number;
}

export class RecordHistograms {
  readonly #pool: KernelPool;
  readonly #records: readonly BinRecord[];
  readonly #histogram: number;
  /** Bytes of a quad's histograms of all ranges. */
  readonly #bytes: number;
  /** Shares of a record's rows that are aimed at. */
  readonly #shares: number;
  /** Histograms of the parts of each record, all its quads side by side; plan entries of parts. */
  readonly #parts: number;
  readonly #partPlan: number;
  readonly #mostParts: number;
  /** Quads of a part's histograms. */
  readonly #partQuads: number;
  /** Of each share of each record, for gathered rows. */
  readonly #scratch: number;

  /** For `ranges` ranges, and so many requests at once. */
  constructor(pool: KernelPool, columns: CatboostColumns, ranges: number, requests: number) {
    const { memory, threads } = pool;
    this.#pool = pool;
    this.#records = columns.records;
    this.#bytes = ranges * SLOT_BYTES;
    this.#histogram = memory.alloc(columns.quads.length * this.#bytes);
    const records = Math.max(1, columns.records.length);
    this.#shares = threads === 1 ? 1 : Math.ceil((threads * CALLS_A_THREAD) / records);
    // An entry is cut where it has more than a share, into shares or less: fewer than two parts a share.
    this.#mostParts = threads === 1 ? 0 : 2 * (this.#shares + requests);
    this.#partPlan = memory.alloc(this.#mostParts * 16);
    this.#partQuads = Math.min(QUADS, columns.quads.length);
    this.#parts = memory.alloc(records * this.#mostParts * this.#partQuads * SLOT_BYTES);
    // Beside parts: shares of whole entries, which end where they are full, at a cut entry, or at the plan's end.
    this.#scratch = memory.alloc(records * requests * (4 * this.#shares + 2) * SCRATCH_BYTES);
  }

  /** Address of the histograms of a quad. */
  histogramOf(quad: number): number {
    return this.#histogram + quad * this.#bytes;
  }

  /** Fills the histograms asked for from the sampled rows and their statistics at these addresses. */
  fill(requests: readonly RecordRequest[], rows: number, stats: number): void {
    const calls: number[][] = [];
    const settles: number[][] = [];
    let parts = 0;
    const wantedShares = Math.ceil(this.#shares / requests.filter(({ quads }) => quads.length > 0).length);
    for (const { quads, plan, planCount } of requests) {
      if (quads.length === 0) continue;
      const wanted = new Int32Array(this.#records.length);
      for (const quad of quads) wanted[Math.floor(quad / QUADS)] |= 1 << (quad % QUADS);
      const { shares, cut, next } = this.#cut(plan, planCount, wantedShares, parts);
      parts = next;
      this.#records.forEach(({ address, stride, narrow }, r) => {
        if (wanted[r] === 0) return;
        const asked = wanted[r] | ((narrow & wanted[r]) << QUADS);
        const histogram = this.#histogram + r * QUADS * this.#bytes;
        for (const { plan: entries, count, part } of shares) {
          const target = part < 0 ? [histogram, this.#bytes] : [this.#partOf(r, part), SLOT_BYTES];
          const scratch = this.#scratch + calls.length * SCRATCH_BYTES;
          calls.push([address, rows, stats, entries, count, ...target, asked, scratch, stride]);
        }
        for (const entry of cut) settles.push(...this.#settles(entry, r, wanted[r]));
      });
    }
    this.#pool.run('obliviousRecordHistogram', calls);
    this.#pool.run('obliviousSettle', settles);
  }

  #partOf(record: number, part: number): number {
    return this.#parts + (record * this.#mostParts + part) * this.#partQuads * SLOT_BYTES;
  }

  #settles({ slot, parent, firstPart, parts }: CutEntry, record: number, quads: number): number[][] {
    const calls: number[][] = [];
    for (let q = 0; q < QUADS; q++) {
      if (((quads >> q) & 1) === 0) continue;
      const own = this.histogramOf(record * QUADS + q);
      const whole = parent < 0 ? 0 : own + parent * SLOT_BYTES;
      const first = this.#partOf(record, firstPart) + q * SLOT_BYTES;
      calls.push([first, parts, this.#partQuads * SLOT_BYTES, own + slot * SLOT_BYTES, whole]);
    }
    return calls;
  }

  /** Cuts a plan into about the wanted number of shares of as many rows; parts are numbered from `firstPart` on. */
  #cut(
    plan: number,
    planCount: number,
    wanted: number,
    firstPart: number,
  ): { shares: Share[]; cut: CutEntry[]; next: number } {
    const entries = this.#pool.memory.i32(plan, planCount * 4);
    const rowsOf = (entry: number) => entries[entry * 4 + 1] - entries[entry * 4];
    let total = 0;
    for (let entry = 0; entry < planCount; entry++) total += rowsOf(entry);
    const most = wanted === 1 ? total : Math.max(LEAST_PART, Math.ceil(total / wanted));
    const shares: Share[] = [];
    const cut: CutEntry[] = [];
    let next = firstPart;
    let [first, rows] = [0, 0];
    const close = (end: number) => {
      if (end > first) shares.push({ plan: plan + first * 16, count: end - first, part: -1 });
      [first, rows] = [end, 0];
    };
    for (let entry = 0; entry < planCount; entry++) {
      const own = rowsOf(entry);
      if (own > most) {
        close(entry);
        const [from, , slot, parent] = entries.subarray(entry * 4);
        const parts = chunks(own, Math.ceil(own / Math.ceil(own / most)));
        cut.push({ slot, parent, firstPart: next, parts: parts.length });
        for (const [start, end] of parts) {
          const address = this.#partPlan + next * 16;
          this.#pool.memory.i32(address, 4).set([from + start, from + end, 0, -1]);
          shares.push({ plan: address, count: 1, part: next });
          next++;
        }
        first = entry + 1;
        continue;
      }
      rows += own;
      if (rows >= most) close(entry + 1);
    }
    close(planCount);
    return { shares, cut, next };
  }
}
