/** The keys that states lie under: the kind of entity and its ids, as texts that mean one entity alone. */
import { createHash } from 'node:crypto';

/** An id longer than this, in bytes, is stood for by its hash: stores bound the length of their keys. */
const LONGEST = 200;

/** `user-product/517/1004856`: no kind's keys begin with another kind and "/". */
export function entityKey(kind: string, ids: readonly string[]): string {
  return [kind, ...ids.map(written)].join('/');
}

/** "%" begins what is not written as it is: so two ids never look alike. */
function written(id: string): string {
  if (Buffer.byteLength(id) > LONGEST) return `%#${createHash('sha256').update(id).digest('hex')}`;
  return id.replaceAll('%', '%25').replaceAll('/', '%2F');
}
