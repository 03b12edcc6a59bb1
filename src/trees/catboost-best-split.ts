/**
 * The best split of a level: the scores of all candidates from their histograms, with noise and the penalty on the size
 * of new target statistics (CatBoost, SetBestScore and SelectBestCandidate). It makes no histograms.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import type { Combination } from './catboost-combination.js';
import type { Sample } from './catboost-sampling.js';
import type { CatboostSettings } from './catboost-settings.js';
import { Slabs } from './catboost-slabs.js';
import type { BestSplit, Candidate } from './catboost-split.js';

/** Bytes of one column's scores: 256 doubles, and 32 bytes of scratch for each. */
const SCORE_BYTES = 256 * 40;

export class SplitChooser {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #scores: Slabs;
  /** Statistics used by trees so far: they pay no penalty for their size. */
  readonly #used = new Set<string>();

  constructor(pool: KernelPool, settings: CatboostSettings) {
    this.#pool = pool;
    this.#settings = settings;
    this.#scores = new Slabs(pool.memory, SCORE_BYTES + 32);
  }

  /** Candidates with the lanes tried, over `ranges` of leaves whose histogram slots (i32) stand at `slots`. */
  best(
    tried: ReadonlyMap<Candidate, readonly number[]>,
    sample: Sample,
    slots: number,
    ranges: number,
    random: Random,
    noise: number,
  ): BestSplit | undefined {
    const areas: number[] = [];
    const calls: number[][] = [];
    const pairs = sample.ends.length >> 1;
    const leaves = pairs === 0 ? [ranges] : [ranges / (pairs * 2), pairs];
    for (const [candidate, lanes] of tried) {
      for (const lane of lanes) {
        const area = this.#scores.take();
        areas.push(area);
        const state = area + SCORE_BYTES;
        const words = this.#pool.memory.u32(state, 4);
        if (noise > 0) for (let i = 0; i < 4; i++) words[i] = random.nextUint32() | (i === 0 ? 1 : 0);
        const { histogram, laneBytes, buckets, oneHot } = candidate;
        calls.push([
          ...[histogram + lane * laneBytes, slots, ...leaves, laneBytes * 4, buckets[lane], oneHot[lane] ? 1 : 0],
          ...[sample.lambda, this.#settings.cosine ? 1 : 0, sample.unitGradient, sample.unitWeight],
          ...[area, noise, state, state + 16],
        ]);
      }
    }
    this.#pool.run(pairs === 0 ? 'obliviousScores' : 'obliviousOrderedScores', calls);
    const largest = this.#largestKeys(tried);
    let best: BestSplit | undefined;
    let bestScore = -Infinity;
    let at = 0;
    for (const [candidate, lanes] of tried) {
      for (const lane of lanes) {
        const [bin, score] = this.#pool.memory.f64(areas[at++] + SCORE_BYTES + 16, 2);
        if (bin < 0) continue;
        const instance = this.#penalised(
          candidate,
          lane,
          noise === 0 ? score : score + noise * random.normal(),
          largest,
        );
        if (instance > bestScore) {
          bestScore = instance;
          const { quad, combination, firstLane } = candidate;
          best = { candidate, split: { quad, lane: firstLane + lane, bin, combination, score } };
        }
      }
    }
    for (const area of areas) this.#scores.give(area);
    return best;
  }

  /** Says that a tree has this split. */
  use({ split }: BestSplit): void {
    if (split.combination !== undefined) this.#used.add(usedKey(split));
  }

  #largestKeys(tried: ReadonlyMap<Candidate, readonly number[]>): number {
    let largest = 1;
    for (const { combination } of tried.keys()) largest = Math.max(largest, combination?.trainIds ?? 0);
    return largest;
  }

  /** The original's model size penalty: (1 + keys / largest number of keys)^(−model_size_reg) until first used. */
  #penalised({ combination, firstLane }: Candidate, lane: number, score: number, largest: number): number {
    if (combination === undefined || this.#used.has(usedKey({ combination, lane: firstLane + lane }))) return score;
    return score * (1 + combination.trainIds / largest) ** -this.#settings.modelSizeReg;
  }
}

function usedKey({ combination, lane }: { combination: Combination | undefined; lane: number }): string {
  return `${combination?.lanes[lane].type} ${combination?.key}`;
}
