import type { KernelMemory } from '../memory.js';

const f32 = Math.fround;
const MVS_LAMBDA = f32(0.1);

export function plainXgboostRowSample(memory: KernelMemory) {
  return {
    drawRows(rows: number, seed: number, probability: number, out: number, result: number): number {
      const draws = new RowDraws(seed);
      const sample: number[] = [];
      for (let row = 0; row < rows; row++) if (draws.next() < probability) sample.push(row);
      return write(memory, sample, out, result);
    },
    gradientSizes(gradients: number, first: number, count: number, sizes: number): number {
      const out = memory.f32(sizes + first * 4, count);
      const entries = memory.f32(gradients + first * 8, count * 2);
      for (let i = 0; i < count; i++) {
        const [g, h] = [entries[i * 2], entries[i * 2 + 1]];
        out[i] = Math.sqrt(f32(f32(g * g) + f32(MVS_LAMBDA * f32(h * h))));
      }
      return 0;
    },
    sizeThreshold(sizes: number, rows: number, wanted: number, _scratch: number, result: number): number {
      memory.f32(result, 1)[0] = thresholdOf(memory.f32(sizes, rows), wanted);
      return 0;
    },
    drawRowsBySize(
      sizes: number,
      rows: number,
      threshold: number,
      seed: number,
      gradients: number,
      out: number,
      result: number,
    ): number {
      const draws = new RowDraws(seed);
      const entries = memory.f32(gradients, rows * 2);
      const sample: number[] = [];
      memory.f32(sizes, rows).forEach((size, row) => {
        const probability = f32(size / threshold);
        if (probability < 1) {
          if (size === 0 || draws.nextSingle() > probability) return;
          const factor = f32(1 / probability);
          entries[row * 2] *= factor;
          entries[row * 2 + 1] *= factor;
        }
        sample.push(row);
      });
      return write(memory, sample, out, result);
    },
  };
}

/** The rows and how many they are. */
function write(memory: KernelMemory, sample: readonly number[], out: number, result: number): number {
  memory.u32(out, sample.length).set(sample);
  memory.i32(result, 1)[0] = sample.length;
  return 0;
}

function thresholdOf(sizes: Float32Array, wanted: number): number {
  const rows = sizes.length;
  const sorted = sizes.slice().sort();
  const sums = new Float32Array(rows);
  sorted.forEach((size, i) => {
    sums[i] = (sums[i - 1] ?? 0) + size;
  });
  let [low, high] = [0, rows - 1];
  while (low <= high) {
    const middle = low + Math.floor((high - low) / 2);
    const left = f32(f32(wanted) - f32(rows - middle - 1));
    const threshold = f32(sums[middle] / left);
    if (left <= 0) low = middle + 1;
    else if (threshold <= sorted[middle]) high = middle - 1;
    else if (middle === rows - 1 || threshold <= sorted[middle + 1]) return threshold;
    else low = middle + 1;
  }
  return f32(sums[rows - 1] / f32(wanted));
}

/** x ← 16807 x mod 2^63; draws are uniform in [0, 1). */
class RowDraws {
  #state: bigint;

  constructor(seed: number) {
    this.#state = seed === 0 ? 1n : BigInt(seed);
  }

  next(): number {
    return Number(this.#step()) / 2 ** 63;
  }

  nextSingle(): number {
    const x = this.#step();
    // Rounded once: the bits that a double could not hold only tell which side of a middle the number is on.
    const high = Number(x >> 20n) + ((x & 0xfffffn) === 0n ? 0 : 0.5);
    return Math.min(f32(high) / 2 ** 43, 1 - 2 ** -24);
  }

  #step(): bigint {
    this.#state = (this.#state * 16807n) & 0x7fffffffffffffffn;
    return this.#state - 1n;
  }
}
