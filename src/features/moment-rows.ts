/**
 * The moments of spooled events, a batch at a time: what each row is, its label, and the values of its features. It
 * keeps the state of the pass over the events (sweep.ts) and no rows.
 */
import { type BatchRoom, newRoom } from './batch-room.js';
import { CART, type EventBatch } from './event-batch.js';
import { type EventSpool, readSpool } from './event-spool.js';
import type { NumericFeature } from './feature.js';
import { Labels, type Purchases } from './moments.js';
import { Sweep, type SweptMoments } from './sweep.js';

/** What labels and splits need to know ahead of the pass: it looks forward. */
export interface Ahead {
  readonly purchases: Purchases;
  /** Of each session, by its code, its first and last instant. */
  readonly spans: { readonly first: Float64Array; readonly last: Float64Array };
  readonly horizon?: number;
}

export const MOMENT_CODES = ['user', 'product', 'category', 'brand', 'session', 'categoryCode'] as const;

/** The first `rows` values of every column; good until the next batch. */
export interface MomentBatch {
  readonly rows: number;
  readonly sourceRow: Float64Array;
  readonly us: Float64Array;
  /** 1 or 0, and the span of the moment's session; absent when nothing was looked up ahead. */
  readonly ahead?: { readonly label: Int32Array; readonly first: Float64Array; readonly last: Float64Array };
  /** 1: a cart, 0: a view. */
  readonly isCart: Int32Array;
  readonly codes: Readonly<Record<(typeof MOMENT_CODES)[number], Int32Array>>;
  /** Of each numeric feature in order; NaN is missing. */
  readonly values: readonly Float64Array[];
}

/** How many different events were read; right once the batches are through. */
export interface Swept {
  events: number;
}

export function* momentRows(
  spool: EventSpool,
  features: readonly NumericFeature[],
  ahead: Ahead | undefined,
  swept: Swept = { events: 0 },
  room: BatchRoom = newRoom,
): Generator<MomentBatch> {
  const sweep = new Sweep(new Set(features.map(({ family }) => family)));
  const labels = ahead && new Labels(ahead.purchases, ahead.horizon);
  for (const batch of readSpool(spool)) {
    const moments = sweep.advance(batch);
    swept.events = sweep.events;
    if (moments.rows === 0) continue;
    const codes = Object.fromEntries(
      MOMENT_CODES.map((key) => [key, picked(batch[key], moments, room.ints(moments.rows))]),
    );
    yield {
      rows: moments.rows,
      sourceRow: picked(batch.sourceRow, moments, room.doubles(moments.rows)),
      us: picked(batch.us, moments, room.doubles(moments.rows)),
      isCart: carts(batch, moments, room),
      codes: codes as MomentBatch['codes'],
      ...(ahead && labels && { ahead: lookedUp(batch, moments, labels, ahead, room) }),
      values: features.map((feature) => valuesOf(feature, moments, room)),
    };
  }
}

/** Into `some`, of which every value is written. */
function picked<T extends Float64Array | Int32Array>(values: T, { rows, event }: SweptMoments, some: T): T {
  for (let row = 0; row < rows; row++) some[row] = values[event[row]];
  return some;
}

function carts({ type }: EventBatch, { rows, event }: SweptMoments, room: BatchRoom): Int32Array {
  const isCart = room.ints(rows);
  for (let row = 0; row < rows; row++) isCart[row] = type[event[row]] === CART ? 1 : 0;
  return isCart;
}

function lookedUp(
  { session, product, us }: EventBatch,
  { rows, event }: SweptMoments,
  labels: Labels,
  { spans }: Ahead,
  room: BatchRoom,
): NonNullable<MomentBatch['ahead']> {
  const label = room.ints(rows);
  const first = room.doubles(rows);
  const last = room.doubles(rows);
  for (let row = 0; row < rows; row++) {
    const i = event[row];
    label[row] = labels.labelOf(session[i], product[i], us[i]);
    first[row] = spans.first[session[i]];
    last[row] = spans.last[session[i]];
  }
  return { label, first, last };
}

function valuesOf({ value }: NumericFeature, { rows, totals }: SweptMoments, room: BatchRoom): Float64Array {
  const values = room.doubles(rows);
  for (let row = 0; row < rows; row++) values[row] = value(totals, row);
  return values;
}
