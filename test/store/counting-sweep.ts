/**
 * A pass over events that only counts, under the contract of the real one: it refuses what the contract refuses (instants
 * that come back, events out of order), so that tests of what calls it see every breach of it at once.
 */
import { EcommlError } from '#ecomml/base/errors.js';
import type { OnlineSweep, ShopEvent, StateChanges, StateSource } from '#ecomml/features/online-sweep.js';

const LATEST = 'latest';

export class CountingSweep implements OnlineSweep {
  readonly features = [];

  async advance(events: readonly ShopEvent[], states: StateSource): Promise<StateChanges> {
    const keys = [LATEST, ...new Set(events.flatMap(keysOf))];
    const found = new Map((await states.get(keys)).map((bytes, i) => [keys[i], text(bytes)]));
    let latest = Number(found.get(LATEST) ?? 0);
    if (events.some(({ us }) => us <= latest)) throw new EcommlError('STATE_LATE', 'An instant came back.');
    for (const event of events) {
      if (event.us < latest) throw new EcommlError('STATE_LATE', 'The events are out of order.');
      latest = event.us;
      // The order within an instant must not show, that of instants must.
      for (const key of keysOf(event)) {
        const [instant = '0', count = '0', sum = '0'] = (found.get(key) ?? '').split(' ').filter((part) => part !== '');
        const mixed = Number(instant) === event.us ? Number(sum) : (Number(sum) * 31) % 1_000_003;
        found.set(key, `${event.us} ${Number(count) + 1} ${(mixed + (event.us % 1009)) % 1_000_003}`);
      }
    }
    found.set(LATEST, `${latest}`);
    const puts = new Map<string, Uint8Array>();
    for (const [key, value] of found) if (value !== undefined) puts.set(key, Buffer.from(value));
    return { puts, deletes: [] };
  }

  /** Of each moment: the events of its user, product and session before it. */
  async read(moments: readonly ShopEvent[], states: StateSource, pending: readonly ShopEvent[] = []) {
    const read = async (moment: ShopEvent) => {
      const keys = keysOf(moment);
      const applied = (await states.get(keys)).map((bytes) => Number((text(bytes) ?? '0 0').split(' ')[1]));
      return keys.map((key, k) => applied[k] + pending.filter((event) => keysOf(event)[k] === key).length);
    };
    return Promise.all(moments.map(read));
  }

  async latest(states: StateSource): Promise<number | undefined> {
    const [bytes] = await states.get([LATEST]);
    return bytes === undefined ? undefined : Number(text(bytes));
  }
}

function keysOf({ user_id, product_id, user_session }: ShopEvent): string[] {
  return [`user/${user_id}`, `product/${product_id}`, `session/${user_session}`];
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}
