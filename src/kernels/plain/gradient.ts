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

export function plainGradient(memory: KernelMemory) {
  const rowWeight = (weights: number, row: number) => (weights === 0 ? 1 : memory.f64(weights + row * 8, 1)[0]);
  return {
    logLossGradients(
      scores: number,
      labels: number,
      weights: number,
      first: number,
      count: number,
      negativeWeight: number,
      positiveWeight: number,
      single: number,
      scaleG: number,
      scaleH: number,
      out: number,
    ): number {
      const round = single ? Math.fround : (x: number) => x;
      for (let row = first; row < first + count; row++) {
        const positive = memory.u8(labels + row, 1)[0] !== 0;
        const y = positive ? 1 : -1;
        const weight = (positive ? positiveWeight : negativeWeight) * rowWeight(weights, row);
        const response = -y / (1 + exp(y * memory.f64(scores + row * 8, 1)[0]));
        const size = Math.abs(response);
        const entry = memory.i64(out + row * 16, 2);
        entry[0] = fixedPoint(round(response * weight), scaleG);
        entry[1] = fixedPoint(round(size * (1 - size) * weight), scaleH);
      }
      return 0;
    },
    logisticGradients(
      scores: number,
      labels: number,
      weights: number,
      first: number,
      count: number,
      positiveWeight: number,
      scaleG: number,
      scaleH: number,
      out: number,
    ): number {
      const f = Math.fround;
      for (let row = first; row < first + count; row++) {
        const positive = memory.u8(labels + row, 1)[0] !== 0;
        const weight = f(f(positive ? positiveWeight : 1) * f(rowWeight(weights, row)));
        const x = Math.min(-memory.f64(scores + row * 8, 1)[0], f(88.7));
        const p = f(1 / f(f(exp(x)) + 1));
        const entry = memory.i64(out + row * 16, 2);
        entry[0] = fixedPoint(f(f(p - (positive ? 1 : 0)) * weight), scaleG);
        entry[1] = fixedPoint(f(Math.max(f(p * f(1 - p)), f(1e-16)) * weight), scaleH);
      }
      return 0;
    },
    logLossSum(scores: number, labels: number, weights: number, first: number, count: number, result: number): number {
      let sum = 0;
      for (let row = first; row < first + count; row++) {
        const score = memory.f64(scores + row * 8, 1)[0];
        const margin = memory.u8(labels + row, 1)[0] !== 0 ? score : -score;
        const loss = log(1 + exp(-Math.abs(margin))) - Math.min(margin, 0);
        sum += weights === 0 ? loss : loss * rowWeight(weights, row);
      }
      memory.f64(result, 1)[0] = sum;
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
