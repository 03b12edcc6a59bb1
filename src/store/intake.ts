/**
 * Takes cleaned records into an online store: each event once by its id, in the order of time, exactly as far as the
 * position says. It reads no input and writes no file.
 *
 * Order: the watermark is the latest instant seen less the lateness allowed. An event before the watermark is rejected;
 * one at or after it is kept and waits in the store until the watermark has passed its instant, then it is applied with
 * all others of its instant. So what is applied does not depend on how the records came in batches.
 * Once: an event is known by its id, and by all of its values, as far back as the horizon behind the watermark; of what
 * is older nothing could be applied anyway, unless an id comes again with a later time.
 */
import type { OnlineSweep, ShopEvent } from '../features/online-sweep.js';
import {
  contentKey,
  eventBytes,
  eventOf,
  idEntry,
  idKey,
  idOfEntry,
  instantBytes,
  instantOf,
  seenBefore,
  waitingBefore,
  waitingKey,
} from './event-log.js';
import { type IngestCounts, type IngestPosition, positionBytes } from './ingest-position.js';
import type { OnlineStore } from './online-store.js';
import { addStates, statesOf } from './state-keys.js';

/** A record after cleaning. */
export type IntakeRecord =
  /** `id`: the file's own id of the event, null where it has none. */
  | { readonly kind: 'event'; readonly event: ShopEvent; readonly id: string | null }
  | { readonly kind: 'reject'; readonly column: string; readonly reason: string }
  | { readonly kind: 'passed-over' };

export interface IntakeRules {
  /** Microseconds that an event may be older than the latest one seen. */
  readonly lateness: number;
  /** Microseconds behind the watermark for which ids are kept. */
  readonly horizon: number;
  /** Microseconds since 1970: later events are rejected, a clock that runs ahead must not make all others late. */
  readonly latest: number;
}

export interface IntakeReject {
  /** The place of the record in the batch. */
  readonly record: number;
  readonly column: string;
  readonly reason: string;
}

export const LATE = 'late: events up to a later time were applied already';
export const AHEAD = 'ahead of the clock by more than a day';

/** So many waiting events are applied in one batch of the store. */
const APPLIED_AT_ONCE = 20_000;

interface Kept {
  readonly event: ShopEvent;
  readonly order: number;
}

/** A kept event that lies in the store. */
interface Waiting extends Kept {
  readonly key: string;
}

/** A batch that was judged and is not in the store yet. */
export interface JudgedBatch {
  readonly rejects: readonly IntakeReject[];
  /** How many of them came after the watermark had passed. */
  readonly late: number;
  readonly counts: IngestCounts;
  readonly watermark: number;
  readonly newest: number;
  readonly kept: readonly Kept[];
  readonly seen: ReadonlyMap<string, Uint8Array>;
}

export class Intake {
  readonly #store: OnlineStore;
  readonly #sweep: OnlineSweep;
  readonly #rules: IntakeRules;
  #position: IngestPosition;

  constructor(store: OnlineStore, sweep: OnlineSweep, rules: IntakeRules, position: IngestPosition) {
    this.#store = store;
    this.#sweep = sweep;
    this.#rules = rules;
    this.#position = position;
  }

  get position(): IngestPosition {
    return this.#position;
  }

