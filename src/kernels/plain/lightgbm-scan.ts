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
      const countFactor = rows / totalH;
      const leafGain = (g: number, h: number, count: number) => {
        const s = l1 > 0 ? (g < 0 || Object.is(g, -0) ? -1 : 1) * Math.max(0, Math.abs(g) - l1) : g;
        if (maxDelta <= 0 && smooth <= EPSILON) return (s * s) / (h + l2);
        let output = -s / (h + l2);
        if (maxDelta > 0 && Math.abs(output) > maxDelta) output = output < 0 ? -maxDelta : maxDelta;
        if (smooth > EPSILON) {
          const share = count / smooth;
          output = (output * share) / (share + 1) + parent / (share + 1);
        }
        return -(2 * s * output + (h + l2) * output * output);
      };

      for (let f = from; f < to; f++) {
        const [offset, bins, missingMode, zeroBin, mostFrequentIsZero, active, only] = memory.i32(
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
            const threshold = growsLeft ? t : t - 1;
            if (only >= 0 && threshold !== only) continue;
            const grown = leafGain(g, h, count);
            const rest = leafGain(totalG - g, totalH - h, rows - count);
            const gain = growsLeft ? grown + rest : rest + grown;
            if (!(gain > toBeat) || (best !== undefined && !(gain > best.gain))) continue;
            best = growsLeft
              ? { gain, threshold, defaultLeft: false, leftG: g, leftH: h, leftCount: count }
              : {
                  gain,
                  threshold,
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
