/**
 * The splits of one oblivious tree: at every level the one split, for all leaves at once, of the best score with noise
 * (CatBoost, greedy_tensor_search.cpp). This file is the course of a tree; it gives no leaf values.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import { SplitChooser } from './catboost-best-split.js';
import { type CatboostColumns, WIDE_LANE_BYTES } from './catboost-columns.js';
import type { Combination } from './catboost-combination.js';
import { combinationsToTry } from './catboost-combinations.js';
import { LevelHistograms, NARROW_LANE_BYTES } from './catboost-histograms.js';
import type { Learning } from './catboost-learning.js';
import { SamplePartition } from './catboost-partition.js';
import { emptyLeaves, redundantSplit } from './catboost-redundant-split.js';
import type { Sample } from './catboost-sampling.js';
import type { CatboostSettings } from './catboost-settings.js';
import { Slabs } from './catboost-slabs.js';
import type { Candidate, Leaves, TreeSplit } from './catboost-split.js';
import { NARROW_BINS, quadsOfLanes, type StatisticLane } from './catboost-statistic-lanes.js';
import type { TargetStatistics } from './catboost-target-statistics.js';

export class TreeGrower {
  readonly #pool: KernelPool;
  readonly #settings: CatboostSettings;
  readonly #columns: CatboostColumns;
  readonly #statistics: TargetStatistics;
  readonly #partition: SamplePartition;
  readonly #histograms: LevelHistograms;
  readonly #chooser: SplitChooser;
  readonly #fixed: Candidate[];
  /** Histograms of combinations of few bins, and of others. */
  readonly #narrow: Slabs;
  readonly #wide: Slabs;

  constructor(
    pool: KernelPool,
    settings: CatboostSettings,
    columns: CatboostColumns,
    statistics: TargetStatistics,
    { lists, listed, segments }: Pick<Learning, 'lists' | 'listed' | 'segments'>,
  ) {
    this.#pool = pool;
    this.#settings = settings;
    this.#columns = columns;
    this.#statistics = statistics;
    const slots = segments * 2 ** (settings.depth - 1);
    this.#partition = new SamplePartition(pool, lists, columns, listed, slots);
    this.#histograms = new LevelHistograms(pool, columns, lists, this.#partition.leafOf, slots);
    this.#chooser = new SplitChooser(pool, settings);
    this.#fixed = columns.quads.map(({ address, lanes }, quad) => ({
      quad,
      combination: undefined,
      firstLane: 0,
      address,
      laneBytes: WIDE_LANE_BYTES,
      buckets: lanes.map((lane) => lane.buckets),
      oneHot: lanes.map((lane) => lane.oneHot),
      histogram: this.#histograms.histogramOf(quad),
      level: -1,
    }));
    this.#narrow = new Slabs(pool.memory, slots * 4 * NARROW_LANE_BYTES);
    this.#wide = new Slabs(pool.memory, slots * 4 * WIDE_LANE_BYTES);
  }

  /** Grows on the sample that the sampler drew last; `noise` is the standard deviation of the scores' noise. */
  grow(sample: Sample, permutation: number, random: Random, noise: number): TreeSplit[] {
    const splits: TreeSplit[] = [];
    const open = new Map<string, readonly Candidate[]>();
    for (const candidate of this.#fixed) candidate.level = -1;
    let leaves = this.#partition.start(sample);
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
    for (const candidates of open.values()) {
      for (const { histogram, laneBytes } of candidates) this.#slabsOf(laneBytes).give(histogram);
    }
    return splits;
  }

  /** Candidates of this level with the lanes that are tried (rsm). */
  #candidates(
    splits: readonly TreeSplit[],
    permutation: number,
    random: Random,
    open: Map<string, readonly Candidate[]>,
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
      let candidates = open.get(combination.key);
      if (candidates === undefined) {
        const addresses = combination.quads.get(permutation) as readonly number[];
        candidates = quadsOfLanes(combination.lanes).map((lanes, q) =>
          this.#statisticCandidate(combination, lanes, q * 4, addresses[q]),
        );
        open.set(combination.key, candidates);
      }
      for (const candidate of candidates) {
        tried.set(
          candidate,
          candidate.buckets.map((_, lane) => lane),
        );
      }
    }
    return tried;
  }

  #statisticCandidate(
    combination: Combination,
    lanes: readonly StatisticLane[],
    firstLane: number,
    address: number,
  ): Candidate {
    const buckets = lanes.map(({ borders }) => borders + 1);
    const laneBytes = Math.max(...buckets) <= NARROW_BINS ? NARROW_LANE_BYTES : WIDE_LANE_BYTES;
    const histogram = this.#slabsOf(laneBytes).take();
    const oneHot = lanes.map(() => false);
    return { quad: -1, combination, firstLane, address, laneBytes, buckets, oneHot, histogram, level: -1 };
  }

  #slabsOf(laneBytes: number): Slabs {
    return laneBytes === NARROW_LANE_BYTES ? this.#narrow : this.#wide;
  }
}
