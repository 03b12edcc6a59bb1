/** Scoring by masks, row by row; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

const ROWS = 512;
const MASK = ROWS / 8;

export function plainMaskedTrees(memory: KernelMemory) {
  return {
    /** Adds the leaves of trees to out[0 … count), tree by tree. */
    scoreMaskedTrees(
      trees: number,
      treeCount: number,
      ranks: number,
      count: number,
      _scratch: number,
      toValues: number,
      out: number,
    ): number {
      const view = new DataView(memory.memory.buffer);
      const word = (at: number) => view.getUint32(at, true);
      const bit = (mask: number, row: number) => ((view.getUint8(mask + (row >> 3)) >> (row & 7)) & 1) === 1;
      const scores = memory.f64(out, count);
      for (let tree = trees; tree < trees + treeCount * 32; tree += 32) {
        for (let set = word(tree + 16); set < word(tree + 16) + word(tree + 20) * 8; set += 8)
          for (let row = 0; row < ROWS; row++)
            view.setInt8(ranks + word(set + 4) + row, bit(word(set), row) ? 127 : -128);
        for (let row = 0; row < count; row++) {
          const exit = exitOf(word(tree), word(tree + 4), word(tree + 8), (mask) => bit(mask, row));
          const gray = exit ^ (exit >> 1);
          if (word(tree + 24) === 0) {
            scores[row] += view.getFloat64(word(tree + 12) + gray * 8, true);
            continue;
          }
          let node = -1;
          let next = word(word(tree + 12) + gray * 4);
          while (next !== node) {
            node = next;
            const goesRight = view.getInt8(ranks + (word(node + 4) >>> 8) + row) > view.getInt8(node + 4);
            next = word(node) + (goesRight ? 8 : 0);
          }
          scores[row] += view.getFloat64(node + toValues, true);
        }
      }
      return 0;

      /** The number of a row's exit: nodes whose exits do not hold it are passed over. */
      function exitOf(program: number, tests: number, exits: number, goesRight: (mask: number) => boolean): number {
        let [low, high] = [0, exits];
        for (let at = program; at < program + tests * 12; at += 12) {
          const [from, to, middle] = [4, 6, 8].map((field) => view.getUint16(at + field, true) / MASK);
          if (from !== low || to !== high) continue;
          if (goesRight(word(at))) low = middle;
          else high = middle;
        }
        return low;
      }
    },
  };
}
