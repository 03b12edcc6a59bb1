import type { KernelMemory } from '../memory.js';

const EPSILON = 1.0000000036274937e-15;

interface Candidate {
  readonly gain: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly leftG: number;
  readonly leftH: number;
  readonly leftCount: number;
}

export function plainLightgbmScan(memory: KernelMemory) {
  return {
    scanLightgbm(hist: number, descriptors: number, from: number, to: number, params: number, out: number): number {
      const [unitG, unitH, totalG, totalH, rows, parent, l1, l2, maxDelta, smooth, toBeat, minData, minHessian] =
        memory.f64(params, 13);
      const [constrained, least, most] = memory.f64(params + 104, 3);
      const countFactor = rows / totalH;
      const shrunk = (g: number) => (l1 > 0 ? (g < 0 || Object.is(g, -0) ? -1 : 1) * Math.max(0, Math.abs(g) - l1) : g);
      const outputOf = (s: number, h: number, count: number) => {
        let output = -s / (h + l2);
        if (maxDelta > 0 && Math.abs(output) > maxDelta) output = output < 0 ? -maxDelta : maxDelta;
        if (smooth > EPSILON) {
          const share = count / smooth;
          output = (output * share) / (share + 1) + parent / (share + 1);
        }
        return output;
      };
      const gainOf = (s: number, h: number, output: number) => -(2 * s * output + (h + l2) * output * output);
      const leafGain = (g: number, h: number, count: number) => {
        const s = shrunk(g);
        if (maxDelta <= 0 && smooth <= EPSILON) return (s * s) / (h + l2);
        return gainOf(s, h, outputOf(s, h, count));
      };
      const bound = (output: number) => Math.max(least, Math.min(most, output));

      for (let f = from; f < to; f++) {
        const [offset, bins, missingMode, zeroBin, mostFrequentIsZero, active, only, direction] = memory.i32(
          descriptors + f * 32,
          8,
        );
        const result = memory.f64(out + f * 64, 8);
        result[0] = Number.NEGATIVE_INFINITY;
        result[6] = 0;
        if (active === 0) continue;
        const entries = memory.i64(hist + (offset >>> 0), bins * 2);
        const missing = bins > 2 ? missingMode : 0;
        const rowsOf = (h: number | bigint) => Math.trunc(Number(h) * unitH * countFactor + 0.5);

        type Side = readonly [number, number, number];
        const splitGain = (left: Side, right: Side): number => {
          if (constrained !== 1) return leafGain(...left) + leafGain(...right);
          const outputs = [left, right].map(([g, h, count]) => bound(outputOf(shrunk(g), h, count)));
          if ((outputs[0] - outputs[1]) * direction > 0) return 0;
          return gainOf(shrunk(left[0]), left[1], outputs[0]) + gainOf(shrunk(right[0]), right[1], outputs[1]);
        };

        // Thresholds in the order of a scan; each bin joins the growing side, and the side's sums are judged.
        const scan = (order: number[], growsLeft: boolean): Candidate | undefined => {
          let best: Candidate | undefined;
          let [sumG, sumH, count] = [0n, 0n, 0];
          for (const t of order) {
            if (missing === 1 && t === zeroBin) continue;
            sumG += entries[t * 2];
            sumH += entries[t * 2 + 1];
            if (growsLeft && t === 0 && missing === 2 && mostFrequentIsZero) {
              count = rows;
              for (let i = 1; i < bins; i++) count -= rowsOf(entries[i * 2 + 1]);
            } else count += rowsOf(entries[t * 2 + 1]);
            const g = Number(sumG) * unitG;
            const h = Number(sumH) * unitH + EPSILON;
            if (count < minData || h < minHessian) continue;
            if (rows - count < minData || totalH - h < minHessian) break;
            const at = growsLeft ? t : t - 1;
            if (only >= 0 && at !== only) continue;
            const grownSide = [g, h, count] as const;
            const restSide = [totalG - g, totalH - h, rows - count] as const;
            const gain = growsLeft ? splitGain(grownSide, restSide) : splitGain(restSide, grownSide);
            if (!(gain > toBeat) || (best !== undefined && !(gain > best.gain))) continue;
            best = growsLeft
              ? { gain, threshold: at, defaultLeft: false, leftG: g, leftH: h, leftCount: count }
              : {
                  gain,
                  threshold: at,
                  defaultLeft: !(missingMode === 2 && bins <= 2),
                  leftG: totalG - g,
                  leftH: totalH - h,
                  leftCount: rows - count,
                };
          }
          return best;
        };

        const ascending = Array.from({ length: bins - 1 }, (_, t) => t);
        const descending = Array.from({ length: bins - 1 }, (_, i) => bins - 1 - i);
        if (missing === 2) descending.shift();
        let best = scan(descending, false);
        const other = missing === 0 ? undefined : scan(ascending, true);
        if (other !== undefined && (best === undefined || other.gain > best.gain)) best = other;
        if (best === undefined) continue;
        const { gain, threshold, defaultLeft, leftG, leftH, leftCount } = best;
        result.set([gain - toBeat, threshold, defaultLeft ? 1 : 0, leftG, leftH, leftCount, 1]);
      }
      return 0;
    },
  };
}
