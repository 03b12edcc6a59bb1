import { Random } from '../../base/random.js';
import type { KernelMemory } from '../memory.js';
import { log } from './exponential.js';

type Sums = [bigint, bigint];

export function plainObliviousScores(memory: KernelMemory) {
  /** Σ gradient and Σ weight of the false and of the true side of split b. */
  const sides = (at: number, buckets: number, oneHot: number, b: number): [Sums, Sums] => {
    const bins = memory.i64(at, buckets * 2);
    const found: [Sums, Sums] = [
      [0n, 0n],
      [0n, 0n],
    ];
    for (let k = 0; k < buckets; k++) {
      const side = found[(oneHot ? k === b : k > b) ? 1 : 0];
      side[0] += bins[k * 2];
      side[1] += bins[k * 2 + 1];
    }
    return found;
  };

  /** Scores of all splits; each leaf is a body (averages), a tail (gains) and a λ. */
  const scoresOf = (
    leaves: readonly { body: number; tail: number; lambda: number }[],
    buckets: number,
    oneHot: number,
    cosine: number,
    unitG: number,
    unitW: number,
  ) =>
    Array.from({ length: oneHot ? buckets : buckets - 1 }, (_, b) => {
      // False and true sides are summed apart, as the two lanes of the vectors.
      const gain = [0, 0];
      const norm = [0, 0];
      for (const { body, tail, lambda } of leaves) {
        const learnt = sides(body, buckets, oneHot, b);
        const judged = sides(tail, buckets, oneHot, b);
        if (learnt[0][1] + learnt[1][1] === 0n || judged[0][1] + judged[1][1] === 0n) continue;
        for (const s of [0, 1]) {
          const w = Number(learnt[s][1]) * unitW;
          const a = w > 0 ? (Number(learnt[s][0]) * unitG) / (w + lambda) : 0;
          gain[s] += a * (Number(judged[s][0]) * unitG);
          norm[s] += a * a * (Number(judged[s][1]) * unitW);
        }
      }
      return cosine ? (gain[0] + gain[1]) / Math.sqrt(1e-100 + (norm[0] + norm[1])) : gain[0] + gain[1];
    });

  const finish = (scores: readonly number[], oneHot: number, out: number, noise: number, at: number, to: number) => {
    memory.f64(out, scores.length).set(scores);
    const generator = memory.u32(at, 4);
    const random = new Random(0);
    random.state.set(generator);
    memory.f64(to, 2).set(chooseSplit(scores, oneHot && scores.length === 2 ? 1 : 0, noise, random));
    generator.set(random.state);
    return scores.length;
  };

  return {
    obliviousScores(
      hist: number,
      slots: number,
      leafCount: number,
      slotBytes: number,
      buckets: number,
      oneHot: number,
      lambda: number,
      cosine: number,
      unitG: number,
      unitW: number,
      out: number,
      noise: number,
      state: number,
      result: number,
    ): number {
      const leaves = Array.from(memory.i32(slots, leafCount), (slot) => hist + slot * slotBytes);
      const pairs = leaves.map((at) => ({ body: at, tail: at, lambda }));
      return finish(scoresOf(pairs, buckets, oneHot, cosine, unitG, unitW), oneHot, out, noise, state, result);
    },

    obliviousOrderedScores(
      hist: number,
      slots: number,
      leafCount: number,
      pairs: number,
      slotBytes: number,
      buckets: number,
      oneHot: number,
      lambdas: number,
      cosine: number,
      unitG: number,
      unitW: number,
      out: number,
      noise: number,
      state: number,
      result: number,
    ): number {
      const at = Array.from(memory.i32(slots, leafCount * pairs * 2), (slot) => hist + slot * slotBytes);
      const leaves = Array.from({ length: leafCount * pairs }, (_, i) => ({
        body: at[i * 2],
        tail: at[i * 2 + 1],
        lambda: memory.f64(lambdas, pairs)[i % pairs],
      }));
      return finish(scoresOf(leaves, buckets, oneHot, cosine, unitG, unitW), oneHot, out, noise, state, result);
    },
  };
}

function chooseSplit(
  scores: readonly number[],
  first: number,
  noise: number,
  random: Random,
): [best: number, score: number] {
  let best = -1;
  let most = -Infinity;
  const drawn: number[] = [];
  for (let b = first; b < scores.length; b++) {
    if (noise > 0 && drawn.length === 0) drawn.push(...normalPair(random));
    const score = noise > 0 ? scores[b] + noise * (drawn.shift() as number) : scores[b];
    if (score > most) {
      most = score;
      best = b;
    }
  }
  return [best, best < 0 ? 0 : scores[best]];
}

function normalPair(random: Random): [number, number] {
  for (;;) {
    const u = random.nextUint32() / 2147483648 - 1;
    const v = random.nextUint32() / 2147483648 - 1;
    const s = u * u + v * v;
    if (!(s > 0 && s < 1)) continue;
    const size = Math.sqrt((-2 * log(s)) / s);
    return [u * size, v * size];
  }
}
