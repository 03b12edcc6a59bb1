/**
 * The kernel `scanXgboost` as the policy of growth uses it: the best threshold or category set of every wanted feature of a
 * node. Which features a node may use, and what becomes of the winner, is the policy's.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState } from './boost.js';
import type { TreeNode } from './grown-tree.js';
import type { XgboostFeature } from './xgboost-cuts.js';
import type { XgboostGrowth } from './xgboost-growth.js';

const DESCRIPTOR_WORDS = 8;
const RESULT_DOUBLES = 8;
/** Codes from which a set's order is found with the help of a table. */
const SORTED_BY_TABLE = 64;
const TABLE_BYTES = 24_576;
/** Below this many bins in all a scan is too short to share among threads. */
const SHARED_BINS = 2048;

/** What the kernel reads and writes for one node. */
interface Seat {
  readonly descriptors: Int32Array;
  readonly parameters: Float64Array;
  readonly results: Float64Array;
  readonly calls: number[][];
}

export class XgboostScan {
  readonly #pool: KernelPool;
  readonly #state: BoostingState;
  readonly #growth: XgboostGrowth;
  readonly #features: number;
  /** Of two nodes that are scanned at once. */
  readonly #seats: readonly Seat[];
  #seat: Seat;

  /** Takes memory from the pool's stack. */
  constructor(pool: KernelPool, state: BoostingState, features: readonly XgboostFeature[], growth: XgboostGrowth) {
    const { memory } = pool;
    const count = features.length;
    this.#pool = pool;
    this.#state = state;
    this.#growth = growth;
    this.#features = count;
    const totalBins = features.reduce((sum, feature) => sum + feature.valueBins, 0);
    const chunks = totalBins < SHARED_BINS ? 1 : Math.min(pool.threads, count);
    this.#seats = [0, 1].map(() => {
      const [descriptors, parameters, results] = [count * 4 * DESCRIPTOR_WORDS, 128, count * 8 * RESULT_DOUBLES].map(
        (bytes) => memory.alloc(bytes),
      );
      const table = memory.i32(descriptors, count * DESCRIPTOR_WORDS);
      state.binned.features.forEach(({ histogramOffset, column }, f) => {
        const { valueBins, hasMissing, categorical } = features[f];
        const direction = growth.monotone?.[column] ?? 0;
        const scratch = categorical ? memory.alloc(categoryScratch(valueBins)) : 0;
        const kind = categorical ? 1 : 0;
        const descriptor = [histogramOffset, valueBins, hasMissing ? 1 : 0, 0, direction, kind, scratch, 0];
        table.set(descriptor, f * DESCRIPTOR_WORDS);
      });
      const calls: number[][] = [];
      for (let chunk = 0; chunk < chunks; chunk++) {
        const [from, to] = [chunk, chunk + 1].map((part) => Math.floor((count * part) / chunks));
        calls.push([0, descriptors, from, to, parameters, results]);
      }
      return {
        descriptors: table,
        parameters: memory.f64(parameters, 14),
        results: memory.f64(results, count * RESULT_DOUBLES),
        calls,
      };
    });
    this.#seat = this.#seats[0];
  }

  /** Makes ready to scan `wanted` features of a node whose own gain is `own`, in seat 0 or 1. */
  prepare(seat: number, node: TreeNode, histogram: number, own: number, wanted: readonly number[]): void {
    const { descriptors, parameters, calls } = this.#seats[seat];
    const { regularization, maxCatToOneHot, maxCatThreshold } = this.#growth;
    const { lambda, alpha, maxDeltaStep, minChildWeight } = regularization;
    const { unitG, unitH } = this.#state;
    const numbers = [unitG, unitH, node.g, node.h, own, lambda, alpha, maxDeltaStep, minChildWeight];
    for (let i = 0; i < numbers.length; i++) parameters[i] = numbers[i];
    parameters[9] = node.bounds === undefined ? 0 : 1;
    parameters[10] = node.bounds?.min ?? 0;
    parameters[11] = node.bounds?.max ?? 0;
    parameters[12] = maxCatToOneHot;
    parameters[13] = maxCatThreshold;
    for (let f = 0; f < this.#features; f++) descriptors[f * DESCRIPTOR_WORDS + 3] = 0;
    for (const f of wanted) descriptors[f * DESCRIPTOR_WORDS + 3] = 1;
    for (const call of calls) call[0] = histogram;
  }

  /** Scans what has been made ready in the first `seats` seats. */
  run(seats: 1 | 2): void {
    const [{ calls }, second] = this.#seats;
    this.#pool.run('scanXgboost', seats === 1 ? calls : [...calls, ...second.calls]);
  }

  /** From now on, results are those of this seat. */
  read(seat: number): void {
    this.#seat = this.#seats[seat];
  }

  /** 0: no split. */
  gainOf(f: number): number {
    return this.#seat.results[f * RESULT_DOUBLES];
  }

  /** The categories that go right in the split of a categorical feature. */
  setOf(f: number): Uint32Array {
    const order = this.#seat.descriptors[f * DESCRIPTOR_WORDS + 6] >>> 0;
    return this.#pool.memory.u32(order, this.#seat.results[f * RESULT_DOUBLES + 1]).slice();
  }

  /** Of a feature with a split: last bin of the left side (−1: missing values alone go left), the sums of both sides. */
  splitOf(f: number) {
    const at = f * RESULT_DOUBLES;
    const [gain, threshold, missingLeft, leftG, leftH, rightG, rightH] = this.#seat.results.subarray(at, at + 7);
    return { gain, threshold, defaultLeft: missingLeft === 1, leftG, leftH, rightG, rightH };
  }
}

/** Bytes that `scanXgboost` needs for a categorical feature: the codes in order, and to sort them. */
function categoryScratch(codes: number): number {
  const table = codes < SORTED_BY_TABLE ? 0 : TABLE_BYTES;
  return Math.ceil(codes / 2) * 8 + codes * 16 + table;
}
