/** Bytes of text that grow at their end, for rows of an output: one buffer, used again for every chunk. It knows no format. */
const FIRST_BYTES = 2 ** 18;
/** The longest number that JavaScript prints has 24 characters. */
const NUMBER_BYTES = 32;
const ZERO = 48;

export class RowBytes {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  text(text: string): void {
    this.#room(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** A number as JavaScript prints it. */
  number(value: number): void {
    this.#room(NUMBER_BYTES);
    const bytes = this.#bytes;
    let at = this.#length;
    if (value >= 0 && value === (value | 0)) {
      let rest = value;
      let power = 1;
      while (rest >= power * 10) power *= 10;
      for (; power >= 1; power = (power / 10) | 0) {
        const digit = (rest / power) | 0;
        bytes[at++] = ZERO + digit;
        rest -= digit * power;
      }
    } else {
      const text = String(value);
      for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    }
    this.#length = at;
  }

  copy(source: Uint8Array, from: number, to: number): void {
    this.#room(to - from);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = from; i < to; i++) bytes[at++] = source[i];
    this.#length = at;
  }

  /** Bytes that were written before, once more. */
  again(from: number, to: number): void {
    this.#room(to - from);
    this.copy(this.#bytes, from, to);
  }

  /** What was written, in a buffer of its own; the next rows begin anew. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
