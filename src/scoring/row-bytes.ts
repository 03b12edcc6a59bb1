/**
 * Bytes of text that grow at their end, for rows of an output: one place a thread, used again for every chunk, where the
 * kernel that prints numbers writes too. It knows no format.
 */
import type { Kernel } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/loader.js';
import { KernelMemory } from '../kernels/memory.js';
import { placeNumberPowers } from '../kernels/number-powers.js';

const FIRST_BYTES = 2 ** 18;
/** What the kernel overwrites at most. */
const NUMBER_BYTES = 40;

let own: RowBytes | undefined;

export class RowBytes {
  readonly #memory = new KernelMemory();
  readonly #printNumber: Kernel = loadKernels(this.#memory.memory).printNumber;
  readonly #powers = placeNumberPowers(this.#memory);
  readonly #start = this.#memory.mark();
  #bytes = this.#room(FIRST_BYTES);
  #length = 0;

  /** The thread's own, empty: rows are taken before others are begun. */
  static ofThread(): RowBytes {
    own ??= new RowBytes();
    own.#length = 0;
    return own;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  text(text: string): void {
    this.#reserve(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** A number as JavaScript prints it. */
  number(value: number): void {
    this.#reserve(NUMBER_BYTES);
    this.#length += this.#printNumber(value, this.#start + this.#length, this.#powers);
  }

  copy(source: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = from; i < to; i++) bytes[at++] = source[i];
    this.#length = at;
  }

  /** What was written, in a buffer of its own; the next rows begin anew. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes > this.#bytes.length) this.#bytes = this.#room(2 * (this.#length + bytes));
  }

  /** Place for so many bytes where the present ones are: they stay. */
  #room(bytes: number): Buffer {
    this.#memory.release(this.#start);
    const start = this.#memory.alloc(bytes);
    return Buffer.from(this.#memory.memory.buffer, start, bytes);
  }
}
