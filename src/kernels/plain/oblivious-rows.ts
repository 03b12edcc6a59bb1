import type { KernelMemory } from '../memory.js';

export function plainObliviousRows(memory: KernelMemory) {
  const answer = (quads: number, row: number, shift: number, bin: number, oneHot: number) => {
    const value = memory.u8(quads + row * 4 + shift / 8, 1)[0];
    return (oneHot ? value === bin : value > bin) ? 1 : 0;
  };
  const bitOf = (answers: number, row: number) => (memory.u8(answers + (row >> 3), 1)[0] >> (row & 7)) & 1;
  return {
    obliviousAnswers(
      quads: number,
      shift: number,
      bin: number,
      oneHot: number,
      from: number,
      to: number,
      answers: number,
    ): number {
      for (let first = from; first < to; first += 8) {
        let bits = 0;
        for (let row = first; row < Math.min(first + 8, to); row++)
          bits |= answer(quads, row, shift, bin, oneHot) << (row & 7);
        memory.u8(answers + first / 8, 1)[0] = bits;
      }
      return 0;
    },

    obliviousCountTrue(answers: number, rows: number, from: number, to: number, result: number): number {
      let count = 0;
      for (let i = from; i < to; i++) count += bitOf(answers, memory.u32(rows + i * 4, 1)[0]);
      memory.i32(result, 1)[0] = count;
      return 0;
    },

    obliviousPartition(
      answers: number,
      rows: number,
      stats: number,
      from: number,
      to: number,
      low: number,
      high: number,
      rowsOut: number,
      statsOut: number,
      result: number,
    ): number {
      let [nextFalse, nextTrue] = [low, high];
      for (let i = from; i < to; i++) {
        const row = memory.u32(rows + i * 4, 1)[0];
        const place = bitOf(answers, row) ? --nextTrue : nextFalse++;
        memory.u32(rowsOut + place * 4, 1)[0] = row;
        memory.i32(statsOut + place * 8, 2).set(memory.i32(stats + i * 8, 2));
      }
      memory.i32(result, 1)[0] = nextFalse;
      return 0;
    },

    obliviousLeafIndex(splits: number, count: number, from: number, to: number, leaf: number): number {
      for (let row = from; row < to; row++) {
        let index = 0;
        for (let s = 0; s < count; s++) {
          const [quads, shift, bin, oneHot] = memory.u32(splits + s * 16, 4);
          index |= answer(quads, row, shift, bin, oneHot) << s;
        }
        memory.u16(leaf + row * 2, 1)[0] = index;
      }
      return 0;
    },

    obliviousLeafBit(answers: number, rows: number, from: number, to: number, step: number, leaf: number): number {
      for (let i = from; i < to; i++) {
        memory.u16(leaf + i * 2, 1)[0] += bitOf(answers, memory.u32(rows + i * 4, 1)[0]) * step;
      }
      return 0;
    },

    obliviousLeafOrder(leaf: number, order: number, from: number, to: number, out: number): number {
      for (let i = from; i < to; i++) {
        memory.u16(out + i * 2, 1)[0] = memory.u16(leaf + memory.u32(order + i * 4, 1)[0] * 2, 1)[0];
      }
      return 0;
    },

    obliviousLeafCounts(
      leaf: number,
      weights: number,
      labels: number,
      from: number,
      to: number,
      leaves: number,
      out: number,
    ): number {
      const sums = memory.f64(out, leaves * 3).fill(0);
      for (let row = from; row < to; row++) {
        const at = memory.u16(leaf + row * 2, 1)[0] * 3;
        const weight = weights === 0 ? 1 : memory.f64(weights + row * 8, 1)[0];
        sums[at] += 1;
        sums[at + 1] += weight;
        sums[at + 2] += weight * memory.u8(labels + row, 1)[0];
      }
      return 0;
    },

    obliviousLeafScatter(
      leaf: number,
      odds: number,
      weights: number,
      from: number,
      to: number,
      cursors: number,
      oddsOut: number,
      weightsOut: number,
    ): number {
      for (let row = from; row < to; row++) {
        const cursor = memory.u32(cursors + memory.u16(leaf + row * 2, 1)[0] * 4, 1);
        const place = cursor[0]++;
        memory.f64(oddsOut + place * 8, 1)[0] = memory.f64(odds + row * 8, 1)[0];
        if (weights !== 0) memory.f64(weightsOut + place * 8, 1)[0] = memory.f64(weights + row * 8, 1)[0];
      }
      return 0;
    },
  };
}
