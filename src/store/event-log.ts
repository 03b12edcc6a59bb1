/**
 * The part of the store that makes taking in events exact: which events were seen (their ids, as far back as the horizon),
 * and which wait for the watermark. Here are the keys and the bytes; what is done with them is in intake.ts.
 */
import { createHash } from 'node:crypto';
import { EcommlError } from '../base/errors.js';
import type { ShopEvent } from '../features/online-sweep.js';
import { LOG } from './online-store.js';

/** Hexadecimal digits of an instant: keys sort as instants do, up to the year 4253. */
const INSTANT_DIGITS = 14;
const ORDER_DIGITS = 11;

const SEEN = `${LOG}seen/`;
const WAITING = `${LOG}waiting/`;
const NAMED = 'event/';

/** What an event is known by when its file gives it no id: all that cleaning knows of it. */
export function contentKey(event: ShopEvent): string {
  const { us, event_type, product_id, category_id, category_code, brand, price, user_id, user_session } = event;
  const values = [event_type, product_id, category_id, category_code, brand, price, user_id, user_session];
  return `${SEEN}${instant(us)}/${digest(JSON.stringify(values))}`;
}

/** The key under which an id of the file's own leads to the instant of its event. */
export function idKey(id: string): string {
  return `${NAMED}${digest(id)}`;
}

/** The log's entry that lets the id be forgotten in time. */
export function idEntry(us: number, key: string): string {
  return `${SEEN}${instant(us)}/${key}`;
}

/** Bounds for `logged`: what was seen strictly before an instant. */
export function seenBefore(us: number): [from: string, to: string] {
  return [SEEN, `${SEEN}${instant(us)}`];
}

/** The key of an id that an entry of the log tells of; undefined where the entry itself is all there is. */
export function idOfEntry(key: string): string | undefined {
  const rest = key.slice(SEEN.length + INSTANT_DIGITS + 1);
  return rest.startsWith(NAMED) ? rest : undefined;
}

export function instantBytes(us: number): Uint8Array {
  return Buffer.from(instant(us));
}

export function instantOf(bytes: Uint8Array): number {
  return Number.parseInt(Buffer.from(bytes).toString(), 16);
}

/** A waiting event by its instant, and then by when it came. */
export function waitingKey(us: number, order: number): string {
  return `${WAITING}${instant(us)}/${order.toString(16).padStart(ORDER_DIGITS, '0')}`;
}

export function waitingBefore(us: number): [from: string, to: string] {
  return [WAITING, `${WAITING}${instant(us)}`];
}

const FIELDS = [
  'us',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
] as const satisfies readonly (keyof ShopEvent)[];

export function eventBytes(event: ShopEvent): Uint8Array {
  return Buffer.from(JSON.stringify(FIELDS.map((field) => event[field])));
}

export function eventOf(bytes: Uint8Array): ShopEvent {
  try {
    const values = JSON.parse(Buffer.from(bytes).toString()) as unknown[];
    if (values.length === FIELDS.length && typeof values[0] === 'number')
      return Object.fromEntries(FIELDS.map((field, i) => [field, values[i]])) as unknown as ShopEvent;
  } catch {
    // Told below.
  }
  throw new EcommlError('STORE_CORRUPT', 'An event that waits in the online store cannot be read.', {
    hint: 'Delete the store and ingest the events again.',
  });
}

function instant(us: number): string {
  return us.toString(16).padStart(INSTANT_DIGITS, '0');
}

/** 128 bits: two of a billion events fall together with a chance of about 1 in 10^21. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
