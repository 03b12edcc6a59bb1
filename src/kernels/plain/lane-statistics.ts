import type { KernelMemory } from '../memory.js';

export function plainLaneStatistics(memory: KernelMemory) {
  return {
    laneStatistics(
      ids: number,
      idCount: number,
      permutation: number,
      labels: number,
      trainRows: number,
      rows: number,
      _table: number,
      lanes: number,
      laneCount: number,
      countAll: number,
      quads: number,
    ): number {
      const id = memory.u32(ids, rows);
      const label = memory.u8(labels, trainRows);
      const own = memory.u8(quads, rows * 4).fill(0);
      const table = Array.from({ length: laneCount }, (_, lane) => memory.f64(lanes + lane * 48, 6));
      const sofar = Array.from({ length: idCount }, () => [0, 0]);
      const setLabels = (row: number) => {
        const [negatives, positives] = sofar[id[row]];
        table.forEach(([keys, counted, ...scaling], lane) => {
          if (keys !== 0) return;
          const count = counted === 0 ? positives : negatives;
          own[row * 4 + lane] = bucketOf(count, negatives + positives, scaling);
        });
      };
      for (const row of memory.u32(permutation, trainRows)) {
        setLabels(row);
        sofar[id[row]][label[row]]++;
      }
      const counts = sofar.map(([negatives, positives]) => negatives + positives);
      for (let row = trainRows; row < rows; row++) {
        setLabels(row);
        if (countAll && counts[id[row]] > 0) counts[id[row]]++;
      }
      const most = Math.max(0, ...counts);
      for (let row = 0; row < rows; row++) {
        table.forEach(([keys, , ...scaling], lane) => {
          if (keys !== 0) own[row * 4 + lane] = bucketOf(counts[id[row]], most, scaling);
        });
      }
      return 0;
    },
  };
}

function bucketOf(count: number, rows: number, [prior, shift, scale, borders]: readonly number[]): number {
  const value = ((count + prior) / (rows + 1) + shift) * scale;
  let bin = 0;
  while (bin < borders && value > bin + 1 - 1e-6) bin++;
  return bin;
}
