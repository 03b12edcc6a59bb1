/**
 * The windows of a few entities, whose logs (window-log.ts) came from their states: in the place of the queue of all
 * events (sliding-windows.ts) where events come one at a time.
 */
import type { EventBatch } from './event-batch.js';
import { SPANS, STRIDE, writeCounts } from './sliding-windows.js';
import type { Windows } from './sweep.js';
import { type Totals, WINDOWS } from './totals.js';
import { WindowLog } from './window-log.js';

/** What windows are counted of. */
export const LOGGED = ['product', 'category', 'brand', 'user'] as const;

export type Logged = (typeof LOGGED)[number];

export class WindowLogs implements Windows {
  #us = 0;
  readonly #logs: Readonly<Record<Logged, WindowLog[]>> = { product: [], category: [], brand: [], user: [] };

  ensure(products: number, categories: number, brands: number, users: number): void {
    const sizes = { product: products, category: categories, brand: brands, user: users };
    for (const kind of LOGGED) while (this.#logs[kind].length < sizes[kind]) this.#logs[kind].push(new WindowLog());
  }

  advanceTo(us: number): void {
    this.#us = us;
  }

  logOf(kind: Logged, code: number): WindowLog {
    while (this.#logs[kind].length <= code) this.#logs[kind].push(new WindowLog());
    return this.#logs[kind][code];
  }

  /** The numbers of the chunks that the windows before an instant need of an entity, before `read`. */
  chunksFor(kind: Logged, code: number, us: number): number[] {
    const log = this.logOf(kind, code);
    return [...new Set(SPANS.flatMap((span) => log.partly(us - span)))];
  }

  read(totals: Totals, row: number, batch: EventBatch, i: number): void {
    let spend = 0n;
    // The counters of this one event's entities alone: each has code 0.
    const counters = { product: EMPTY, category: EMPTY, brand: EMPTY, user: EMPTY };
    for (const kind of LOGGED) {
      if (batch[kind][i] < 0) continue;
      const log = this.logOf(kind, batch[kind][i]);
      counters[kind] = new Int32Array(STRIDE);
      for (let w = 0; w < SPANS.length; w++) {
        const found = log.count(this.#us - SPANS[w]);
        for (let type = 0; type < found.counts.length; type++)
          counters[kind][type * WINDOWS.length + w] = found.counts[type];
        if (kind === 'user') spend = found.spend;
      }
    }
    const codes = Object.fromEntries(LOGGED.map((kind) => [kind, Int32Array.of(batch[kind][i] < 0 ? -1 : 0)]));
    writeCounts(totals, row, { ...batch, ...codes }, 0, counters);
    totals.user_spend_units_30d[row] = Number(spend);
  }

  add({ us, type, product, category, brand, user }: EventBatch, i: number, units: number): void {
    this.logOf('product', product[i]).add(us[i], type[i], units);
    if (category[i] >= 0) this.logOf('category', category[i]).add(us[i], type[i], units);
    if (brand[i] >= 0) this.logOf('brand', brand[i]).add(us[i], type[i], units);
    this.logOf('user', user[i]).add(us[i], type[i], units);
  }
}

const EMPTY = new Int32Array(STRIDE);
