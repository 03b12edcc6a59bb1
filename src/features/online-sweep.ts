/**
 * The contract of the pass over events one event at a time: its state lies in a key-value store, an entity a key, and the
 * same code (sweep.ts) reads and adds as over a file. It knows no store, only bytes under keys. Made by entity-sweep.ts:
 * `new EntitySweep({ idFeatures, families })`.
 */
import type { EventType, Feature } from './feature.js';

/** A clean event as a stream brings it; its columns are those of table/event-columns.ts. */
export interface ShopEvent {
  /** Microseconds since 1970, whole. */
  readonly us: number;
  readonly event_type: EventType;
  readonly product_id: string;
  readonly category_id: string | null;
  readonly category_code: string | null;
  readonly brand: string | null;
  /** NaN or null is missing. */
  readonly price: number | null;
  readonly user_id: string;
  readonly user_session: string;
}

/** Where the states are read from: for each key its bytes, undefined where there are none. */
export interface StateSource {
  get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
}

/** What events change: to be applied whole or not at all. A key is in one of both at most. */
export interface StateChanges {
  readonly puts: ReadonlyMap<string, Uint8Array>;
  readonly deletes: readonly string[];
}

/** Of each feature of the catalogue its value: a number, a text of a categorical feature, null for missing. */
export type FeatureValues = readonly (number | string | null)[];

export interface OnlineSweep {
  /** In the order of the values. */
  readonly features: readonly Feature[];

  /**
   * The changes that events make. They come in the order of their instants (within one in any order: the bytes are the
   * same), whole instants: every event later than those applied before (`STATE_LATE` otherwise), so the latest instant
   * of a stream waits until a later one begins. Exact duplicates within an instant count once. The changes of n events
   * in one call are, byte for byte, those of n calls with an instant each.
   *
   * Errors: `STATE_LATE`; `STATE_CORRUPT`, bytes that are no state; `STATE_NEWER`, states of a newer format;
   * `STATE_FEATURES`, states kept for other families of features.
   */
  advance(events: readonly ShopEvent[], states: StateSource): Promise<StateChanges>;

  /**
   * The features of moments (their `event_type` is view or cart), each at its own instant, from all events applied and
   * the `pending` ones (not applied yet, in order of time) before it. A moment must be later than all applied events:
   * `STATE_LATE` otherwise. Equal to the bit to a row of the pass over a file of the same events.
   */
  read(
    moments: readonly ShopEvent[],
    states: StateSource,
    pending?: readonly ShopEvent[],
  ): Promise<readonly FeatureValues[]>;

  /** The instant of the latest event applied, in microseconds; undefined before the first. */
  latest(states: StateSource): Promise<number | undefined>;
}
