/**
 * The splits of one oblivious tree: at every level the one split, for all leaves at once, of the best score with noise
 * (CatBoost, greedy_tensor_search.cpp). This file is the course of a tree; it gives no leaf values.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import { SplitChooser } from './catboost-best-split.js';
import { type CatboostColumns, WIDE_LANE_BYTES } from './catboost-columns.js';
import { combinationsToTry } from './catboost-combinations.js';
import { LevelHistograms } from './catboost-histograms.js';
import { SamplePartition } from './catboost-partition.js';
import { emptyLeaves, redundantSplit } from './catboost-redundant-split.js';
import type { Sample, Sampler } from './catboost-sampling.js';
import type { CatboostSettings } from './catboost-settings.js';
import { Slabs } from './catboost-slabs.js';
import { type Candidate, type Leaves, STATISTIC_BINS, type TreeSplit } from './catboost-split.js';
import type { TargetStatistics } from './catboost-target-statistics.js';

const NARROW_LANE_BYTES = STATISTIC_BINS * 16;

export class TreeGrower {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #columns: CatboostColumns;
  readonly #statistics: TargetStatistics;
  readonly #partition: SamplePartition;
  readonly #histograms: LevelHistograms;
  readonly #chooser: SplitChooser;
  readonly #fixed: Candidate[];
  /** Histograms of combinations. */
  readonly #narrow: Slabs;

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
    this.#partition = new SamplePartition(pool, sampler, columns, settings.depth);
    this.#histograms = new LevelHistograms(pool, sampler, this.#partition.leafOf, settings.depth);
    this.#chooser = new SplitChooser(pool, settings, lambda);
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
  }

  /** Grows on the sample that the sampler drew last; `noise` is the standard deviation of the scores' noise. */
  grow(sample: Sample, permutation: number, random: Random, noise: number): TreeSplit[] {
    const splits: TreeSplit[] = [];
    const open = new Map<string, Candidate>();
    for (const candidate of this.#fixed) candidate.level = -1;
    let leaves = this.#partition.start(sample.count);
    let before: Leaves | undefined;
    for (let level = 0; level < this.#settings.depth; level++) {
      const tried = this.#candidates(splits, permutation, random, open);
      this.#histograms.fill([...tried.keys()], sample.count, leaves, before, level);
      const best = this.#chooser.best(tried, sample, this.#histograms.slots, leaves.from.length, random, noise);
      if (best === undefined) break;
      splits.push(best.split);
      this.#chooser.use(best);
      const empty = emptyLeaves(this.#pool.memory, this.#columns, best, leaves, splits, permutation);
      const redundant = redundantSplit(empty);
      if (redundant >= 0) {
        splits.splice(redundant, 1);
        break;
      }
      if (level + 1 === this.#settings.depth) break;
      before = leaves;
      leaves = this.#partition.split(best, leaves, level);
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
    const combinations = combinationsToTry(
      this.#statistics,
      this.#columns.categories.length,
      splits,
      this.#settings.maxCtrComplexity,
      takes,
    );
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
}
