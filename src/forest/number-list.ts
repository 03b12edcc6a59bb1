/** A growing list of numbers that becomes a typed array of exactly its length. */
export class NumberList {
  #values = new Float64Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(this.#values.length * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** Drops all numbers but the first `length`. */
  cut(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  to<T>(type: { from(values: ArrayLike<number>): T }): T {
    return type.from(this.#values.subarray(0, this.#length));
  }
}
