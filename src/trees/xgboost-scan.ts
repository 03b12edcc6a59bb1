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

export class XgboostScan {
  readonly #pool: KernelPool;
  readonly #state: BoostingState;
  readonly #growth: XgboostGrowth;
  readonly #features: number;
  readonly #descriptors: Int32Array;
  readonly #parameters: Float64Array;
  readonly #results: Float64Array;
  readonly #calls: number[][] = [];

  /** Takes memory from the pool's stack. */
  constructor(pool: KernelPool, state: BoostingState, features: readonly XgboostFeature[], growth: XgboostGrowth) {
    const { memory } = pool;
    const count = features.length;
    this.#pool = pool;
    this.#state = state;
    this.#growth = growth;
    this.#features = count;
    const [descriptors, parameters, results] = [count * 4 * DESCRIPTOR_WORDS, 128, count * 8 * RESULT_DOUBLES].map(
      (bytes) => memory.alloc(bytes),
    );
    this.#descriptors = memory.i32(descriptors, count * DESCRIPTOR_WORDS);
    this.#parameters = memory.f64(parameters, 14);
    this.#results = memory.f64(results, count * RESULT_DOUBLES);
    state.binned.features.forEach(({ histogramOffset, column }, f) => {
      const { valueBins, hasMissing, categorical } = features[f];
      const direction = growth.monotone?.[column] ?? 0;
      const scratch = categorical ? memory.alloc(categoryScratch(valueBins)) : 0;
      const kind = categorical ? 1 : 0;
      const descriptor = [histogramOffset, valueBins, hasMissing ? 1 : 0, 0, direction, kind, scratch, 0];
      this.#descriptors.set(descriptor, f * DESCRIPTOR_WORDS);
    });
    const totalBins = features.reduce((sum, feature) => sum + feature.valueBins, 0);
    const chunks = totalBins < SHARED_BINS ? 1 : Math.min(pool.threads, count);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const [from, to] = [chunk, chunk + 1].map((part) => Math.floor((count * part) / chunks));
      this.#calls.push([0, descriptors, from, to, parameters, results]);
    }
  }

  /** Scans `wanted` features of a node whose own gain is `own`; their results are then asked for by feature. */
  run(node: TreeNode, histogram: number, own: number, wanted: readonly number[]): void {
    const { regularization, maxCatToOneHot, maxCatThreshold } = this.#growth;
    const { lambda, alpha, maxDeltaStep, minChildWeight } = regularization;
    const { unitG, unitH } = this.#state;
    const numbers = [unitG, unitH, node.g, node.h, own, lambda, alpha, maxDeltaStep, minChildWeight];
    for (let i = 0; i < numbers.length; i++) this.#parameters[i] = numbers[i];
    this.#parameters[9] = node.bounds === undefined ? 0 : 1;
    this.#parameters[10] = node.bounds?.min ?? 0;
    this.#parameters[11] = node.bounds?.max ?? 0;
    this.#parameters[12] = maxCatToOneHot;
    this.#parameters[13] = maxCatThreshold;
    for (let f = 0; f < this.#features; f++) this.#descriptors[f * DESCRIPTOR_WORDS + 3] = 0;
    for (const f of wanted) this.#descriptors[f * DESCRIPTOR_WORDS + 3] = 1;
    for (const call of this.#calls) call[0] = histogram;
    this.#pool.run('scanXgboost', this.#calls);
  }

  /** 0: no split. */
  gainOf(f: number): number {
    return this.#results[f * RESULT_DOUBLES];
  }

  /** The categories that go right in the split of a categorical feature. */
  setOf(f: number): Uint32Array {
    const order = this.#descriptors[f * DESCRIPTOR_WORDS + 6] >>> 0;
    return this.#pool.memory.u32(order, this.#results[f * RESULT_DOUBLES + 1]).slice();
  }

  /** Of a feature with a split: last bin of the left side (−1: missing values alone go left), the sums of both sides. */
  splitOf(f: number) {
    const at = f * RESULT_DOUBLES;
    const [gain, threshold, missingLeft, leftG, leftH, rightG, rightH] = this.#results.subarray(at, at + 7);
    return { gain, threshold, defaultLeft: missingLeft === 1, leftG, leftH, rightG, rightH };
  }
}

/** Bytes that `scanXgboost` needs for a categorical feature: the codes in order, and to sort them. */
function categoryScratch(codes: number): number {
  const table = codes < SORTED_BY_TABLE ? 0 : TABLE_BYTES;
  return Math.ceil(codes / 2) * 8 + codes * 16 + table;
}
