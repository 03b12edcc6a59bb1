/**
 * XGBoost's sampling of columns (src/common/random.cc, ColumnSampler): for a tree, from these for a level, from these for a
 * node, the same columns as the original draws. It knows no tree; the caller asks in the order in which nodes are looked at.
 */
import { log } from '../kernels/plain/exponential.js';
import { MersenneTwister } from './mersenne-twister.js';

const f32 = Math.fround;
const LEAST_WEIGHT = f32(1e-6);

export interface ColumnShares {
  readonly byTree: number;
  readonly byLevel: number;
  readonly byNode: number;
  /** Chance of each column relative to the others; absent: all alike. */
  readonly weights?: readonly number[];
}

export class XgboostColumns {
  readonly #global: MersenneTwister;
  readonly #own: MersenneTwister;
  readonly #shares: ColumnShares;
  readonly #all: Uint32Array;
  #tree: Uint32Array;
  /** The columns of each level, drawn when its first node is looked at. */
  #levels: Uint32Array[] = [];

  /** `global` is the generator of the whole training; one word of it is taken, and by weighted draws more. */
  constructor(global: MersenneTwister, columns: number, shares: ColumnShares) {
    this.#global = global;
    this.#own = new MersenneTwister(global.nextUint32());
    this.#shares = shares;
    this.#all = Uint32Array.from({ length: columns }, (_, column) => column);
    // The original draws a tree's columns once before the first tree, for nothing.
    this.#tree = this.#draw(this.#all, shares.byTree);
  }

  /** The columns of the next tree, ascending. */
  beginTree(): Uint32Array {
    this.#levels = [];
    this.#tree = this.#draw(this.#all, this.#shares.byTree);
    return this.#tree;
  }

  /** The columns of the next node, which lies at `depth`, ascending. */
  nextNode(depth: number): Uint32Array {
    this.#levels[depth] ??= this.#draw(this.#tree, this.#shares.byLevel);
    return this.#draw(this.#levels[depth], this.#shares.byNode);
  }

  #draw(from: Uint32Array, share: number): Uint32Array {
    if (share >= 1) return from;
    const count = Math.max(1, Math.trunc(f32(f32(share) * from.length)));
    if (this.#shares.weights !== undefined) return this.#drawWeighted(from, count, this.#shares.weights);
    const shuffled = from.slice();
    this.#own.shuffle(shuffled);
    return shuffled.subarray(0, count).sort();
  }

  /** Efraimidis and Spirakis (2006): the largest of log(u) / weight. */
  #drawWeighted(from: Uint32Array, count: number, weights: readonly number[]): Uint32Array {
    const key = Float32Array.from(from, (column) => {
      const u = this.#global.nextSingle();
      return f32(u === 0 ? Number.NEGATIVE_INFINITY : log(u)) / Math.max(f32(weights[column]), LEAST_WEIGHT);
    });
    const order = Array.from(from, (_, i) => i).sort((a, b) => key[b] - key[a] || a - b);
    return Uint32Array.from(order.slice(0, count), (i) => from[i]).sort();
  }
}
