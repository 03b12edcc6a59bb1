/**
 * The rows that ordered boosting chooses a tree's splits on (CatBoost, scoring.cpp, CalcStatsKernel): of each of a
 * permutation's models a body, which gives the averages that a leaf would have, and the tail behind it, which judges them.
 * Bodies are whole, tails are sampled. It grows no tree.
 */
import type { Random } from '../base/random.js';
import type { KernelPool } from '../kernels/pool.js';
import { BOOTSTRAP_BLOCK, Bootstrap } from './catboost-bootstrap.js';
import type { BodyTail, OrderedFold } from './catboost-folds.js';
import { type GradientSums, Gradients } from './catboost-gradients.js';
import { rowScale, type Sample, type SampleLists, sampleLists } from './catboost-sampling.js';
import type { CatboostSettings } from './catboost-settings.js';
import { chunks } from './row-chunks.js';

export class OrderedSampler {
  readonly #pool: KernelPool;
  readonly #rows: number;
  /** Gradients of each model; all folds have models of the same sizes. */
  readonly #gradients: readonly number[];
  /** Gradients of each place by the model whose tail it is in (the first model: its body too). */
  readonly #judged: number;
  readonly #makeGradients: Gradients;
  readonly #bootstrap: Bootstrap;
  readonly #lambdas: number;
  readonly lists: SampleLists;
  /** Rows in the lists at most. */
  readonly listed: number;

  constructor(pool: KernelPool, settings: CatboostSettings, rows: number, sizes: readonly BodyTail[]) {
    const { memory } = pool;
    this.#pool = pool;
    this.#rows = rows;
    this.#gradients = sizes.map(({ tail }) => memory.alloc(tail * 8));
    this.#judged = memory.alloc(rows * 8);
    this.#makeGradients = new Gradients(pool, rows);
    this.#bootstrap = new Bootstrap(pool, settings, rows);
    this.#lambdas = memory.alloc(sizes.length * 8);
    this.listed = sizes.reduce((sum, { tail }) => sum + tail, 0);
    this.lists = sampleLists(memory, this.listed);
  }

  /** Samples for the next tree on a fold; `meanLeaf` is the mean |leaf| of the tree before, undefined for the first. */
  draw(fold: OrderedFold, random: Random, meanLeaf: number | undefined): Sample {
    const { memory } = this.#pool;
    const tails: GradientSums[] = [];
    const bodies: GradientSums[] = [];
    const judged = memory.f64(this.#judged, this.#rows);
    fold.models.forEach(({ odds, body, tail }, m) => {
      const out = this.#gradients[m];
      bodies.push(this.#makeGradients.fill(odds, fold.labels, fold.weights, 0, body, out));
      tails.push(this.#makeGradients.fill(odds, fold.labels, fold.weights, body, tail, out));
      const from = m === 0 ? 0 : body;
      judged.set(memory.f64(out + from * 8, tail - from), from);
    });
    const sum = (of: readonly GradientSums[], what: keyof GradientSums) => of.reduce((total, s) => total + s[what], 0);
    const most = (what: keyof GradientSums) => [...bodies, ...tails].reduce((top, s) => Math.max(top, s[what]), 0);
    const meanSize = meanLeaf ?? (sum(tails, 'sizes') + bodies[0].sizes) / this.#rows;
    const weights = this.#bootstrap.draw(random, this.#judged, fold.weights, meanSize);
    const scaleG = rowScale(Math.max(most('most'), weights?.mostG ?? 0));
    const scaleW = rowScale(Math.max(most('heaviest'), weights?.mostW ?? 0));
    const ends = this.#list(fold, weights?.address ?? 0, scaleG, scaleW);
    const deviation = Math.sqrt(sum(tails, 'squares') / (this.#rows - fold.models[0].body));
    memory.f64(this.#lambdas, fold.models.length).set(fold.models.map((model) => model.lambda));
    const count = ends[ends.length - 1];
    return { count, ends, unitGradient: 1 / scaleG, unitWeight: 1 / scaleW, lambda: this.#lambdas, deviation };
  }

  /** Lists the bodies and the sampled tails; rows are those of the table, in the fold's order. */
  #list(fold: OrderedFold, samples: number, scaleG: number, scaleW: number): number[] {
    const { rows, stats } = this.lists;
    const ends: number[] = [];
    const calls: number[][] = [];
    let place = 0;
    const add = (gradients: number, sampled: number, first: number, last: number) => {
      for (const [a, b] of chunks(last - first, BOOTSTRAP_BLOCK)) {
        const [from, to] = [first + a, first + b];
        const kept = sampled === 0 ? to - from : countAbove0(this.#pool.memory.f64(sampled + from * 8, to - from));
        calls.push([
          ...[gradients, fold.weights, sampled, fold.order, from, to],
          ...[scaleG, scaleW, place, kept, rows[0], stats[0]],
        ]);
        place += kept;
      }
      ends.push(place);
    };
    fold.models.forEach(({ body, tail }, m) => {
      add(this.#gradients[m], 0, 0, body);
      add(this.#gradients[m], samples, body, tail);
    });
    this.#pool.run('sampleRows', calls);
    return ends;
  }
}

function countAbove0(weights: Float64Array): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) count++;
  return count;
}
