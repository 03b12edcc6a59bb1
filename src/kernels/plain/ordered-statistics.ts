import type { KernelMemory } from '../memory.js';

export function plainOrderedStatistics(memory: KernelMemory) {
  return {
    combineIds(
      a: number,
      b: number,
      bWide: number,
      cardinality: number,
      trainRows: number,
      rows: number,
      _table: number,
      _mask: number,
      _direct: number,
      out: number,
      result: number,
    ): number {
      const first = memory.u32(a, rows);
      const second = bWide ? memory.u32(b, rows) : memory.u16(b, rows);
      const ids = memory.i32(out, rows);
      const known = new Map<number, number>();
      let trained = 0;
      for (let row = 0; row < rows; row++) {
        const key = first[row] * cardinality + second[row];
        const id = known.get(key) ?? known.size;
        known.set(key, id);
        ids[row] = id;
        if (row < trainRows) trained = known.size;
      }
      memory.i32(result, 2).set([known.size, trained]);
      return 0;
    },

    orderedStatistics(
      ids: number,
      idCount: number,
      permutation: number,
      labels: number,
      trainRows: number,
      rows: number,
      table: number,
      quads: number,
      result: number,
    ): number {
      const id = memory.u32(ids, rows);
      const totals = memory.u32(table, idCount * 2).fill(0);
      const own = memory.u8(quads, rows * 4);
      for (const row of memory.u32(permutation, trainRows)) {
        const at = id[row] * 2;
        own.set(priorBuckets(totals[at + 1], totals[at]), row * 4);
        totals[at]++;
        totals[at + 1] += memory.u8(labels + row, 1)[0];
      }
      let most = 0;
      for (let at = 0; at < totals.length; at += 2) most = Math.max(most, totals[at]);
      for (let row = 0; row < rows; row++) {
        const at = id[row] * 2;
        if (row >= trainRows) own.set(priorBuckets(totals[at + 1], totals[at]), row * 4);
        own[row * 4 + 3] = bucket(totals[at] / (most + 1));
      }
      memory.i32(result, 1)[0] = most;
      return 0;
    },

    statisticTotals(ids: number, idCount: number, labels: number, trainRows: number, out: number): number {
      const totals = memory.u32(out, idCount * 3).fill(0);
      for (let row = 0; row < trainRows; row++) {
        const id = memory.u32(ids + row * 4, 1)[0];
        if (id >= idCount) continue;
        if (totals[id * 3 + 1] === 0) totals[id * 3] = row;
        totals[id * 3 + 1]++;
        totals[id * 3 + 2] += memory.u8(labels + row, 1)[0];
      }
      return 0;
    },
  };
}

/** The number of borders k − 10^−6, k = 1 … 15, below 15 · ratio. */
function bucket(ratio: number): number {
  let bin = 0;
  while (bin < 15 && 15 * ratio > bin + 1 - 1e-6) bin++;
  return bin;
}

function priorBuckets(positives: number, rows: number): number[] {
  return [0, 0.5, 1].map((prior) => bucket((positives + prior) / (rows + 1)));
}
