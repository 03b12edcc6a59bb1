import type { KernelMemory } from '../memory.js';
import { log } from './exponential.js';

const LEAST = 1e-150;
const MOST = 1e150;

export function plainObliviousLeaves(memory: KernelMemory) {
  const value = (doubles: number, row: number) => memory.f64(doubles + row * 8, 1)[0];
  return {
    oddsGradients(
      odds: number,
      labels: number,
      weights: number,
      from: number,
      to: number,
      out: number,
      sums: number,
    ): number {
      const total = [0, 0, 0, 0];
      for (let row = from; row < to; row++) {
        const e = value(odds, row);
        const weight = weights === 0 ? 1 : value(weights, row);
        const g = (memory.u8(labels + row, 1)[0] - e / (1 + e)) * weight;
        total[0] += g * g;
        total[1] += Math.abs(g);
        total[2] = Math.max(total[2], Math.abs(g));
        total[3] = Math.max(total[3], weight);
        memory.f64(out + row * 8, 1)[0] = g;
      }
      memory.f64(sums, 4).set(total);
      return 0;
    },

    oddsLeafSums(table: number, first: number, count: number, odds: number, weights: number): number {
      for (let entry = first; entry < first + count; entry++) {
        const own = memory.f64(table + entry * 64, 8);
        const [from, to, m] = own;
        own.set(weights === 0 ? plainSums(from, to, m, odds) : weightedSums(from, to, m, odds, weights), 3);
      }
      return 0;
    },

    multiplyOdds(odds: number, leaf: number, factors: number, from: number, to: number): number {
      for (let row = from; row < to; row++) {
        const e = value(odds, row) * value(factors, memory.u16(leaf + row * 2, 1)[0]);
        memory.f64(odds + row * 8, 1)[0] = Math.min(Math.max(e, LEAST), MOST);
      }
      return 0;
    },
  };

  /** Even and odd places are summed apart, as the lanes of a vector; a last odd row is added at the end. */
  function plainSums(from: number, to: number, m: number, odds: number): number[] {
    const p = [0, 0];
    const h = [0, 0];
    const product = [1, 1];
    let exponent = 0;
    const pairs = from + Math.floor((to - from) / 2) * 2;
    for (let i = from; i < pairs; i++) {
      const lane = (i - from) % 2;
      const e = value(odds, i) * m;
      const q = 1 + e;
      p[lane] += e / q;
      h[lane] += e / q / q;
      const [significand, power] = parts(product[lane] * q);
      product[lane] = significand;
      exponent += power;
    }
    const sums = [p[0] + p[1], h[0] + h[1], product[0] * product[1], exponent, 0];
    if (pairs < to) {
      const e = value(odds, pairs) * m;
      const q = 1 + e;
      sums[0] += e / q;
      sums[1] += e / q / q;
      sums[4] = log(q);
    }
    return sums;
  }

  function weightedSums(from: number, to: number, m: number, odds: number, weights: number): number[] {
    const sums = [0, 0, 1, 0, 0];
    for (let i = from; i < to; i++) {
      const e = value(odds, i) * m;
      const q = 1 + e;
      const weight = value(weights, i);
      sums[0] += weight * (e / q);
      sums[1] += weight * (e / q / q);
      sums[4] += weight * log(q);
    }
    return sums;
  }
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** A positive normal number as a significand in [1, 2) and a power of two. */
function parts(x: number): [significand: number, power: number] {
  double[0] = x;
  const power = (words[1] >>> 20) - 1023;
  words[1] = (words[1] & 0x000fffff) | 0x3ff00000;
  return [double[0], power];
}
