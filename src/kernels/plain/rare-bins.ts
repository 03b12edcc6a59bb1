import type { KernelMemory } from '../memory.js';
import { plainGradientSums } from './gradient-sums.js';

const BINS = 257;

export function plainRareBins(memory: KernelMemory) {
  const { rowOf, add } = plainGradientSums(memory);
  return {
    keepRareApart(
      column: number,
      rows: number,
      countsAt: number,
      narrow: number,
      words: number,
      wordsPerRow: number,
      bit: number,
      out: number,
    ): number {
      const counts = memory.u32(countsAt, BINS).fill(0);
      const bins = memory.u16(column, rows);
      for (const bin of bins) counts[bin]++;
      const rare = counts.lastIndexOf(Math.min(...counts));
      const marks = memory.u32(words, rows * wordsPerRow);
      memory.u8(narrow, rows).set(bins.map((bin) => (bin < 256 ? bin : Math.min(rare, 255))));
      bins.forEach((bin, row) => {
        if (bin === rare) marks[row * wordsPerRow + (bit >> 5)] |= 1 << (bit & 31);
      });
      memory.i32(out, 1)[0] = rare;
      return 0;
    },
    histogramRare(
      words: number,
      wordsPerRow: number,
      rows: number,
      first: number,
      count: number,
      gradients: number,
      scaleG: number,
      scaleH: number,
      hist: number,
      offsets: number,
    ): number {
      for (let i = 0; i < count; i++) {
        const row = rowOf(rows, first, i);
        const marks = memory.u32(words + row * wordsPerRow * 4, wordsPerRow);
        for (let bit = 0; bit < wordsPerRow * 32; bit++) {
          if (((marks[bit >> 5] >>> (bit & 31)) & 1) === 0) continue;
          add(hist + memory.u32(offsets + bit * 4, 1)[0], gradients, scaleG, scaleH, row);
        }
      }
      return 0;
    },
    settleRare(hist: number, table: number, features: number): number {
      for (let f = 0; f < features; f++) {
        const [offset, rare] = memory.u32(table + f * 8, 2);
        const entries = memory.i64(hist + offset, BINS * 2);
        for (const k of [0, 1]) {
          const shared = Math.min(rare, 255) * 2 + k;
          const apart = entries[512 + k];
          const other = entries[shared] - apart;
          entries[shared] = rare === 256 ? other : apart;
          entries[512 + k] = rare === 256 ? apart : other;
        }
      }
      return 0;
    },
  };
}
