/** Equal pieces of the kernels' memory that are taken and given back in any order. */
import type { KernelMemory } from '../kernels/memory.js';

export class Slabs {
  readonly #memory: KernelMemory;
  readonly #bytes: number;
  readonly #free: number[] = [];
  #taken = 0;

  constructor(memory: KernelMemory, bytes: number) {
    this.#memory = memory;
    this.#bytes = bytes;
  }

  /** Bytes in use. */
  get used(): number {
    return this.#taken * this.#bytes;
  }

  /** Address of a piece, not zeroed. */
  take(): number {
    this.#taken++;
    return this.#free.pop() ?? this.#memory.alloc(this.#bytes);
  }

  give(address: number): void {
    this.#taken--;
    this.#free.push(address);
  }
}
