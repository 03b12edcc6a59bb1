/**
 * Simulated events as lines of CSV in the columns of REES46, and the true probabilities of decision moments as lines of a
 * second CSV. Bytes go into a block that is handed on when full; nothing is written here.
 */
import { SYNTHETIC_MARK } from '../table/event-columns.js';
import type { ShopEvent } from './event-queue.js';
import type { Products } from './products.js';
import { CART, VIEW } from './purchase-chain.js';

export const EVENT_HEADER =
  'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n';
/** source_row is the number of the record in the events file, as `score` writes it. */
export const TRUTH_HEADER = 'source_row,user_session,product_id,event_type,true_probability\n';

const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAY = 86_400;
const BLOCK_BYTES = 2 ** 18;
/** No line is longer. */
const LONGEST_LINE = 512;

const encoder = new TextEncoder();
const TYPES = ['view', 'cart', 'remove_from_cart', 'purchase'].map((type) => encoder.encode(type));
const UTC = encoder.encode(' UTC,');

/** Bytes appended to a block. */
class Block {
  readonly bytes = new Uint8Array(BLOCK_BYTES);
  length = 0;

  get full(): boolean {
    return this.length > BLOCK_BYTES - LONGEST_LINE;
  }

  /** The bytes so far, copied; the block is empty then. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  put(word: Uint8Array): void {
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < word.length; i++) bytes[at++] = word[i];
    this.length = at;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** A whole number of at least 0, at least `digits` digits wide. */
  number(value: number, digits = 1): void {
    let width = digits;
    for (let limit = 10 ** digits; value >= limit; limit *= 10) width++;
    let rest = value;
    for (let at = this.length + width - 1; at >= this.length; at--) {
      const tenth = Math.floor(rest / 10);
      this.bytes[at] = 48 + rest - 10 * tenth;
      rest = tenth;
    }
    this.length += width;
  }
}

const COMMA = 44;
const DOT = 46;
const COLON = 58;
const NEWLINE = 10;

export class EventLines {
  readonly events = new Block();
  readonly truth = new Block();
  #row = 0;
  #day = -1;
  #date = encoder.encode('');
  readonly #mark: Uint8Array;
  readonly #ids: readonly Uint8Array[];

  constructor(
    private readonly products: Products,
    seed: number,
  ) {
    this.#mark = encoder.encode(`${SYNTHETIC_MARK}${seed}-`);
    // `,product_id,` alone, cut from the longer words.
    this.#ids = products.words.map((word) => word.subarray(0, word.indexOf(COMMA, 1) + 1));
    this.events.put(encoder.encode(EVENT_HEADER));
    this.truth.put(encoder.encode(TRUTH_HEADER));
  }

  add(event: ShopEvent): void {
    const { events } = this;
    this.#row++;
    this.#time(event.second);
    events.put(TYPES[event.type]);
    events.put(this.products.words[event.product]);
    const units = Math.floor(event.cents / 100);
    events.number(units);
    events.byte(DOT);
    events.number(event.cents - 100 * units, 2);
    events.byte(COMMA);
    events.number(event.user);
    events.byte(COMMA);
    events.put(this.#mark);
    events.number(event.session, 9);
    events.byte(NEWLINE);
  }

  /** The last added event's line of truth, if it is a decision moment. */
  addTruth(event: ShopEvent): void {
    if (event.type !== VIEW && event.type !== CART) return;
    const { truth } = this;
    truth.number(this.#row);
    truth.byte(COMMA);
    truth.put(this.#mark);
    truth.number(event.session, 9);
    truth.put(this.#ids[event.product]);
    truth.put(TYPES[event.type]);
    truth.byte(COMMA);
    // No chain is sure to end in a purchase, so the digit before the point is 0.
    truth.byte(48);
    truth.byte(DOT);
    truth.number(Math.round(event.probability * 1e9), 9);
    truth.byte(NEWLINE);
  }

  #time(second: number): void {
    const { events } = this;
    const day = Math.floor(second / DAY);
    if (day !== this.#day) {
      this.#day = day;
      this.#date = encoder.encode(`${new Date(FIRST_DAY + day * DAY * 1000).toISOString().slice(0, 10)} `);
    }
    const inDay = second - day * DAY;
    const hour = Math.floor(inDay / 3600);
    const minute = Math.floor(inDay / 60) - 60 * hour;
    events.put(this.#date);
    events.number(hour, 2);
    events.byte(COLON);
    events.number(minute, 2);
    events.byte(COLON);
    events.number(inDay % 60, 2);
    events.put(UTC);
  }
}
