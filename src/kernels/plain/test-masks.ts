/** Masks of tests, row by row; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

const ROWS = 512;
const MASK = ROWS / 8;

export function plainTestMasks(memory: KernelMemory) {
  /** One mask a test, from what the test says of each row. */
  function write(out: number, tests: number, goesRight: (test: number, row: number) => boolean): void {
    const masks = memory.u8(out, tests * MASK).fill(0);
    for (let test = 0; test < tests; test++)
      for (let row = 0; row < ROWS; row++) if (goesRight(test, row)) masks[test * MASK + (row >> 3)] |= 1 << (row & 7);
  }
  return {
    /** Masks of `rank > border`. */
    rankMasks(ranks: number, borders: number, _scratch: number, out: number): number {
      const of = memory.u8(ranks, ROWS);
      write(out, borders, (border, row) => (of[row] ^ 128) > border);
      return 0;
    },

    /** Masks of category sets from a table of outcomes. */
    setMasks(ids: number, table: number, bytes: number, out: number): number {
      const id = memory.u16(ids, ROWS);
      const bits = new Uint8Array(memory.memory.buffer, table);
      write(out, bytes * 8, (test, row) => ((bits[id[row] * bytes + (test >> 3)] >> (test & 7)) & 1) === 1);
      return 0;
    },
  };
}
