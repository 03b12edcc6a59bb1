/** Bytes that a format writes as they are: ASCII but for some that mean something there. */
export class PlainBytes {
  readonly #plain = new Uint8Array(256).fill(1, 0, 0x80);

  constructor(special: readonly number[]) {
    for (const byte of special) this.#plain[byte] = 0;
  }

  /** Whether all of [start, end) are plain: they need no quotes or escapes, and are no broken UTF-8. */
  cover(bytes: Uint8Array, start: number, end: number): boolean {
    for (let i = start; i < end; i++) if (this.#plain[bytes[i]] === 0) return false;
    return true;
  }
}
