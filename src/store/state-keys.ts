/** The states of the pass over events as a part of the store: their keys are kept apart, and made short enough. */
import { createHash } from 'node:crypto';
import type { StateChanges, StateSource } from '../features/online-sweep.js';
import type { OnlineStore } from './online-store.js';

export const STATES = 'state/';
/** Of a longer key only the beginning is kept, and a digest of all of it. */
const MOST_BYTES = 900;
const KEPT_CHARACTERS = 100;

export function stateKey(key: string): string {
  if (Buffer.byteLength(key) <= MOST_BYTES) return STATES + key;
  return `${STATES}${key.slice(0, KEPT_CHARACTERS)}#${createHash('sha256').update(key).digest('base64url')}`;
}

export function statesOf(store: Pick<OnlineStore, 'get'>): StateSource {
  return { get: (keys) => store.get(keys.map(stateKey)) };
}

export function addStates(
  { puts, deletes }: StateChanges,
  into: { puts: Map<string, Uint8Array>; deletes: Set<string> },
) {
  for (const [key, bytes] of puts) into.puts.set(stateKey(key), bytes);
  for (const key of deletes) into.deletes.add(stateKey(key));
}
