/**
 * Which product follows which: the products of one instant of a session's views (or of a user's purchases) and those of
 * its next. It counts pairs, in all sessions, before an instant; sets of one instant have no order, so none shows.
 *
 * An instant with more than `MOST` different products (a bot, an import) counts for nothing. The cost of an event is at
 * most `MOST` pairs, and one pair as a rule.
 */
import { IntColumn } from './growing-column.js';
import { PairCodes } from './pair-codes.js';
import type { ProductLists } from './sweep-state.js';

export const MOST = 8;

export interface Succession {
  /** Times the product followed one of the latest, and times anything did. */
  readonly here: number;
  readonly any: number;
  /** Whether there is a latest instant, with another product than this. */
  readonly known: boolean;
}

export class SuccessionPast {
  /** Products of one instant also follow each other, both ways, and so do those of neighbouring instants. */
  readonly #bothWays: boolean;
  /** Pairs of a product and one that followed it. */
  readonly pairs = new PairCodes();
  readonly #count = new IntColumn();
  readonly #followed = new IntColumn();
  readonly pairColumns = [this.#count];
  readonly productColumns = [this.#followed];
  /** Of a key: its latest product + 1, 0 for none; where there are several they lie in `#several`. */
  readonly #latest = new IntColumn();
  readonly #several = new Map<number, readonly number[]>();
  readonly #keys: number[] = [];
  readonly #products: number[] = [];

  /** Of a key: its latest products. */
  readonly latest: ProductLists = {
    get: (key) => {
      this.#latest.ensure(key + 1);
      return this.#latestOf(key);
    },
    set: (key, products) => {
      this.#latest.ensure(key + 1);
      this.#setLatest(key, products);
    },
  };

  constructor({ bothWays }: { readonly bothWays: boolean }) {
    this.#bothWays = bothWays;
  }

  ensure(keys: number, products: number): void {
    this.#latest.ensure(keys);
    this.#followed.ensure(products);
  }

  read(key: number, product: number): Succession {
    let here = 0;
    let any = 0;
    let known = false;
    for (const before of this.#latestOf(key)) {
      if (before === product) continue;
      const pair = this.pairs.find(before, product);
      known = true;
      here += pair < 0 ? 0 : this.#count.values[pair];
      any += this.#followed.values[before];
    }
    return { here, any, known };
  }

  add(key: number, product: number): void {
    this.#keys.push(key);
    this.#products.push(product);
  }

  /** After the last event of an instant. */
  endInstant(): void {
    const [keys, products] = [this.#keys, this.#products];
    if (keys.length === 1) {
      this.#follow(keys[0], [products[0]]);
    } else if (keys.length > 1) {
      const order = keys.map((_, i) => i).sort((a, b) => keys[a] - keys[b] || products[a] - products[b]);
      for (let from = 0, to = 0; from < order.length; from = to) {
        const key = keys[order[from]];
        const set: number[] = [];
        for (; to < order.length && keys[order[to]] === key; to++)
          if (set.at(-1) !== products[order[to]]) set.push(products[order[to]]);
        this.#follow(key, set);
      }
    }
    keys.length = 0;
    products.length = 0;
  }

  #follow(key: number, set: readonly number[]): void {
    const before = this.#latestOf(key);
    const counts = set.length <= MOST;
    if (counts) {
      for (const first of before) {
        for (const second of set) {
          this.#countPair(first, second);
          if (this.#bothWays) this.#countPair(second, first);
        }
      }
      if (this.#bothWays) for (const first of set) for (const second of set) this.#countPair(first, second);
    }
    this.#setLatest(key, counts ? set : []);
  }

  #setLatest(key: number, products: readonly number[]): void {
    this.#latest.values[key] = products.length === 0 ? 0 : products[0] + 1;
    if (products.length > 1) this.#several.set(key, products);
    else if (this.#several.size > 0) this.#several.delete(key);
  }

  #countPair(first: number, second: number): void {
    if (first === second) return;
    const pair = this.pairs.codeOf(first, second);
    this.#count.ensure(pair + 1);
    this.#count.values[pair]++;
    this.#followed.values[first]++;
  }

  #latestOf(key: number): readonly number[] {
    const latest = this.#latest.values[key];
    if (latest === 0) return [];
    return this.#several.get(key) ?? [latest - 1];
  }
}