  /** Decides of each record what becomes of it; changes nothing. */
  async judge(records: readonly IntakeRecord[]): Promise<JudgedBatch> {
    const { lateness, horizon, latest } = this.#rules;
    const known = await this.#known(records);
    const counts = { ...this.#position.counts };
    const rejects: IntakeReject[] = [];
    const kept: Kept[] = [];
    const seen = new Map<string, Uint8Array>();
    let { watermark, newest } = this.#position;
    for (const [i, record] of records.entries()) {
      const order = counts.in++;
      const reject = (column: string, reason: string) => {
        counts.rejected++;
        rejects.push({ record: i, column, reason });
      };
      if (record.kind === 'passed-over') counts.passedOver++;
      else if (record.kind === 'reject') reject(record.column, record.reason);
      else {
        const { event, id } = record;
        const forgotten = watermark - horizon;
        const content = contentKey(event);
        const named = id === null ? undefined : idKey(id);
        const instant = named === undefined ? undefined : (seen.get(named) ?? known.get(named));
        const isKnown =
          (event.us >= forgotten && (seen.has(content) || known.has(content))) ||
          (instant !== undefined && instantOf(instant) >= forgotten);
        if (isKnown) counts.duplicates++;
        else if (event.us > latest) reject('event_time', AHEAD);
        else if (event.us < watermark) reject('event_time', LATE);
        else {
          counts.kept++;
          kept.push({ event, order });
          seen.set(content, NOTHING);
          if (named !== undefined) {
            seen.set(named, instantBytes(event.us));
            seen.set(idEntry(event.us, named), NOTHING);
          }
          newest = Math.max(newest, event.us);
          watermark = Math.max(watermark, newest - lateness);
        }
      }
    }
    const late = rejects.filter(({ reason }) => reason === LATE).length;
    return { rejects, late, counts, watermark, newest, kept, seen };
  }

  /** Puts a judged batch into the store, with the events that its watermark lets go. `rest` is told of the input. */
  async commit(batch: JudgedBatch, rest: Pick<IngestPosition, 'sources' | 'rejects'>): Promise<void> {
    const puts = new Map(batch.seen);
    const { watermark, newest } = batch;
    const waiting = this.#position.counts.waiting;
    const due = waiting === 0 ? [] : await this.#waiting(watermark, APPLIED_AT_ONCE + 1);
    const many = due.length > APPLIED_AT_ONCE;
    const ready = many ? [] : batch.kept.filter(({ event }) => event.us < watermark);
    for (const { event, order } of batch.kept)
      if (many || event.us >= watermark) puts.set(waitingKey(event.us, order), eventBytes(event));
    const released = many ? [] : due;
    const counts = {
      ...batch.counts,
      waiting: waiting + batch.kept.length - ready.length - released.length,
      applied: batch.counts.applied + ready.length + released.length,
    };
    const position: IngestPosition = { ...this.#position, ...rest, counts, watermark, newest };
    await this.#apply(
      released.map(({ key }) => key),
      [...ready, ...released],
      puts,
      position,
    );
    if (many) await this.release();
  }

  /** Applies waiting events before the watermark, many times in pieces: after a kill, too, it goes on where it stopped. */
  async release(): Promise<void> {
    for (;;) {
      const { counts, watermark } = this.#position;
      if (counts.waiting === 0) return;
      const due = await this.#waiting(watermark, APPLIED_AT_ONCE + 1);
      if (due.length === 0) return;
      // An instant is applied whole.
      const piece = due.length <= APPLIED_AT_ONCE ? due : await this.#wholeInstants(due);
      const moved = { ...counts, waiting: counts.waiting - piece.length, applied: counts.applied + piece.length };
      await this.#apply(
        piece.map(({ key }) => key),
        piece,
        new Map(),
        { ...this.#position, counts: moved },
      );
    }
  }

  async #apply(
    gone: readonly string[],
    events: readonly Kept[],
    puts: Map<string, Uint8Array>,
    position: IngestPosition,
  ): Promise<void> {
    const deletes = new Set(gone);
    await this.#forget(position.watermark, puts, deletes);
    if (events.length > 0) {
      const ordered = [...events]
        .sort((a, b) => a.event.us - b.event.us || a.order - b.order)
        .map(({ event }) => event);
      addStates(await this.#sweep.advance(ordered, statesOf(this.#store)), { puts, deletes });
    }
    await this.#store.apply({ puts, deletes }, positionBytes(position));
    this.#position = position;
  }

  /** Lets go of ids that are older than the horizon: a few for each that comes, so that no batch has many. */
  async #forget(watermark: number, puts: ReadonlyMap<string, Uint8Array>, deletes: Set<string>): Promise<void> {
    const before = watermark - this.#rules.horizon;
    if (before <= 0) return;
    const entries = await this.#store.logged(...seenBefore(before), 2 * puts.size + 1000);
    const ids = entries.map(([key]) => idOfEntry(key)).filter((id) => id !== undefined);
    const instants = await this.#store.get(ids);
    for (const [key] of entries) deletes.add(key);
    // An id that came again since has a later entry.
    for (const [i, id] of ids.entries()) {
      const instant = instants[i];
      if (instant !== undefined && instantOf(instant) < before && !puts.has(id)) deletes.add(id);
    }
  }

  async #waiting(before: number, limit: number): Promise<Waiting[]> {
    const found = await this.#store.logged(...waitingBefore(before), limit);
    return found.map(([key, bytes]) => ({ key, event: eventOf(bytes), order: orderOf(key) }));
  }

  /** Without the last instant, which may go on beyond the piece; if there is no other, all of it. */
  async #wholeInstants(due: readonly Waiting[]): Promise<readonly Waiting[]> {
    const last = due[due.length - 1].event.us;
    const whole = due.filter(({ event }) => event.us < last);
    return whole.length > 0 ? whole : this.#waiting(last + 1, 2 ** 31);
  }

  /** What the store knows of the ids of a batch. */
  async #known(records: readonly IntakeRecord[]): Promise<Map<string, Uint8Array>> {
    const keys = new Set<string>();
    for (const record of records) {
      if (record.kind !== 'event') continue;
      keys.add(contentKey(record.event));
      if (record.id !== null) keys.add(idKey(record.id));
    }
    const asked = [...keys];
    const values = await this.#store.get(asked);
    const known = new Map<string, Uint8Array>();
    for (const [i, key] of asked.entries()) {
      const value = values[i];
      if (value !== undefined) known.set(key, value);
    }
    return known;
  }
}

const NOTHING = new Uint8Array(0);

function orderOf(key: string): number {
  return Number.parseInt(key.slice(key.lastIndexOf('/') + 1), 16);
}
