import { Random } from '../../base/random.js';
import type { KernelMemory } from '../memory.js';
import { exp, log } from './exponential.js';
import { fixedPoint } from './gradient.js';

const MOST_WEIGHT = 1e100;

export function plainCatboostSampling(memory: KernelMemory) {
  const value = (doubles: number, row: number) => memory.f64(doubles + row * 8, 1)[0];

  /** Stores the weights of a block and its sums; goes on with the generator at `state`. */
  function weigh(
    from: number,
    to: number,
    state: number,
    gradients: number,
    weights: number,
    out: number,
    sums: number,
    weightOf: (row: number, random: Random) => number,
  ): number {
    const words = memory.u32(state, 4);
    const random = new Random(0);
    random.state.set(words);
    const total = [0, 0, 0];
    for (let row = from; row < to; row++) {
      const weight = weightOf(row, random);
      memory.f64(out + row * 8, 1)[0] = weight;
      if (weight === 0) continue;
      total[0] += 1;
      total[1] = Math.max(total[1], Math.abs(value(gradients, row)) * weight);
      total[2] = Math.max(total[2], weights === 0 ? weight : weight * value(weights, row));
    }
    words.set(random.state);
    memory.f64(sums, 3).set(total);
    return 0;
  }

  return {
    mvsWeights(
      gradients: number,
      weights: number,
      from: number,
      to: number,
      lambda: number,
      rate: number,
      state: number,
      scratch: number,
      threshold: number,
      out: number,
      sums: number,
    ): number {
      const sizes = memory.f64(scratch, to - from);
      for (let row = from; row < to; row++) sizes[row - from] = Math.sqrt(lambda + value(gradients, row) ** 2);
      const known = memory.f64(threshold, 1);
      const t = mvsThreshold(sizes, rate * sizes.length, known[0]);
      known[0] = t;
      return weigh(from, to, state, gradients, weights, out, sums, (row, random) => {
        const draw = random.nextUint32();
        const size = sizes[row - from];
        if (size > t) return 1;
        return size > t * Number.EPSILON && draw * t < size * 2 ** 32 ? t / size : 0;
      });
    },

    randomWeights(
      gradients: number,
      weights: number,
      from: number,
      to: number,
      rate: number,
      temperature: number,
      state: number,
      out: number,
      sums: number,
    ): number {
      return weigh(from, to, state, gradients, weights, out, sums, (_, random) => {
        const draw = random.next();
        if (temperature < 0) return draw < rate ? 1 : 0;
        if (temperature === 0) return 1;
        const exponential = -log(draw + 1e-100);
        if (temperature === 1) return Math.max(0, exponential);
        return exponential > 0 ? Math.min(exp(temperature * log(exponential)), MOST_WEIGHT) : 0;
      });
    },

    sampleRows(
      gradients: number,
      weights: number,
      samples: number,
      order: number,
      from: number,
      to: number,
      scaleG: number,
      scaleW: number,
      first: number,
      kept: number,
      rowsOut: number,
      statsOut: number,
    ): number {
      let place = first;
      for (let row = from; row < to && place < first + kept; row++) {
        const sample = samples === 0 ? 1 : value(samples, row);
        if (sample === 0) continue;
        const weight = weights === 0 ? sample : sample * value(weights, row);
        memory.u32(rowsOut + place * 4, 1)[0] = order === 0 ? row : memory.u32(order + row * 4, 1)[0];
        const stat = memory.i32(statsOut + place * 8, 2);
        stat[0] = Number(fixedPoint(value(gradients, row) * sample, scaleG));
        stat[1] = Number(fixedPoint(weight, scaleW));
        place++;
      }
      return place - first;
    },
  };
}

function mvsThreshold(sizes: Float64Array, target: number, guess: number): number {
  let threshold = guess > 0 ? guess : Number.POSITIVE_INFINITY;
  for (let round = 0; ; round++) {
    // Even and odd places are summed apart, as the lanes of a vector; a last odd one is added at the end.
    let certain = 0;
    const sums = [0, 0];
    const pairs = sizes.length - (sizes.length % 2);
    for (let i = 0; i < pairs; i++) {
      if (sizes[i] >= threshold) certain++;
      else sums[i % 2] += sizes[i];
    }
    let sum = sums[0] + sums[1];
    if (pairs < sizes.length) {
      if (sizes[pairs] >= threshold) certain++;
      else sum += sizes[pairs];
    }
    const next = sum / (target - certain);
    const possible = certain < target && next > 0;
    if (round === 0 && guess > 0) threshold = possible ? next : Number.POSITIVE_INFINITY;
    else if (possible && next < threshold) threshold = next;
    else return threshold;
  }
}
