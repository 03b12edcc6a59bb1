/**
 * Numbers and texts as bytes, and back: what states are written in. The same values give the same bytes. It knows no
 * state.
 */
import { EcommlError } from '../base/errors.js';

export class StateWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  /** A whole number from −2^31 up to 2^53, small ones in few bytes. */
  whole(value: number): void {
    this.#room(10);
    // Zigzag: the sign is the lowest bit. Divisions, as the value may have more than 32 bits.
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#size++] = (rest % 128) | 128;
    this.#bytes[this.#size++] = rest;
  }

  double(value: number): void {
    this.#room(8);
    // One NaN of many.
    this.#view.setFloat64(this.#size, Number.isNaN(value) ? Number.NaN : value, true);
    this.#size += 8;
  }

  /** A missing text (null) is another than an empty one. */
  text(value: string | null): void {
    const bytes = value === null ? undefined : Buffer.from(value);
    this.whole(bytes === undefined ? 0 : bytes.length + 1);
    if (bytes === undefined) return;
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #room(more: number): void {
    if (this.#size + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#size + more));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reading past the end, or leaving bytes over, is `STATE_CORRUPT`. */
export class StateReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #of: string;
  #at = 0;

  /** `of`: whose state it is, for the message. */
  constructor(bytes: Uint8Array, of: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#of = of;
  }

  whole(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#take(1)];
      value += (byte & 127) * factor;
      if (value > 2 ** 55) throw this.corrupt('a number is too large');
      if (byte < 128) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  text(): string | null {
    const length = this.whole() - 1;
    if (length < 0) return null;
    const from = this.#take(length);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, length).toString();
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw this.corrupt(`${this.#bytes.length - this.#at} bytes are left over`);
  }

  corrupt(what: string): EcommlError {
    return new EcommlError('STATE_CORRUPT', `The state of ${this.#of} is damaged: ${what}.`, {
      hint: 'Make the store anew from the events: delete it and ingest or materialize again.',
    });
  }

  #take(length: number): number {
    const from = this.#at;
    if (length < 0 || from + length > this.#bytes.length) throw this.corrupt('it ends too early');
    this.#at = from + length;
    return from;
  }
}
