import type { KernelMemory } from '../memory.js';
import { plainCategories } from './lightgbm-categories.js';

const EPSILON = 1.0000000036274937e-15;

/** Σg, Σh and rows of a side. */
type Side = readonly [number, number, number];

interface Candidate {
  readonly gain: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly fromLeft: boolean;
  readonly left: Side;
}

type Scan = (hist: number, descriptors: number, from: number, to: number, params: number, out: number) => number;

export function plainLightgbmScan(memory: KernelMemory): Record<'scanLightgbm' | 'scanPackedLightgbm', Scan> {
  return {
    scanLightgbm: scanOf(memory, 16, (at, bins) => memory.i64(at, bins * 2)),
    scanPackedLightgbm: scanOf(memory, 8, (at, bins) => {
      const sums = new BigInt64Array(bins * 2);
      memory.i64(at, bins).forEach((entry, bin) => {
        sums.set([entry >> 32n, entry & 0xffffffffn], bin * 2);
      });
      return sums;
    }),
  };
}

/** `entriesAt` gives Σg and Σh of the entries, of `entryBytes` each, from a byte offset on. */
function scanOf(
  memory: KernelMemory,
  entryBytes: number,
  entriesAt: (at: number, bins: number) => BigInt64Array,
): Scan {
  return (hist, descriptors, from, to, params, out) => {
    const [unitG, unitH, totalG, totalH, rows, parent, l1, l2, maxDelta, smooth, toBeat, minData, minHessian] =
      memory.f64(params, 13);
    const [constrained, least, most, rowsOfUnit, unitsG, unitsH] = memory.f64(params + 104, 6);
    const quantized = rowsOfUnit > 0;
    const inSum = quantized ? 0 : EPSILON;
    const inGain = quantized ? EPSILON : 0;
    const shared = [least, most, least, most];
    const countFactor = rows / totalH;
    const shrunk = (g: number) => (l1 > 0 ? (g < 0 || Object.is(g, -0) ? -1 : 1) * Math.max(0, Math.abs(g) - l1) : g);
    const outputOf = (s: number, h: number, count: number, l2: number) => {
      let output = -s / (h + l2);
      if (maxDelta > 0 && Math.abs(output) > maxDelta) output = output < 0 ? -maxDelta : maxDelta;
      if (smooth > EPSILON) {
        const share = count / smooth;
        output = (output * share) / (share + 1) + parent / (share + 1);
      }
      return output;
    };
    const gainOf = (s: number, h: number, output: number, l2: number) => -(2 * s * output + (h + l2) * output * output);
    const leafGain = (g: number, h: number, count: number, l2: number) => {
      const s = shrunk(g);
      if (maxDelta <= 0 && smooth <= EPSILON) return (s * s) / (h + l2);
      return gainOf(s, h, outputOf(s, h, count, l2), l2);
    };
    const bound = (output: number, low: number, high: number) => {
      if (output < low) return low;
      return Math.min(output, high);
    };

    const gainWithin = (g: number, h: number, count: number, l2: number) => {
      if (constrained !== 1) return leafGain(g, h, count, l2);
      const s = shrunk(g);
      return gainOf(s, h, bound(outputOf(s, h, count, l2), least, most), l2);
    };

    const [columnOffset, columnBins] = memory.f64(params + 192, 2);
    const all = [0n, 0n];
    entriesAt(hist + columnOffset, columnBins).forEach((sum, i) => {
      all[i % 2] += sum;
    });

    for (let f = from; f < to; f++) {
      const [offset, bins, missingMode, zeroBin, mostFrequentIsZero, active, only, direction, own, start, common] =
        memory.i32(descriptors + f * 64, 11);
      const result = memory.f64(out + f * 64, 8);
      result[0] = Number.NEGATIVE_INFINITY;
      result[6] = 0;
      const [isSet, scratch] = memory.i32(descriptors + f * 64 + 48, 2);
      if (isSet === 1) {
        const own = entriesAt(hist + (offset >>> 0), bins);
        plainCategories(memory, own, bins, scratch >>> 0, params, result, gainWithin);
      }
      if (active === 0) continue;
      let entries = entriesAt(hist + (offset >>> 0) + start * entryBytes, bins);
      if (start > 0) {
        const own = new BigInt64Array(bins * 2);
        const rest = [...all];
        for (let bin = 0; bin < bins; bin++) {
          if (bin === common) continue;
          for (const part of [0, 1]) {
            own[bin * 2 + part] = entries[(bin - (bin > common ? 1 : 0)) * 2 + part];
            rest[part] -= own[bin * 2 + part];
          }
        }
        own.set(rest, common * 2);
        entries = own;
      }
      const missing = bins > 2 ? missingMode : 0;
      const rowsOf = (h: number | bigint) => Math.trunc(Number(h) * unitH * countFactor + 0.5);

      let splittable = false;
      const splitGain = (left: Side, right: Side, bounds: ArrayLike<number>): number => {
        if (constrained !== 1) return leafGain(...left, l2) + leafGain(...right, l2);
        const outputs = [left, right].map(([g, h, count], side) =>
          bound(outputOf(shrunk(g), h, count, l2), bounds[side * 2], bounds[side * 2 + 1]),
        );
        if ((outputs[0] - outputs[1]) * direction > 0) return 0;
        return gainOf(shrunk(left[0]), left[1], outputs[0], l2) + gainOf(shrunk(right[0]), right[1], outputs[1], l2);
      };

      // Thresholds in the order of a scan; each bin joins the growing side, and the side's sums are judged.
      const scan = (order: number[], growsLeft: boolean): Candidate | undefined => {
        let best: Candidate | undefined;
        let [sumG, sumH, count] = [0n, 0n, 0];
        for (const t of order) {
          if (missing === 1 && t === zeroBin) continue;
          sumG += entries[t * 2];
          sumH += entries[t * 2 + 1];
          if (rowsOfUnit > 0) count = Math.trunc(Number(sumH) * rowsOfUnit + 0.5);
          else if (growsLeft && t === 0 && missing === 2 && mostFrequentIsZero) {
            count = rows;
            for (let i = 1; i < bins; i++) count -= rowsOf(entries[i * 2 + 1]);
          } else count += rowsOf(entries[t * 2 + 1]);
          const g = Number(sumG) * unitG;
          const h = Number(sumH) * unitH + inSum;
          const restH = quantized ? (unitsH - Number(sumH)) * unitH : totalH - h;
          if (count < minData || h < minHessian) continue;
          if (rows - count < minData || restH < minHessian) break;
          const at = growsLeft ? t : t - 1;
          if (only >= 0 && at !== only) continue;
          const restG = quantized ? (unitsG - Number(sumG)) * unitG : totalG - g;
          const grown = [g, h + inGain, count] as const;
          const rest = [restG, restH + inGain, rows - count] as const;
          const bounds = own === 0 ? shared : memory.f64((own >>> 0) + (growsLeft ? 0 : t) * 32, 4);
          const [left, right] = growsLeft ? [grown, rest] : [rest, grown];
          const gain = splitGain(left, right, bounds);
          if (!(gain > toBeat)) continue;
          splittable = true;
          if (best !== undefined && !(gain > best.gain)) continue;
          if (constrained === 1 && (bounds[0] > bounds[1] || bounds[2] > bounds[3])) continue;
          const defaultLeft = !growsLeft && !(missingMode === 2 && bins <= 2);
          best = { gain, threshold: at, defaultLeft, fromLeft: growsLeft, left };
        }
        return best;
      };

      const ascending = Array.from({ length: bins - 1 }, (_, t) => t);
      const descending = Array.from({ length: bins - 1 }, (_, i) => bins - 1 - i);
      if (missing === 2) descending.shift();
      let best = scan(descending, false);
      const other = missing === 0 ? undefined : scan(ascending, true);
      if (other !== undefined && (best === undefined || other.gain > best.gain)) best = other;
      if (!splittable) continue;
      result[6] = 1;
      if (best === undefined) {
        result.set([Number.NEGATIVE_INFINITY, bins, 0, 0, 0, 0]);
        result[7] = 0;
        continue;
      }
      const { gain, threshold, defaultLeft, fromLeft, left } = best;
      result.set([gain - toBeat, threshold, defaultLeft ? 1 : 0, ...left, 1, fromLeft ? 1 : 0]);
    }
    return 0;
  };
}
