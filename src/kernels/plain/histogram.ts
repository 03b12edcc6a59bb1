import type { KernelMemory } from '../memory.js';
import { plainGradientSums } from './gradient-sums.js';

const LANE = 4160;

export function plainHistogram(memory: KernelMemory) {
  const { rowOf, add } = plainGradientSums(memory);
  return {
    histogramTiles(
      record: number,
      stride: number,
      lanes: number,
      rows: number,
      first: number,
      count: number,
      gradients: number,
      scaleG: number,
      scaleH: number,
      hist: number,
      _scratch: number,
      zero: number,
    ): number {
      if (zero) memory.u8(hist, lanes * LANE).fill(0);
      for (let i = 0; i < count; i++) {
        const row = rowOf(rows, first, i);
        const bins = memory.u8(record + row * stride, lanes);
        for (let lane = 0; lane < lanes; lane++)
          add(hist + lane * LANE + bins[lane] * 16, gradients, scaleG, scaleH, row);
      }
      return 0;
    },
    histogramColumn(
      column: number,
      width: number,
      rows: number,
      first: number,
      count: number,
      gradients: number,
      scaleG: number,
      scaleH: number,
      hist: number,
      bins: number,
      zero: number,
    ): number {
      if (zero) memory.u8(hist, bins * 16).fill(0);
      for (let i = 0; i < count; i++) {
        const row = rowOf(rows, first, i);
        const bin = width === 2 ? memory.u16(column + row * 2, 1)[0] : memory.u32(column + row * 4, 1)[0];
        add(hist + bin * 16, gradients, scaleG, scaleH, row);
      }
      return 0;
    },
    settleHistograms(
      table: number,
      from: number,
      to: number,
      out: number,
      partial: number,
      parts: number,
      partBytes: number,
      parent: number,
    ): number {
      for (let column = from; column < to; column++) {
        const [offset, bytes] = memory.u32(table + column * 8, 2);
        const sums = memory.i64(out + offset, bytes / 8);
        const rest = parent === 0 ? undefined : memory.i64(parent + offset, bytes / 8);
        for (let i = 0; i < sums.length; i++) {
          for (let part = 0; part < parts; part++) sums[i] += memory.i64(partial + part * partBytes + offset, i + 1)[i];
          if (rest !== undefined) rest[i] -= sums[i];
        }
      }
      return 0;
    },
    histogramToDoubles(hist: number, entries: number, unitG: number, unitH: number, out: number): number {
      const from = memory.i64(hist, entries * 2);
      const to = memory.f64(out, entries * 2);
      for (let i = 0; i < entries * 2; i += 2) {
        to[i] = Number(from[i]) * unitG;
        to[i + 1] = Number(from[i + 1]) * unitH;
      }
      return 0;
    },
    sumGradients(
      rows: number,
      first: number,
      count: number,
      gradients: number,
      scaleG: number,
      scaleH: number,
      result: number,
    ): number {
      memory.i64(result, 2).fill(0n);
      for (let i = 0; i < count; i++) add(result, gradients, scaleG, scaleH, rowOf(rows, first, i));
      return 0;
    },
  };
}
