import type { KernelMemory } from '../memory.js';

const LANE = 2112;
const SHORT_LANE = 1088;
/** Where the short entries lie in the scratch of a call. */
const SHORTS = 17408;

export function plainPackedHistogram(memory: KernelMemory) {
  const gradient = (gradients: number, row: number) => {
    const [h, g] = memory.u8(gradients + row * 2, 2);
    return (BigInt((g << 24) >> 24) << 32n) + BigInt(h);
  };
  const add = (at: number, value: bigint) => {
    memory.i64(at, 1)[0] += value;
  };
  const rowOf = (rows: number, first: number, i: number) => (rows === 0 ? first + i : memory.u32(rows + i * 4, 1)[0]);
  return {
    packedTiles(
      record: number,
      stride: number,
      lanes: number,
      rows: number,
      first: number,
      count: number,
      gradients: number,
      _largest: number,
      hist: number,
      scratch: number,
      zero: number,
    ): number {
      if (hist === 0) {
        const shorts = scratch + SHORTS;
        memory.u8(shorts, lanes * SHORT_LANE).fill(0);
        for (let i = 0; i < count; i++) {
          const row = rowOf(rows, first, i);
          const sum = gradient(gradients, row);
          const both = Number(sum >> 32n) * 65536 + Number(sum & 255n);
          for (let lane = 0; lane < lanes; lane++)
            memory.i32(shorts + lane * SHORT_LANE + memory.u8(record + row * stride + lane, 1)[0] * 4, 1)[0] += both;
        }
        return 0;
      }
      for (let lane = 0; lane < lanes && zero === 1; lane++) memory.u8(hist + lane * LANE, 2048).fill(0);
      for (let i = 0; i < count; i++) {
        const row = rowOf(rows, first, i);
        const bins = memory.u8(record + row * stride, lanes);
        for (let lane = 0; lane < lanes; lane++) add(hist + lane * LANE + bins[lane] * 8, gradient(gradients, row));
      }
      return 0;
    },
    settleShorts(
      table: number,
      from: number,
      to: number,
      out: number,
      shorts: number,
      parts: number,
      partBytes: number,
      parent: number,
    ): number {
      for (let column = from; column < to; column++) {
        const [offset, bytes] = memory.u32(table + column * 8, 2);
        for (let entry = 0; entry < Math.ceil(bytes / 32) * 4; entry++) {
          let sum = 0n;
          for (let part = 0; part < parts; part++) {
            const [short] = memory.i32(shorts + part * partBytes + (offset / LANE) * SHORT_LANE + entry * 4, 1);
            sum += (BigInt(short >> 16) << 32n) + BigInt(short & 0xffff);
          }
          memory.i64(out + offset + entry * 8, 1)[0] = sum;
          if (parent !== 0) memory.i64(parent + offset + entry * 8, 1)[0] -= sum;
        }
      }
      return 0;
    },
    packedColumn(
      column: number,
      width: number,
      rows: number,
      first: number,
      count: number,
      gradients: number,
      _largest: number,
      hist: number,
      bins: number,
      zero: number,
    ): number {
      if (zero) memory.u8(hist, bins * 8).fill(0);
      for (let i = 0; i < count; i++) {
        const row = rowOf(rows, first, i);
        const bin = width === 2 ? memory.u16(column + row * 2, 1)[0] : memory.u32(column + row * 4, 1)[0];
        add(hist + bin * 8, gradient(gradients, row));
      }
      return 0;
    },
    packedToDoubles(hist: number, entries: number, unitG: number, unitH: number, out: number): number {
      const from = memory.i64(hist, entries);
      const to = memory.f64(out, entries * 2);
      for (let i = 0; i < entries; i++) {
        to[i * 2] = Number(from[i] >> 32n) * unitG;
        to[i * 2 + 1] = Number(from[i] & 0xffffffffn) * unitH;
      }
      return 0;
    },
    sumPacked(rows: number, first: number, count: number, gradients: number, _largest: number, result: number): number {
      let sum = 0n;
      for (let i = 0; i < count; i++) sum += gradient(gradients, rowOf(rows, first, i));
      memory.i64(result, 2).set([sum >> 32n, sum & 0xffffffffn]);
      return 0;
    },
  };
}
