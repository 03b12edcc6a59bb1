/** Scoring by ranks, row by row; the layouts are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';

export function plainPlanedTrees(memory: KernelMemory) {
  return {
    /** Adds the leaves of trees to out[0 … count), tree by tree. */
    scorePlanedTrees(
      trees: number,
      treeCount: number,
      ranks: number,
      ids: number,
      count: number,
      _scratch: number,
      toValues: number,
      out: number,
    ): number {
      const view = new DataView(memory.memory.buffer);
      const word = (at: number) => view.getUint32(at, true);
      const goesRight = (column: number, row: number, rank: number) =>
        view.getInt8(ranks + column + row) > view.getInt8(rank);
      const scores = memory.f64(out, count);
      for (let tree = trees; tree < trees + treeCount * 24; tree += 24) {
        for (let set = word(tree + 12); set < word(tree + 12) + word(tree + 16) * 12; set += 12)
          for (let row = 0; row < count; row++) {
            const id = view.getUint16(ids + word(set + 4) + row * 2, true);
            view.setUint8(ranks + word(set + 8) + row, view.getUint8(word(set) + id));
          }
        for (let row = 0; row < count; row++) {
          let at = word(tree);
          let exit = 0;
          for (let plane = word(tree + 4) - 1; plane >= 0; plane--) {
            let live = view.getUint8(at + 4);
            const end = at + 8 + word(at) * 8;
            for (at += 8; at < end; at += 8) if (goesRight(word(at), row, at + 4)) live &= ~view.getUint8(at + 5);
            if (live !== 0) exit = plane * 8 + 31 - Math.clz32(live & -live);
          }
          if (word(tree + 20) === 0) {
            scores[row] += view.getFloat64(word(tree + 8) + exit * 8, true);
            continue;
          }
          let node = -1;
          let next = word(word(tree + 8) + exit * 4);
          while (next !== node) {
            node = next;
            next = word(node) + (goesRight(word(node + 4) >>> 8, row, node + 4) ? 8 : 0);
          }
          scores[row] += view.getFloat64(node + toValues, true);
        }
      }
      return 0;
    },
  };
}
