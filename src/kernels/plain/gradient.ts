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

/** Σ log f + Σ rest, summed as the kernel does: apart for even and odd rows, Π f as mantissa and exponent. */
class LossSum {
  readonly #product = [1, 1];
  readonly #exponent = [0, 0];
  readonly #linear = [0, 0];

  add(place: number, factor: number, rest: number): void {
    const lane = place % 2;
    const product = this.#product[lane] * factor;
    const power = exponentOf(product);
    this.#exponent[lane] += power;
    this.#product[lane] = product / 2 ** power;
    this.#linear[lane] += rest;
  }

  get value(): number {
    const [even, odd] = [0, 1].map((lane) => this.#exponent[lane] * Math.LN2 + log(this.#product[lane]));
    return even + this.#linear[0] + (odd + this.#linear[1]);
  }
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

function exponentOf(x: number): number {
  double[0] = x;
  return (words[1] >>> 20) - 1023;
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
      const sum = new LossSum();
      for (let row = first; row < first + count; row++) {
        const positive = memory.u8(labels + row, 1)[0] !== 0;
        const y = positive ? 1 : -1;
        const weight = (positive ? positiveWeight : negativeWeight) * rowWeight(weights, row);
        const margin = y * memory.f64(scores + row * 8, 1)[0];
        const e = 1 + exp(margin);
        const response = -y / e;
        const size = Math.abs(response);
        put(out, row, response * weight, size * (1 - size) * weight);
        if (result !== 0) sum.add(row - first, e, -Math.min(margin, 709));
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
      const sum = new LossSum();
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
        if (result !== 0) sum.add(row - first, 1 + e, (positive ? negative : 0) - x);
      }
      if (result !== 0) memory.f64(result, 1)[0] = sum.value;
      return 0;
    },
    logLossSum(scores: number, labels: number, weights: number, first: number, count: number, result: number): number {
      const sum = new LossSum();
      let weighted = 0;
      for (let row = first; row < first + count; row++) {
        const score = memory.f64(scores + row * 8, 1)[0];
        const margin = memory.u8(labels + row, 1)[0] !== 0 ? score : -score;
        const factor = 1 + exp(-Math.abs(margin));
        if (weights === 0) sum.add(row - first, factor, -Math.min(margin, 0));
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
