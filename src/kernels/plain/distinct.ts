import type { KernelMemory } from '../memory.js';

export function plainDistinct(memory: KernelMemory) {
  return {
    distinctNumbers(
      cells: number,
      count: number,
      zero: number,
      scratch: number,
      values: number,
      counts: number,
      sizeOut: number,
    ): number {
      const known = memory.f64(cells, count).filter((x) => !Number.isNaN(x));
      memory.i32(scratch, 1)[0] = known.length;
      const sorted = known.filter((x) => Math.abs(x) > zero).sort();
      let distinct = 0;
      sorted.forEach((x, i) => {
        if (i === 0 || x > nextUp(sorted[i - 1])) memory.f64(counts, ++distinct)[distinct - 1] = 0;
        memory.f64(counts, distinct)[distinct - 1]++;
        memory.f64(values, distinct)[distinct - 1] = x;
      });
      memory.i32(sizeOut, 1)[0] = distinct;
      return distinct;
    },
  };
}

/** The next double above; for numbers other than 0. */
function nextUp(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0] += x > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}
