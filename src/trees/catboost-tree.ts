/**
 * The splits of one oblivious tree: at every level the one split, for all leaves at once, of the best score with noise
 * (CatBoost, greedy_tensor_search.cpp). It gives no leaf values.
 *
 * Histograms are kept from level to level: of two sibling leaves the smaller is summed, the other is the parent's
 * histogram less the smaller's.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import { type CatboostColumns, WIDE_LANE_BYTES } from './catboost-columns.js';
import type { Sample, Sampler } from './catboost-sampling.js';
import type { CatboostSettings } from './catboost-settings.js';
import { Slabs } from './catboost-slabs.js';
import {
  type Combination,
  chunks,
  type SplitPart,
  splitKey,
  type TargetStatistics,
} from './catboost-target-statistics.js';

/** Bins of a target statistic: 15 borders. */
export const STATISTIC_BINS = 16;
/** Lanes 0–2 of a statistic's quad are Borders with these priors, lane 3 is Counter with prior 0. */
export const PRIORS = [0, 0.5, 1];
const NARROW_LANE_BYTES = STATISTIC_BINS * 16;
/** Bytes of one column's scores: 256 doubles, and 32 bytes of scratch for each. */
const SCORE_BYTES = 256 * 40;

/** The list of sampled rows that level `level` is partitioned in: 0 as sampled, then 1 and 2 in turn. */
function listOf(level: number): number {
  return level === 0 ? 0 : 1 + ((level - 1) % 2);
}

/** A split of the finished tree: a column's quad and lane, or a combination's statistic. */
export interface TreeSplit {
  readonly quad: number;
  readonly lane: number;
  readonly bin: number;
  /** Undefined for a numeric or one-hot column; `quad` is −1 otherwise. */
  readonly combination: Combination | undefined;
  readonly score: number;
}

/** Four columns whose histograms are made together. */
interface Candidate {
  readonly quad: number;
  readonly combination: Combination | undefined;
  readonly address: number;
  readonly laneBytes: number;
  readonly buckets: readonly number[];
  readonly oneHot: readonly boolean[];
  readonly histogram: number;
  /** Level whose leaves the histogram slots hold, −1 for none. */
  level: number;
}

/** Leaf l's rows are those at from[l] … to[l] − 1 of the partition; its histogram is in slot[l]. */
interface Leaves {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly slot: Int32Array;
}

export class TreeGrower {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #columns: CatboostColumns;
  readonly #statistics: TargetStatistics;
  readonly #sampler: Sampler;
  readonly #lambda: number;
  readonly #fixed: Candidate[];
  readonly #narrow: Slabs;
  readonly #scores: Slabs;
  readonly #plan: number;
  readonly #slots: number;
  readonly #results: number;
  /** Leaf (u16) of every sampled row in the order of the sample. */
  readonly #leafOf: number;
  /** Statistics used by trees so far: they pay no penalty for their size. */
  readonly #used = new Set<string>();

