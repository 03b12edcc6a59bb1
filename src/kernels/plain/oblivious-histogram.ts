import type { KernelMemory } from '../memory.js';

const WIDE = 4160;

export function plainObliviousHistogram(memory: KernelMemory) {
  const quadOf = (quads: number, row: number) => memory.u8(quads + row * 4, 4);
  const sum = (
    quadOfRow: (row: number) => Uint8Array,
    rows: number,
    stats: number,
    plan: number,
    planCount: number,
    hist: number,
    laneBytes: number,
    lanes = 4,
  ) => {
    const words = laneBytes / 2;
    for (let entry = 0; entry < planCount; entry++) {
      const [from, to, slot, parent] = memory.i32(plan + entry * 16, 4);
      const own = memory.i64(hist + slot * laneBytes * 4, words).fill(0n);
      for (let i = from; i < to; i++) {
        const quad = quadOfRow(memory.u32(rows + i * 4, 1)[0]);
        const [gradient, weight] = Array.from(memory.i32(stats + i * 8, 2), BigInt);
        for (let lane = 0; lane < lanes; lane++) {
          const bin = (lane * laneBytes) / 8 + quad[lane] * 2;
          own[bin] += gradient;
          own[bin + 1] += weight;
        }
      }
      if (parent < 0) continue;
      const whole = memory.i64(hist + parent * laneBytes * 4, words);
      for (let i = 0; i < words; i++) whole[i] -= own[i];
    }
  };
  return {
    obliviousHistogram(
      quads: number,
      rows: number,
      stats: number,
      plan: number,
      planCount: number,
      hist: number,
      laneBytes: number,
    ): number {
      sum((row) => quadOf(quads, row), rows, stats, plan, planCount, hist, laneBytes);
      return 0;
    },

    obliviousNarrowHistogram(
      quads: number,
      rows: number,
      stats: number,
      leaf: number,
      count: number,
      slots: number,
      leaves: number,
      hist: number,
    ): number {
      const bins = memory.i64(hist, leaves * 128).fill(0n);
      const slotOf = memory.i32(slots, leaves);
      for (let i = 0; i < count; i++) {
        const quad = quadOf(quads, memory.u32(rows + i * 4, 1)[0]);
        const [gradient, weight] = Array.from(memory.i32(stats + i * 8, 2), BigInt);
        const slot = slotOf[memory.u16(leaf + i * 2, 1)[0]] * 128;
        for (let lane = 0; lane < 4; lane++) {
          const bin = slot + lane * 32 + (quad[lane] & 15) * 2;
          bins[bin] += gradient;
          bins[bin + 1] += weight;
        }
      }
      return 0;
    },

    packRecords(
      first: number,
      second: number,
      third: number,
      fourth: number,
      from: number,
      to: number,
      out: number,
      stride: number,
    ): number {
      for (let row = from; row < to; row++) {
        [first, second, third, fourth].forEach((quads, q) => {
          memory.u32(out + row * stride + q * 4, 1)[0] = quads === 0 ? 0 : memory.u32(quads + row * 4, 1)[0];
        });
      }
      return 0;
    },

    obliviousRecordHistogram(
      records: number,
      rows: number,
      stats: number,
      plan: number,
      planCount: number,
      hist: number,
      histBytes: number,
      quads: number,
      _scratch: number,
      stride: number,
    ): number {
      for (let q = 0; q < 8; q++) {
        if (((quads >> q) & 1) === 0) continue;
        sum(
          (row) => memory.u8(records + row * stride + q * 4, 4),
          ...([rows, stats, plan, planCount, hist + q * histBytes, WIDE, (quads >> (q + 8)) & 1 ? 2 : 4] as const),
        );
      }
      return 0;
    },

    obliviousSettle(parts: number, count: number, stride: number, own: number, parent: number): number {
      const words = WIDE / 2;
      const sums = memory.i64(own, words).fill(0n);
      const whole = parent === 0 ? undefined : memory.i64(parent, words);
      for (let part = 0; part < count; part++) {
        const partial = memory.i64(parts + part * stride, words);
        for (let i = 0; i < words; i++) sums[i] += partial[i];
      }
      sums.forEach((sum, i) => {
        if (whole !== undefined) whole[i] -= sum;
      });
      return 0;
    },
  };
}
