/**
 * The kernel `scanXgboost` as the policy of growth uses it: the best threshold of every wanted numeric feature of a node.
 * Which features a node may use, and what becomes of the winner, is the policy's.
 */
import type { KernelPool } from '../kernels/pool.js';
import type { BoostingState } from './boost.js';
import type { TreeNode } from './grown-tree.js';
import type { XgboostFeature } from './xgboost-cuts.js';
import type { XgboostRegularization } from './xgboost-gain.js';

const DESCRIPTOR_WORDS = 8;
const RESULT_DOUBLES = 8;
/** Below this many bins in all a scan is too short to share among threads. */
const SHARED_BINS = 8192;

export class XgboostScan {
  readonly #pool: KernelPool;
  readonly #state: BoostingState;
  readonly #regularization: XgboostRegularization;
  readonly #features: number;
  readonly #descriptors: Int32Array;
  readonly #parameters: Float64Array;
  readonly #results: Float64Array;
  readonly #calls: number[][] = [];

  /** `direction`: −1, 0 or 1 of a feature. Takes memory from the pool's stack. */
  constructor(
    pool: KernelPool,
    state: BoostingState,
    features: readonly XgboostFeature[],
    regularization: XgboostRegularization,
    direction: (f: number) => number,
  ) {
    const { memory } = pool;
    const count = features.length;
    this.#pool = pool;
    this.#state = state;
    this.#regularization = regularization;
    this.#features = count;
    const [descriptors, parameters, results] = [count * 4 * DESCRIPTOR_WORDS, 128, count * 8 * RESULT_DOUBLES].map(
      (bytes) => memory.alloc(bytes),
    );
    this.#descriptors = memory.i32(descriptors, count * DESCRIPTOR_WORDS);
    this.#parameters = memory.f64(parameters, 12);
    this.#results = memory.f64(results, count * RESULT_DOUBLES);
    state.binned.features.forEach(({ histogramOffset }, f) => {
      const { valueBins, hasMissing } = features[f];
      const descriptor = [histogramOffset, valueBins, hasMissing ? 1 : 0, 0, direction(f), 0, 0, 0];
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
  run(node: TreeNode, histogram: number, own: number, wanted: Iterable<number>): void {
    const { lambda, alpha, maxDeltaStep, minChildWeight } = this.#regularization;
    const { unitG, unitH } = this.#state;
    const numbers = [unitG, unitH, node.g, node.h, own, lambda, alpha, maxDeltaStep, minChildWeight];
    for (let i = 0; i < numbers.length; i++) this.#parameters[i] = numbers[i];
    this.#parameters[9] = node.bounds === undefined ? 0 : 1;
    this.#parameters[10] = node.bounds?.min ?? 0;
    this.#parameters[11] = node.bounds?.max ?? 0;
    for (let f = 0; f < this.#features; f++) this.#descriptors[f * DESCRIPTOR_WORDS + 3] = 0;
    for (const f of wanted) this.#descriptors[f * DESCRIPTOR_WORDS + 3] = 1;
    for (const call of this.#calls) call[0] = histogram;
    this.#pool.run('scanXgboost', this.#calls);
  }

  /** 0: no split. */
  gainOf(f: number): number {
    return this.#results[f * RESULT_DOUBLES];
  }

  /** Of a feature with a split: last bin of the left side (−1: missing values alone go left), the sums of both sides. */
  splitOf(f: number) {
    const at = f * RESULT_DOUBLES;
    const [gain, threshold, missingLeft, leftG, leftH, rightG, rightH] = this.#results.subarray(at, at + 7);
    return { gain, threshold, defaultLeft: missingLeft === 1, leftG, leftH, rightG, rightH };
  }
}
