import type { KernelMemory } from '../memory.js';
import { exp, log } from './exponential.js';

/** Nearest integer, ties to even, of value · scale. */
export function fixedPoint(value: number, scale: number): bigint {
  const x = value * scale;
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return BigInt(up ? floor + 1 : floor);
}

/** Σ rest + sign · Σ log f, summed as the kernels do: apart for even and odd rows, a logarithm for 256 factors. */
class LossSum {
  readonly #sign: 1 | -1;
  readonly #product = [1, 1];
  readonly #factors = [0, 0];
  readonly #sum = [0, 0];

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  add(place: number, factor: number, rest: number): void {
    const lane = place % 2;
    this.#product[lane] *= factor;
    this.#sum[lane] += rest;
    if (++this.#factors[lane] < 256) return;
    this.#sum[lane] += this.#sign * log(this.#product[lane]);
    this.#product[lane] = 1;
    this.#factors[lane] = 0;
  }

  get value(): number {
    const [even, odd] = this.#sum.map((sum, lane) => sum + this.#sign * log(this.#product[lane]));
    return even + odd;
  }
}

export function plainGradient(memory: KernelMemory) {
  const rowWeight = (weights: number, row: number) => (weights === 0 ? 1 : memory.f64(weights + row * 8, 1)[0]);
  const put = (out: number, row: number, g: number, h: number) => memory.f32(out + row * 8, 2).set([g, h]);
  return {
    logLossGradients(
      scores: number,
      labels: number,
      weights: number,
      first: number,
      count: number,
      negativeWeight: number,
      positiveWeight: number,
      out: number,
      result: number,
    ): number {
      const sum = new LossSum(-1);
      for (let row = first; row < first + count; row++) {
        const positive = memory.u8(labels + row, 1)[0] !== 0;
        const y = positive ? 1 : -1;
        const weight = (positive ? positiveWeight : negativeWeight) * rowWeight(weights, row);
        const margin = y * memory.f64(scores + row * 8, 1)[0];
        const e = 1 + exp(margin);
        const response = -y / e;
        const size = Math.abs(response);
        put(out, row, response * weight, size * (1 - size) * weight);
        if (result !== 0) sum.add(row - first, Math.max(size, 1 - size), Math.max(0, -margin));
      }
      if (result !== 0) memory.f64(result, 1)[0] = sum.value;
      return 0;
    },
    logisticGradients(
      scores: number,
      labels: number,
      weights: number,
      first: number,
      count: number,
      positiveWeight: number,
      out: number,
      result: number,
    ): number {
      const f = Math.fround;
      const sum = new LossSum(-1);
      for (let row = first; row < first + count; row++) {
        const positive = memory.u8(labels + row, 1)[0] !== 0;
        const weight = f(f(positive ? positiveWeight : 1) * f(rowWeight(weights, row)));
        const negative = -memory.f64(scores + row * 8, 1)[0];
        const x = Math.min(negative, f(88.7));
        const e = exp(x);
        const p = f(1 / f(f(e) + 1));
        const g = f(f(p - (positive ? 1 : 0)) * weight);
        const h = f(Math.max(f(p * f(1 - p)), f(1e-16)) * weight);
        put(out, row, g, h);
        const q = 1 / (1 + e);
        const margin = positive ? -negative : negative;
        if (result !== 0) sum.add(row - first, Math.max(q, 1 - q), Math.max(0, -margin));
      }
      if (result !== 0) memory.f64(result, 1)[0] = sum.value;
      return 0;
    },
    logLossSum(scores: number, labels: number, weights: number, first: number, count: number, result: number): number {
      const sum = new LossSum(1);
      let weighted = 0;
      for (let row = first; row < first + count; row++) {
        const score = memory.f64(scores + row * 8, 1)[0];
        const margin = memory.u8(labels + row, 1)[0] !== 0 ? score : -score;
        const factor = 1 + exp(-Math.abs(margin));
        if (weights === 0) sum.add(row - first, factor, Math.max(0, -margin));
        else weighted += (log(factor) - Math.min(margin, 0)) * rowWeight(weights, row);
      }
      memory.f64(result, 1)[0] = weights === 0 ? sum.value : weighted;
      return 0;
    },
    addToScores(rows: number, count: number, scores: number, value: number, single: number): number {
      for (const row of memory.u32(rows, count)) {
        const score = memory.f64(scores + row * 8, 1);
        score[0] = single ? Math.fround(score[0] + value) : score[0] + value;
      }
      return 0;
    },
  };
}