  constructor(
    pool: KernelPool,
    settings: CatboostSettings,
    columns: CatboostColumns,
    statistics: TargetStatistics,
    sampler: Sampler,
    lambda: number,
  ) {
    this.#pool = pool;
    this.#settings = settings;
    this.#columns = columns;
    this.#statistics = statistics;
    this.#sampler = sampler;
    this.#lambda = lambda;
    const slots = 2 ** (settings.depth - 1);
    this.#fixed = columns.quads.map(({ address, lanes }, quad) => ({
      quad,
      combination: undefined,
      address,
      laneBytes: WIDE_LANE_BYTES,
      buckets: lanes.map((lane) => lane.buckets),
      oneHot: lanes.map((lane) => lane.oneHot),
      histogram: pool.memory.alloc(slots * 4 * WIDE_LANE_BYTES),
      level: -1,
    }));
    this.#narrow = new Slabs(pool.memory, slots * 4 * NARROW_LANE_BYTES);
    this.#scores = new Slabs(pool.memory, SCORE_BYTES + 32);
    this.#plan = pool.memory.alloc(slots * 2 * 16);
    this.#slots = pool.memory.alloc(slots * 4);
    this.#results = pool.memory.alloc(slots * 4);
    this.#leafOf = pool.memory.alloc(columns.trainRows * 2);
  }

  /** Grows on the sample that the sampler drew last; `noise` is the standard deviation of the scores' noise. */
  grow(sample: Sample, permutation: number, random: Random, noise: number): TreeSplit[] {
    const splits: TreeSplit[] = [];
    const open = new Map<string, Candidate>();
    for (const candidate of this.#fixed) candidate.level = -1;
    this.#pool.memory.u16(this.#leafOf, sample.count).fill(0);
    let leaves: Leaves = { from: Int32Array.of(0), to: Int32Array.of(sample.count), slot: Int32Array.of(0) };
    let before: Leaves | undefined;
    for (let level = 0; level < this.#settings.depth; level++) {
      const tried = this.#candidates(splits, permutation, random, open);
      this.#histograms([...tried.keys()], sample.count, leaves, before, level);
      const best = this.#choose(tried, sample, leaves, random, noise);
      if (best === undefined) break;
      splits.push(best.split);
      if (best.split.combination !== undefined) this.#used.add(usedKey(best.split));
      const redundant = redundantSplit(this.#emptyLeaves(best, leaves, splits, permutation));
      if (redundant >= 0) {
        splits.splice(redundant, 1);
        break;
      }
      if (level + 1 === this.#settings.depth) break;
      before = leaves;
      leaves = this.#partition(best, sample.count, leaves, level);
    }
    for (const candidate of open.values()) this.#narrow.give(candidate.histogram);
    return splits;
  }

  /** Candidates of this level with the lanes that are tried (rsm). */
  #candidates(
    splits: readonly TreeSplit[],
    permutation: number,
    random: Random,
    open: Map<string, Candidate>,
  ): Map<Candidate, number[]> {
    const { rsm } = this.#settings;
    const takes = () => rsm === 1 || random.next() <= rsm;
    const tried = new Map<Candidate, number[]>();
    for (const candidate of this.#fixed) {
      const lanes = candidate.buckets.map((_, lane) => lane).filter(takes);
      if (lanes.length > 0) tried.set(candidate, lanes);
    }
    const combinations = this.#combinations(splits, takes);
    this.#statistics.prepare(combinations.map((combination) => ({ combination, permutation })));
    for (const combination of combinations) {
      let candidate = open.get(combination.key);
      if (candidate === undefined) {
        candidate = {
          quad: -1,
          combination,
          address: combination.quads.get(permutation) as number,
          laneBytes: NARROW_LANE_BYTES,
          buckets: [STATISTIC_BINS, STATISTIC_BINS, STATISTIC_BINS, STATISTIC_BINS],
          oneHot: [false, false, false, false],
          histogram: this.#narrow.take(),
          level: -1,
        };
        open.set(combination.key, candidate);
      }
      tried.set(candidate, [0, 1, 2, 3]);
    }
    return tried;
  }

  /** Every categorical column, and every one added to the tree's own splits or to a combination that the tree uses. */
  #combinations(splits: readonly TreeSplit[], takes: () => boolean): Combination[] {
    const { categories } = this.#columns;
    if (categories.length === 0) return [];
    const found = new Map<string, Combination>();
    const add = (list: readonly number[], parts: readonly SplitPart[]) => {
      const combination = this.#statistics.combination(list, parts);
      found.set(combination.key, combination);
    };
    for (let c = 0; c < categories.length; c++) if (takes()) add([c], []);
    const own = new Map<string, SplitPart>();
    const bases = new Map<string, { categories: readonly number[]; splits: readonly SplitPart[] }>();
    for (const { quad, lane, bin, combination } of splits) {
      if (combination === undefined) own.set(splitKey([{ quad, lane, bin }]), { quad, lane, bin });
    }
    if (own.size > 0) bases.set('', { categories: [], splits: [...own.values()] });
    for (const { combination } of splits) if (combination !== undefined) bases.set(combination.key, combination);
    for (const base of bases.values()) {
      const length = base.categories.length + 1 + (base.splits.length > 0 ? 1 : 0);
      for (let c = 0; c < categories.length; c++) {
        if (!takes() || base.categories.includes(c) || length > this.#settings.maxCtrComplexity) continue;
        add(
          [...base.categories, c].sort((a, b) => a - b),
          base.splits,
        );
      }
    }
    return [...found.values()];
  }

  #histograms(
    tried: readonly Candidate[],
    count: number,
    leaves: Leaves,
    before: Leaves | undefined,
    level: number,
  ): void {
    const { memory } = this.#pool;
    const half = leaves.from.length / 2;
    const capacity = 2 ** (this.#settings.depth - 1);
    const plan = memory.i32(this.#plan, capacity * 8);
    for (let leaf = 0; leaf < leaves.from.length; leaf++) {
      plan.set([leaves.from[leaf], leaves.to[leaf], leaves.slot[leaf], -1], leaf * 4);
    }
    const stepwise = this.#plan + capacity * 16;
    if (before !== undefined) {
      for (let leaf = 0; leaf < half; leaf++) {
        // The fresh slot is the smaller child's.
        const small = leaves.slot[leaf] === before.slot[leaf] ? leaf + half : leaf;
        plan.set([leaves.from[small], leaves.to[small], leaves.slot[small], before.slot[leaf]], (capacity + leaf) * 4);
      }
    }
    memory.i32(this.#slots, leaves.slot.length).set(leaves.slot);
    const rows = this.#sampler.rows[listOf(level)];
    const stats = this.#sampler.stats[listOf(level)];
    const steps = (candidate: Candidate) => level > 0 && candidate.level === level - 1;
    const fresh = tried.filter((candidate) => candidate.combination !== undefined && !steps(candidate));
    const others = tried.filter((candidate) => candidate.combination === undefined || steps(candidate));
    this.#pool.run(
      'obliviousHistogram',
      others.map((candidate) => {
        const { address, histogram, laneBytes } = candidate;
        if (steps(candidate)) return [address, rows, stats, stepwise, half, histogram, laneBytes];
        return [address, rows, stats, this.#plan, leaves.from.length, histogram, laneBytes];
      }),
    );
    this.#pool.run(
      'obliviousNarrowHistogram',
      fresh.map(({ address, histogram }) => [
        address,
        this.#sampler.rows[0],
        this.#sampler.stats[0],
        this.#leafOf,
        count,
        this.#slots,
        leaves.from.length,
        histogram,
      ]),
    );
    for (const candidate of tried) candidate.level = level;
  }

  #choose(
    tried: ReadonlyMap<Candidate, readonly number[]>,
    sample: Sample,
    leaves: Leaves,
    random: Random,
    noise: number,
  ): Best | undefined {
    const areas: number[] = [];
    const calls: number[][] = [];
    for (const [candidate, lanes] of tried) {
      for (const lane of lanes) {
        const area = this.#scores.take();
        areas.push(area);
        const state = area + SCORE_BYTES;
        const words = this.#pool.memory.u32(state, 4);
        if (noise > 0) for (let i = 0; i < 4; i++) words[i] = random.nextUint32() | (i === 0 ? 1 : 0);
        calls.push([
          candidate.histogram + lane * candidate.laneBytes,
          this.#slots,
          leaves.from.length,
          candidate.laneBytes * 4,
          candidate.buckets[lane],
          candidate.oneHot[lane] ? 1 : 0,
          this.#lambda,
          this.#settings.cosine ? 1 : 0,
          sample.unitGradient,
          sample.unitWeight,
          area,
          noise,
          state,
          state + 16,
        ]);
      }
    }
    this.#pool.run('obliviousScores', calls);
    const largest = this.#largestKeys(tried);
    let best: Best | undefined;
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
          const { quad, combination } = candidate;
          best = { candidate, split: { quad, lane, bin, combination, score } };
        }
      }
    }
    for (const area of areas) this.#scores.give(area);
    return best;
  }

  #largestKeys(tried: ReadonlyMap<Candidate, readonly number[]>): number {
    let largest = 1;
    for (const { combination } of tried.keys()) largest = Math.max(largest, combination?.trainIds ?? 0);
    return largest;
  }

  /** The original's model size penalty: (1 + keys / largest number of keys)^(−model_size_reg) until first used. */
  #penalised({ combination }: Candidate, lane: number, score: number, largest: number): number {
    if (combination === undefined || this.#used.has(usedKey({ combination, lane }))) return score;
    return score * (1 + combination.trainIds / largest) ** -this.#settings.modelSizeReg;
  }

  /**
   * Which leaves no training row is in after the last split. The sample tells most of the time: only when it makes a
   * split look redundant are all rows asked.
   */
  #emptyLeaves(best: Best, leaves: Leaves, splits: readonly TreeSplit[], permutation: number): boolean[] {
    const { candidate, split } = best;
    const count = leaves.from.length;
    const empty = new Array<boolean>(count * 2);
    for (let leaf = 0; leaf < count; leaf++) {
      const at = candidate.histogram + (leaves.slot[leaf] * 4 + split.lane) * candidate.laneBytes;
      const bins = this.#pool.memory.i64(at, candidate.buckets[split.lane] * 2);
      empty[leaf] = true;
      empty[leaf + count] = true;
      for (let b = 0; b < bins.length / 2; b++) {
        if (bins[b * 2 + 1] === 0n) continue;
        const answer = candidate.oneHot[split.lane] ? b === split.bin : b > split.bin;
        empty[answer ? leaf + count : leaf] = false;
      }
    }
    if (redundantSplit(empty) < 0) return empty;
    const filled = new Uint8Array(count * 2);
    const tests = splits.map(({ quad, lane, bin, combination }) => {
      const address = combination?.quads.get(permutation) ?? this.#columns.quads[quad].address;
      const oneHot = combination === undefined && this.#columns.quads[quad].lanes[lane].oneHot;
      return { bins: this.#pool.memory.u8(address + lane, this.#columns.trainRows * 4 - 3), bin, oneHot };
    });
    for (let row = 0; row < this.#columns.trainRows; row++) {
      let leaf = 0;
      for (let s = 0; s < tests.length; s++) {
        const { bins, bin, oneHot } = tests[s];
        const value = bins[row * 4];
        if (oneHot ? value === bin : value > bin) leaf |= 1 << s;
      }
      filled[leaf] = 1;
    }
    return Array.from(filled, (has) => has === 0);
  }

  #partition({ candidate, split }: Best, sampled: number, leaves: Leaves, level: number): Leaves {
    const [side, other] = [listOf(level), listOf(level + 1)];
    const { rows, stats } = this.#sampler;
    const count = leaves.from.length;
    const oneHot = candidate.oneHot[split.lane] ? 1 : 0;
    this.#pool.run(
      'obliviousPartition',
      Array.from(leaves.from, (from, leaf) => [
        candidate.address,
        split.lane * 8,
        split.bin,
        oneHot,
        rows[side],
        stats[side],
        from,
        leaves.to[leaf],
        rows[other],
        stats[other],
        this.#results + leaf * 4,
      ]),
    );
    if (this.#columns.categories.length > 0) {
      this.#pool.run(
        'obliviousLeafBit',
        chunks(sampled).map(([from, to]) => [
          candidate.address,
          split.lane * 8,
          split.bin,
          oneHot,
          rows[0],
          from,
          to,
          level,
          this.#leafOf,
        ]),
      );
    }
    const middles = this.#pool.memory.i32(this.#results, count);
    const next: Leaves = {
      from: new Int32Array(count * 2),
      to: new Int32Array(count * 2),
      slot: new Int32Array(count * 2),
    };
    for (let leaf = 0; leaf < count; leaf++) {
      const [from, middle, to] = [leaves.from[leaf], middles[leaf], leaves.to[leaf]];
      next.from[leaf] = from;
      next.to[leaf] = middle;
      next.from[leaf + count] = middle;
      next.to[leaf + count] = to;
      const falseIsSmaller = middle - from < to - middle;
      next.slot[leaf] = falseIsSmaller ? leaf + count : leaves.slot[leaf];
      next.slot[leaf + count] = falseIsSmaller ? leaves.slot[leaf] : leaf + count;
    }
    return next;
  }
}

interface Best {
  readonly candidate: Candidate;
  readonly split: TreeSplit;
}

function usedKey({ combination, lane }: { combination: Combination | undefined; lane: number }): string {
  return `${lane === 3 ? 'counter' : 'borders'} ${combination?.key}`;
}

/** The first split whose two sides are never both there, −1 for none (leaves by index, bit j is split j). */
export function redundantSplit(empty: readonly boolean[]): number {
  for (let bit = 1, split = 0; bit < empty.length; bit *= 2, split++) {
    let needed = false;
    for (let leaf = 0; leaf < empty.length; leaf++) {
      if ((leaf & bit) === 0 && !empty[leaf] && !empty[leaf | bit]) needed = true;
    }
    if (!needed) return split;
  }
  return -1;
}
