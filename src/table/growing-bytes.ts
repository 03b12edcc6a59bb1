/** Bytes that are appended and taken as a whole; the room is kept for the next use. It writes no file. */

export class GrowingBytes {
  #bytes: Uint8Array;
  length = 0;

  constructor(room = 1024) {
    this.#bytes = new Uint8Array(room);
  }

  /** Room for `more` bytes at `length`, to be written in place and counted by the caller. */
  reserve(more: number): Uint8Array {
    if (this.length + more > this.#bytes.length) {
      let room = this.#bytes.length;
      while (room < this.length + more) room *= 2;
      const larger = new Uint8Array(room);
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.length);
    this.length += bytes.length;
  }

  byte(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** An unsigned LEB128 number, up to 2^53. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** What was appended; good until the next change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}
