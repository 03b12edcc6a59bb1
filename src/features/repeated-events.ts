/**
 * Exact duplicates among the events of one instant: equal in every column. Each counts once, as the first of its rows in
 * the file, or as the history's when the file has none.
 */
import { type EventBatch, PROBE } from './event-batch.js';

/** Up to so many events of an instant are compared each with each. */
const FEW = 8;

/** Sets `repeated[i]` to 1 for every event of [from, to) that another one stands for. */
export function markRepeated(batch: EventBatch, from: number, to: number, repeated: Uint8Array): void {
  if (to - from <= FEW) {
    for (let i = from + 1; i < to; i++) {
      for (let k = from; k < i; k++) {
        if (repeated[k] === 1 || !equal(batch, i, k)) continue;
        drop(batch, i, k, repeated);
        break;
      }
    }
    return;
  }
  let room = 16;
  while (room < 2 * (to - from)) room *= 2;
  const slots = new Int32Array(room).fill(-1);
  for (let i = from; i < to; i++) {
    let slot = hash(batch, i) & (room - 1);
    while (slots[slot] >= 0 && !equal(batch, i, slots[slot])) slot = (slot + 1) & (room - 1);
    if (slots[slot] < 0) slots[slot] = i;
    else slots[slot] = drop(batch, i, slots[slot], repeated);
  }
}

/** Of two equal events, `earlier` first in the batch, marks the one that does not count; returns the other. */
function drop({ sourceRow }: EventBatch, later: number, earlier: number, repeated: Uint8Array): number {
  const kept = sourceRow[earlier] === 0 && sourceRow[later] > 0 ? later : earlier;
  repeated[kept === later ? earlier : later] = 1;
  return kept;
}

function equal(batch: EventBatch, a: number, b: number): boolean {
  const { session, product, user, type, category, categoryCode, brand, price, isMoment } = batch;
  return (
    isMoment[a] !== PROBE &&
    isMoment[b] !== PROBE &&
    session[a] === session[b] &&
    product[a] === product[b] &&
    user[a] === user[b] &&
    type[a] === type[b] &&
    category[a] === category[b] &&
    categoryCode[a] === categoryCode[b] &&
    brand[a] === brand[b] &&
    (price[a] === price[b] || (Number.isNaN(price[a]) && Number.isNaN(price[b])))
  );
}

function hash({ session, product, user, type }: EventBatch, i: number): number {
  let h = Math.imul(session[i], 0x9e3779b1) ^ Math.imul(product[i], 0x85ebca6b) ^ Math.imul(user[i], 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ type[i], 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
