/**
 * Online against offline: stored events are taken in one instant after another by the pass that serves online, from and
 * to bytes, and moments read on the way are held to the stored rows, bit by bit. It reads no files.
 */
import type { EntitySweep } from '../features/entity-sweep.js';
import type { ShopEvent, StateChanges, StateSource } from '../features/online-sweep.js';
import type { OnlineStore } from './online-store.js';
import { STATES, stateKey } from './state-keys.js';

/** States in memory. */
export class States implements StateSource {
  readonly values = new Map<string, Uint8Array>();

  async get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    return keys.map((key) => this.values.get(key));
  }

  apply({ puts, deletes }: StateChanges): void {
    for (const key of deletes) this.values.delete(key);
    for (const [key, bytes] of puts) this.values.set(key, bytes);
  }
}

/** A stored row's values beside the event that it is of. */
export interface StoredMoment {
  readonly moment: ShopEvent;
  /** In the order of the sweep's features. */
  readonly stored: readonly unknown[];
}

export interface ValueDifference {
  readonly feature: string;
  readonly at: number;
  readonly user: string;
  readonly product: string;
  readonly online: number | string | null;
  readonly offline: unknown;
}

/** Events of a call: more are not faster. */
const MOST_EVENTS = 500;

export class Replay {
  readonly states = new States();
  events = 0;
  moments = 0;
  differences: ValueDifference[] = [];
  different = 0;
  readonly #sweep: EntitySweep;
  #waiting: ShopEvent[] = [];

  constructor(sweep: EntitySweep) {
    this.#sweep = sweep;
  }

  /** The events of one instant, and the moments among them that are compared. */
  async instant(events: readonly ShopEvent[], moments: readonly StoredMoment[]): Promise<void> {
    if (moments.length > 0) {
      await this.settle();
      const values = await this.#sweep.read(
        moments.map(({ moment }) => moment),
        this.states,
      );
      for (const [i, row] of values.entries()) this.#compare(moments[i], row);
    }
    this.#waiting.push(...events);
    this.events += events.length;
    if (this.#waiting.length >= MOST_EVENTS) await this.settle();
  }

  /** Applies what came. */
  async settle(): Promise<void> {
    if (this.#waiting.length === 0) return;
    this.states.apply(await this.#sweep.advance(this.#waiting, this.states));
    this.#waiting = [];
  }

  #compare({ moment, stored }: StoredMoment, values: readonly (number | string | null)[]): void {
    this.moments++;
    for (const [f, { name }] of this.#sweep.features.entries()) {
      if (same(values[f], stored[f])) continue;
      this.different++;
      if (this.differences.length < 20)
        this.differences.push({
          feature: name,
          at: moment.us,
          user: moment.user_id,
          product: moment.product_id,
          online: values[f],
          offline: stored[f],
        });
    }
  }
}

/** To the bit, but for the sign of 0; infinite numbers come as texts out of a database. */
function same(online: number | string | null, offline: unknown): boolean {
  return (
    online === offline || (typeof online === 'number' && !Number.isFinite(online) && String(online) === String(offline))
  );
}

export interface StateDifferences {
  readonly states: number;
  readonly different: number;
  /** In the replay and not in the online store, and the other way round. */
  readonly missing: number;
  readonly extra: number;
  readonly first?: string;
}

/** The states of an online store, byte by byte. */
export async function compareStates(expected: States, online: OnlineStore): Promise<StateDifferences> {
  const left = new Map([...expected.values].map(([key, bytes]) => [stateKey(key), bytes]));
  const states = left.size;
  let different = 0;
  let extra = 0;
  let first: string | undefined;
  for await (const [key, bytes] of online.entries(STATES)) {
    const wanted = left.get(key);
    left.delete(key);
    if (wanted === undefined) extra++;
    else if (Buffer.compare(wanted, bytes) !== 0) different++;
    else continue;
    first ??= key;
  }
  first ??= left.keys().next().value;
  return {
    states,
    different,
    missing: left.size,
    extra,
    ...(first === undefined ? {} : { first: first.slice(STATES.length) }),
  };
}
