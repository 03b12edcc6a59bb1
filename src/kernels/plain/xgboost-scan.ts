import type { KernelMemory } from '../memory.js';

const f32 = Math.fround;

export function plainXgboostScan(memory: KernelMemory) {
  return {
    scanXgboost(hist: number, descriptors: number, from: number, to: number, params: number, out: number): number {
      const [unitG, unitH, totalG, totalH, own, lambda, alpha, maxDelta, minWeight] = memory.f64(params, 9);
      const [constrained, low, high] = memory.f64(params + 72, 3);
      const weightWithin = (g: number, h: number): number => {
        let weight = 0;
        if (h >= minWeight && h > 0) {
          weight = -(g > alpha ? g - alpha : g < -alpha ? g + alpha : 0) / (h + lambda);
          if (maxDelta !== 0 && Math.abs(weight) > maxDelta) weight = Math.sign(weight) * maxDelta;
        }
        return Math.min(Math.max(f32(weight), low), high);
      };
      const gainOfWeight = (g: number, h: number, w: number): number =>
        h <= 0 ? 0 : -f32(f32(f32(2 * f32(g)) * w) + f32(f32(f32(h) + f32(lambda)) * f32(w * w)));
      const gainOf = (g: number, h: number): number => {
        if (h <= 0) return 0;
        const s = g > alpha ? g - alpha : g < -alpha ? g + alpha : 0;
        if (maxDelta === 0) return f32(f32(s * s) / f32(h + lambda));
        let weight = 0;
        if (h >= minWeight) {
          weight = -s / (h + lambda);
          if (Math.abs(weight) > maxDelta) weight = weight < 0 ? -maxDelta : maxDelta;
        }
        const w = f32(weight);
        const linear = f32(f32(2 * f32(g)) * w);
        return -f32(linear + f32(f32(f32(h) + f32(lambda)) * f32(w * w)));
      };
      for (let f = from; f < to; f++) {
        const [offset, bins, hasMissing, active, direction] = memory.i32(descriptors + f * 32, 5);
        const result = memory.f64(out + f * 64, 7);
        result[0] = 0;
        if (active === 0) continue;
        const entries = memory.i64(hist + (offset >>> 0), (bins + hasMissing) * 2);

        const gainsOf = (left: readonly number[], right: readonly number[]): number => {
          if (constrained === 0) return f32(gainOf(left[0], left[1]) + gainOf(right[0], right[1]));
          const [lower, upper] = [weightWithin(left[0], left[1]), weightWithin(right[0], right[1])];
          if ((upper - lower) * direction < 0) return Number.NEGATIVE_INFINITY;
          return f32(gainOfWeight(left[0], left[1], lower) + gainOfWeight(right[0], right[1], upper));
        };

        /** Lets one side grow bin by bin; the other has the rest of the node. */
        const scan = (order: readonly number[], growsLeft: boolean): void => {
          let [sumG, sumH] = [0n, 0n];
          for (const t of order) {
            sumG += entries[t * 2];
            sumH += entries[t * 2 + 1];
            const grown = [Number(sumG) * unitG, Number(sumH) * unitH];
            const rest = [totalG - grown[0], totalH - grown[1]];
            if (grown[1] < minWeight) continue;
            if (rest[1] < minWeight) break;
            const [left, right] = growsLeft ? [grown, rest] : [rest, grown];
            const gain = f32(gainsOf(left, right) - f32(own));
            if (gain > result[0] && gain < Number.POSITIVE_INFINITY)
              result.set([gain, growsLeft ? t : t - 1, growsLeft ? 0 : 1, ...left, ...right]);
          }
        };

        const ascending = Array.from({ length: bins }, (_, t) => t);
        scan(ascending, true);
        if (hasMissing && (entries[bins * 2] !== 0n || entries[bins * 2 + 1] !== 0n)) scan(ascending.reverse(), false);
      }
      return 0;
    },
  };
}
