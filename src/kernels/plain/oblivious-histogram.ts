import { Random } from '../../base/random.js';
import type { KernelMemory } from '../memory.js';
import { log } from './exponential.js';

export function plainObliviousHistogram(memory: KernelMemory) {
  const quadOf = (quads: number, row: number) => memory.u8(quads + row * 4, 4);
  return {
    obliviousHistogram(
      quads: number,
      rows: number,
      stats: number,
      plan: number,
      planCount: number,
      hist: number,
      laneBytes: number,
    ): number {
      const words = laneBytes / 2;
      for (let entry = 0; entry < planCount; entry++) {
        const [from, to, slot, parent] = memory.i32(plan + entry * 16, 4);
        const own = memory.i64(hist + slot * laneBytes * 4, words).fill(0n);
        for (let i = from; i < to; i++) {
          const quad = quadOf(quads, memory.u32(rows + i * 4, 1)[0]);
          const [gradient, weight] = Array.from(memory.i32(stats + i * 8, 2), BigInt);
          for (let lane = 0; lane < 4; lane++) {
            const bin = (lane * laneBytes) / 8 + quad[lane] * 2;
            own[bin] += gradient;
            own[bin + 1] += weight;
          }
        }
        if (parent < 0) continue;
        const whole = memory.i64(hist + parent * laneBytes * 4, words);
        for (let i = 0; i < words; i++) whole[i] -= own[i];
      }
      return 0;
    },

    obliviousNarrowHistogram(
      quads: number,
      rows: number,
      stats: number,
      leaf: number,
      count: number,
      slots: number,
      leaves: number,
      hist: number,
    ): number {
      const bins = memory.i64(hist, leaves * 128).fill(0n);
      const slotOf = memory.i32(slots, leaves);
      for (let i = 0; i < count; i++) {
        const quad = quadOf(quads, memory.u32(rows + i * 4, 1)[0]);
        const [gradient, weight] = Array.from(memory.i32(stats + i * 8, 2), BigInt);
        const slot = slotOf[memory.u16(leaf + i * 2, 1)[0]] * 128;
        for (let lane = 0; lane < 4; lane++) {
          const bin = slot + lane * 32 + (quad[lane] & 15) * 2;
          bins[bin] += gradient;
          bins[bin + 1] += weight;
        }
      }
      return 0;
    },

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
      const splits = oneHot ? buckets : buckets - 1;
      const slot = memory.i32(slots, leafCount);
      const scores = memory.f64(out, splits);
      const average = (g: number, w: number) => (w > 0 ? g / (w + lambda) : 0);
      for (let b = 0; b < splits; b++) {
        // False and true sides are summed apart, as the two lanes of the vectors.
        const gain = [0, 0];
        const norm = [0, 0];
        for (let leaf = 0; leaf < leafCount; leaf++) {
          const bins = memory.i64(hist + slot[leaf] * slotBytes, buckets * 2);
          const sides = [
            [0n, 0n],
            [0n, 0n],
          ];
          for (let k = 0; k < buckets; k++) {
            const side = sides[(oneHot ? k === b : k > b) ? 1 : 0];
            side[0] += bins[k * 2];
            side[1] += bins[k * 2 + 1];
          }
          if (sides[0][1] + sides[1][1] === 0n) continue;
          sides.forEach((side, s) => {
            const g = Number(side[0]) * unitG;
            const w = Number(side[1]) * unitW;
            const a = average(g, w);
            gain[s] += a * g;
            norm[s] += a * a * w;
          });
        }
        scores[b] = cosine ? (gain[0] + gain[1]) / Math.sqrt(1e-100 + (norm[0] + norm[1])) : gain[0] + gain[1];
      }
      const generator = memory.u32(state, 4);
      const random = new Random(0);
      random.state.set(generator);
      memory.f64(result, 2).set(chooseSplit(scores, oneHot && splits === 2 ? 1 : 0, noise, random));
      generator.set(random.state);
      return splits;
    },
  };
}

function chooseSplit(
  scores: Float64Array,
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
