/**
 * One entity's views, carts and purchases of the last 30 days, one after the other, so that any window before any later
 * instant can be counted: exactly what sliding-windows.ts counts as it goes, without a clock that has to go on.
 *
 * Whole chunks of `CHUNK` events (by the event's number among all of the entity) lie under keys of their own, the rest
 * in the entity's state with, of each chunk, its span and counts. So an event changes a few hundred bytes, and a window
 * reads at most one chunk, however often the entity was seen.
 */
import { PURCHASE } from './event-batch.js';
import { PLACE, SPANS } from './sliding-windows.js';
import type { StateReader, StateWriter } from './state-bytes.js';
import { WINDOWS } from './totals.js';

export const CHUNK = 256;
const TYPES = 3;
const LONGEST_US = SPANS[SPANS.length - 1];

interface ChunkSpan {
  readonly number: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Views, carts, purchases. */
  readonly counts: readonly number[];
  readonly spend: bigint;
}

/** Events of one entity, in the order of time. */
export interface LoggedEvents {
  readonly us: number[];
  readonly type: number[];
  /** What a purchase cost, in ten-thousandths; NaN for none, and for all that is no purchase. */
  readonly units: number[];
}

export interface WindowCounts {
  readonly counts: number[];
  readonly spend: bigint;
}

export class WindowLog {
  #seen = 0;
  #spans: ChunkSpan[] = [];
  #tail: LoggedEvents = { us: [], type: [], units: [] };
  readonly #chunks = new Map<number, LoggedEvents>();
  /** Chunks filled, and chunks let go, since the state was read. */
  readonly filled: number[] = [];
  readonly gone: number[] = [];

  add(us: number, type: number, units: number): void {
    if (PLACE[type] < 0) return;
    const tail = this.#tail;
    tail.us.push(us);
    tail.type.push(type);
    tail.units.push(type === PURCHASE ? units : Number.NaN);
    if (++this.#seen % CHUNK === 0) this.#fill();
    while (this.#spans.length > 0 && this.#spans[0].lastUs < us - LONGEST_US) {
      const { number } = this.#spans.shift() as ChunkSpan;
      this.#chunks.delete(number);
      this.gone.push(number);
    }
    const keep = this.#tail.us.findIndex((one) => one >= us - LONGEST_US);
    if (keep > 0) for (const column of Object.values(this.#tail)) column.splice(0, keep);
  }

  /** The numbers of the chunks that the window from `from` on begins in: to be given to `setChunk` before `count`. */
  partly(from: number): number[] {
    return this.#spans
      .filter(({ number, firstUs, lastUs }) => firstUs < from && from <= lastUs && !this.#chunks.has(number))
      .map(({ number }) => number);
  }

  setChunk(number: number, events: LoggedEvents): void {
    this.#chunks.set(number, events);
  }

  /** Events not before `from`, by type. */
  count(from: number): WindowCounts {
    const counts = [0, 0, 0];
    let spend = 0n;
    const one = ({ us, type, units }: LoggedEvents) => {
      for (let i = us.length - 1; i >= 0 && us[i] >= from; i--) {
        counts[typePlace(type[i])]++;
        if (!Number.isNaN(units[i])) spend += BigInt(units[i]);
      }
    };
    for (let s = this.#spans.length - 1; s >= 0 && this.#spans[s].lastUs >= from; s--) {
      const span = this.#spans[s];
      if (span.firstUs < from) {
        one(this.#chunks.get(span.number) as LoggedEvents);
        continue;
      }
      for (let type = 0; type < TYPES; type++) counts[type] += span.counts[type];
      spend += span.spend;
    }
    one(this.#tail);
    return { counts, spend };
  }

  save(to: StateWriter): void {
    to.whole(this.#seen);
    to.whole(this.#spans.length);
    for (const { number, firstUs, lastUs, counts, spend } of this.#spans) {
      to.whole(number);
      to.double(firstUs);
      to.double(lastUs);
      for (const count of counts) to.whole(count);
      to.text(spend === 0n ? null : spend.toString());
    }
    saveEvents(this.#tail, to);
  }

  restore(from: StateReader): void {
    this.#seen = from.whole();
    this.#spans = [];
    for (let left = from.whole(); left > 0; left--) {
      const [number, firstUs, lastUs] = [from.whole(), from.double(), from.double()];
      const counts = [from.whole(), from.whole(), from.whole()];
      this.#spans.push({ number, firstUs, lastUs, counts, spend: BigInt(from.text() ?? 0) });
    }
    this.#tail = restoreEvents(from);
  }

  chunk(number: number): LoggedEvents {
    return this.#chunks.get(number) as LoggedEvents;
  }

  #fill(): void {
    const number = this.#seen / CHUNK - 1;
    const { us, type, units } = this.#tail;
    const counts = [0, 0, 0];
    for (const one of type) counts[typePlace(one)]++;
    const spend = units.reduce((sum, one) => sum + (Number.isNaN(one) ? 0n : BigInt(one)), 0n);
    this.#spans.push({ number, firstUs: us[0], lastUs: us[us.length - 1], counts, spend });
    this.#chunks.set(number, this.#tail);
    this.filled.push(number);
    this.#tail = { us: [], type: [], units: [] };
  }
}

function typePlace(type: number): number {
  return PLACE[type] / WINDOWS.length;
}

export function saveEvents({ us, type, units }: LoggedEvents, to: StateWriter): void {
  to.whole(us.length);
  let last = 0;
  for (let i = 0; i < us.length; i++) {
    to.whole(us[i] - last);
    to.whole(type[i]);
    if (type[i] === PURCHASE) to.double(units[i]);
    last = us[i];
  }
}

export function restoreEvents(from: StateReader): LoggedEvents {
  const events: LoggedEvents = { us: [], type: [], units: [] };
  let last = 0;
  for (let left = from.whole(); left > 0; left--) {
    last += from.whole();
    const type = from.whole();
    if (type < 0 || type >= PLACE.length || PLACE[type] < 0) throw from.corrupt(`${type} is no type of event`);
    events.us.push(last);
    events.type.push(type);
    events.units.push(type === PURCHASE ? from.double() : Number.NaN);
  }
  return events;
}
