/** Events for the pass over one event at a time, and a store in memory to keep its states in. */
import type { OnlineSweep, ShopEvent, StateChanges, StateSource } from '#ecomml/features/online-sweep.js';
import type { Database } from '#ecomml/table/duckdb.js';
import { identifier } from '#ecomml/table/duckdb.js';

export class MemoryStore implements StateSource {
  readonly values = new Map<string, Uint8Array>();

  async get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.values.get(key));
  }

  apply({ puts, deletes }: StateChanges): void {
    for (const key of deletes) this.values.delete(key);
    for (const [key, bytes] of puts) this.values.set(key, bytes);
  }

  /** All of it as one text. */
  dump(): string {
    return [...this.values]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, bytes]) => `${key} ${Buffer.from(bytes).toString('hex')}`)
      .join('\n');
  }
}

/** Clean events of a relation in the order of time, and then of its rows. */
export async function readShopEvents(db: Database, relation: string): Promise<ShopEvent[]> {
  const rows = await db.rows(
    `SELECT epoch_us(event_time)::DOUBLE AS us, event_type, product_id, category_id, category_code, brand, price, user_id,
       user_session FROM ${identifier(relation)} ORDER BY us, source_row`,
  );
  return rows as unknown as ShopEvent[];
}

/** Each instant's moments read before its events are applied, as a shop would: their values in the order of the events. */
export async function replay(
  sweep: OnlineSweep,
  store: MemoryStore,
  events: readonly ShopEvent[],
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let from = 0, to = 0; from < events.length; from = to) {
    while (to < events.length && events[to].us === events[from].us) to++;
    const instant = events.slice(from, to);
    const moments = instant.filter(({ event_type }) => event_type === 'view' || event_type === 'cart');
    for (const values of await sweep.read(moments, store))
      rows.push(Object.fromEntries(sweep.features.map(({ name }, i) => [name, values[i]])));
    store.apply(await sweep.advance(instant, store));
  }
  return rows;
}
