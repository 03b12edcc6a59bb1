import type { KernelMemory } from '../memory.js';

export function plainQuantized(memory: KernelMemory) {
  const rowAt = (rows: number, i: number) => (rows === 0 ? i : memory.u32(rows + i * 4, 1)[0]);
  const gradientsOf = (gradients: number, row: number) => memory.f32(gradients + row * 8, 2);
  return {
    largestGradients(gradients: number, rows: number, first: number, count: number, result: number): number {
      const largest = memory.f64(result, 2).fill(0);
      for (let i = first; i < first + count; i++) {
        const [g, h] = gradientsOf(gradients, rowAt(rows, i));
        largest[0] = Math.max(largest[0], Math.abs(g));
        largest[1] = Math.max(largest[1], Math.abs(h));
      }
      return 0;
    },
    quantizeGradients(
      packed: number,
      exact: number,
      rows: number,
      first: number,
      count: number,
      roundings: number,
      start: number,
      total: number,
      inverseG: number,
      inverseH: number,
    ): number {
      for (let i = first; i < first + count; i++) {
        const row = rowAt(rows, i);
        const place = (i + start) % total;
        const [forG, forH] = roundings === 0 ? [0.5, 0.5] : memory.f64(roundings + place * 16, 2);
        const [g, h] = gradientsOf(exact, row);
        const scaled = g * inverseG;
        const whole = [Math.trunc(scaled >= 0 ? scaled + forG : scaled - forG), Math.trunc(h * inverseH + forH)];
        memory.u8(packed + row * 2, 2).set([whole[1], whole[0] & 255]);
      }
      return 0;
    },
    sumOfGradients(gradients: number, rows: number, count: number, result: number): number {
      const sums = memory.f64(result, 2).fill(0);
      for (let i = 0; i < count; i++) {
        const [g, h] = gradientsOf(gradients, rowAt(rows, i));
        sums[0] += g;
        sums[1] += h;
      }
      return 0;
    },
  };
}
