/**
 * What online features are kept in: bytes under keys, read by key at once and changed a batch at a time, a batch whole or
 * not at all, together with how far the input has been taken in. Two back ends keep the same contract: a folder of this
 * machine (embedded-store.ts) and a server of Redis (redis-store.ts). It does not know what the bytes mean.
 */
import { EcommlError } from '../base/errors.js';

/** Changes of one batch; a key is put or deleted at most once. */
export interface OnlineBatch {
  readonly puts: ReadonlyMap<string, Uint8Array>;
  readonly deletes: Iterable<string>;
}

export interface OnlineStore {
  /** Where it is, for messages: never holds a password. */
  readonly place: string;

  /** The bytes under each key, undefined where there are none: all as they were at one instant, between two batches. */
  get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;

  /**
   * Keys of the log (they begin with `LOG`) from `from` up to but without `to`, in the order of their UTF-8 bytes, at most
   * `limit`. Other keys have no order.
   */
  logged(from: string, to: string, limit: number): Promise<[key: string, bytes: Uint8Array][]>;

  /** Every key that begins with `prefix`, in an order of the back end's own; a batch applied meanwhile may be seen in parts. */
  entries(prefix: string): AsyncGenerator<[key: string, bytes: Uint8Array]>;

  /** What the latest batch said of the input; undefined before the first. */
  position(): Promise<Uint8Array | undefined>;

  /** How many batches were applied: whoever reads in several steps sees by it whether the store changed meanwhile. */
  version(): Promise<number>;

  /**
   * Becomes the one that writes: whoever wrote before is refused from now on (`STORE_TAKEN`), so two can never mix their
   * batches. Must be called before `apply`.
   */
  claim(): Promise<void>;

  /** All of the batch and the position, or nothing; on the disk (Redis: as durable as the server is set to be) when it returns. */
  apply(batch: OnlineBatch, position: Uint8Array): Promise<void>;

  close(): Promise<void>;
}

/** Begins the keys that can be read in order. */
export const LOG = 'log/';

/** Keys that the back ends keep for themselves: no batch may hold one. */
export const OWN = 'store/';

export const FORMAT_KEY = `${OWN}format`;
export const POSITION_KEY = `${OWN}position`;
export const VERSION_KEY = `${OWN}version`;
export const WRITER_KEY = `${OWN}writer`;

/** A key in UTF-8 must not be longer: LMDB keeps keys within a page. */
export const MAX_KEY_BYTES = 1024;

/** The key in UTF-8; `STORE_KEY` for one that is empty or too long. */
export function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key);
  if (bytes.length === 0 || bytes.length > MAX_KEY_BYTES)
    throw new EcommlError(
      'STORE_KEY',
      `A key of ${bytes.length} bytes does not fit the online store: 1 to ${MAX_KEY_BYTES}.`,
    );
  return bytes;
}
