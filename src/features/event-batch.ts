/**
 * Coded events as typed arrays, a batch at a time: what the sweep (sweep.ts) reads. It knows no database.
 */

/** In the order of `TYPE_CODES`. */
export const VIEW = 0;
export const CART = 1;
export const REMOVAL = 2;
export const PURCHASE = 3;

/** Of `isMoment`: a moment that somebody asks about. */
export const PROBE = 2;

/** `event_type` by its code. */
export const TYPE_CODES = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;

/**
 * Events ordered by `us`, then by `sourceRow`; no instant goes on in another batch. Codes count from 0; −1 is a missing
 * category, brand or category code.
 */
export interface EventBatch {
  readonly rows: number;
  /** Microseconds since 1970: whole, exact up to the year 2255. */
  readonly us: Float64Array;
  /** 1-based row of the file; 0: an event of the history alone. */
  readonly sourceRow: Float64Array;
  readonly user: Int32Array;
  readonly product: Int32Array;
  readonly category: Int32Array;
  readonly brand: Int32Array;
  readonly session: Int32Array;
  readonly categoryCode: Int32Array;
  readonly type: Uint8Array;
  /** NaN is missing. */
  readonly price: Float64Array;
  /** 1: the event becomes a row; `PROBE`: it becomes a row and is no event, nothing else sees it. */
  readonly isMoment: Uint8Array;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The same batches cut so that every instant lies in one: the last instant of each waits for the next. */
export async function* wholeInstants(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
  let held: EventBatch[] = [];
  for await (const batch of batches) {
    const { rows, us } = batch;
    if (rows === 0) continue;
    const last = us[rows - 1];
    let cut = rows;
    while (cut > 0 && us[cut - 1] === last) cut--;
    if (cut === 0 && held.length > 0 && held[0].us[0] !== last) {
      yield joined(held);
      held = [];
    }
    if (cut > 0) {
      yield joined([...held, slice(batch, 0, cut)]);
      held = [];
    }
    // A copy: the arrays of the batch may be filled anew for the next one.
    held.push(joined([slice(batch, cut, rows), emptyBatch(0)]));
  }
  if (held.length > 0) yield joined(held);
}

function slice(batch: EventBatch, from: number, to: number): EventBatch {
  const part: Mutable<EventBatch> = { ...batch, rows: to - from };
  for (const name of COLUMNS) part[name] = batch[name].subarray(from, to) as never;
  return part;
}

function joined(parts: readonly EventBatch[]): EventBatch {
  if (parts.length === 1) return parts[0];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const whole: Mutable<EventBatch> = emptyBatch(rows);
  let at = 0;
  for (const part of parts) {
    for (const name of COLUMNS) whole[name].set(part[name].subarray(0, part.rows), at);
    at += part.rows;
  }
  whole.rows = rows;
  return whole;
}

export function emptyBatch(room: number): EventBatch {
  return {
    rows: 0,
    us: new Float64Array(room),
    sourceRow: new Float64Array(room),
    user: new Int32Array(room),
    product: new Int32Array(room),
    category: new Int32Array(room),
    brand: new Int32Array(room),
    session: new Int32Array(room),
    categoryCode: new Int32Array(room),
    type: new Uint8Array(room),
    price: new Float64Array(room),
    isMoment: new Uint8Array(room),
  };
}

/** The columns of a batch, in the order in which they are read. */
export const COLUMNS = [
  'us',
  'sourceRow',
  'user',
  'product',
  'category',
  'brand',
  'session',
  'categoryCode',
  'type',
  'price',
  'isMoment',
] as const;
