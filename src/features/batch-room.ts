/** Where the columns of a batch lie: new arrays each time, or the same shared memory over and over. */

export interface BatchRoom {
  doubles(rows: number): Float64Array;
  ints(rows: number): Int32Array;
}

/** For batches that are kept. */
export const newRoom: BatchRoom = {
  doubles: (rows) => new Float64Array(rows),
  ints: (rows) => new Int32Array(rows),
};

/** Arrays in shared memory, handed out in the same order after each `empty`: every one is written whole before it is read. */
export class SharedRoom implements BatchRoom {
  readonly #buffers: SharedArrayBuffer[] = [];
  #next = 0;

  empty(): void {
    this.#next = 0;
  }

  doubles(rows: number): Float64Array {
    return new Float64Array(this.#take(8 * rows), 0, rows);
  }

  ints(rows: number): Int32Array {
    return new Int32Array(this.#take(4 * rows), 0, rows);
  }

  #take(bytes: number): SharedArrayBuffer {
    const place = this.#next++;
    const known = this.#buffers[place];
    if (known !== undefined && known.byteLength >= bytes) return known;
    // Some more than asked for: batches are of nearly one size.
    this.#buffers[place] = new SharedArrayBuffer(Math.ceil(bytes * 1.25));
    return this.#buffers[place];
  }
}
