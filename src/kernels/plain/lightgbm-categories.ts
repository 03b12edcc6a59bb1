import type { KernelMemory } from '../memory.js';

const EPSILON = 1.0000000036274937e-15;

/** Gain of a leaf of Σg, Σh and rows, with this much of L2. */
type LeafGain = (g: number, h: number, count: number, l2: number) => number;

interface Found {
  readonly gain: number;
  readonly g: number;
  readonly h: number;
  readonly count: number;
  readonly set: readonly number[];
}

/** `entries`: Σg and Σh of each bin, in units. */
export function plainCategories(
  memory: KernelMemory,
  entries: BigInt64Array,
  bins: number,
  scratch: number,
  params: number,
  result: Float64Array,
  leafGain: LeafGain,
): void {
  const [unitG, unitH, , , rows] = memory.f64(params, 5);
  const [l2, , , , minData, minHessian] = memory.f64(params + 56, 6);
  const [totalG, totalH, toBeat, l2OfSets, catSmooth, threshold, toOneHot, perGroup] = memory.f64(params + 208, 8);
  const rowsOf = (h: number) => Math.trunc(h * (rows / totalH) + 0.5);
  const cells = Array.from({ length: bins }, (_, bin) => ({
    bin,
    g: Number(entries[bin * 2]) * unitG,
    h: Number(entries[bin * 2 + 1]) * unitH,
  })).slice(1);
  let best: Found | undefined;
  const consider = (found: Found) => {
    if (found.gain > (best?.gain ?? toBeat)) best = found;
  };

  if (bins <= toOneHot) {
    for (const { bin, g, h } of cells) {
      const count = rowsOf(h);
      const otherH = totalH - h - EPSILON;
      if (count < minData || h < minHessian || rows - count < minData || otherH < minHessian) continue;
      const gain = leafGain(totalG - g, otherH, rows - count, l2) + leafGain(g, h + EPSILON, count, l2);
      consider({ gain, g, h: h + EPSILON, count, set: [bin] });
    }
  } else {
    const kept = cells
      .filter(({ h }) => rowsOf(h) >= catSmooth)
      .map((cell) => ({ ...cell, key: cell.g / (cell.h + catSmooth) }));
    const most = Math.min(threshold, Math.trunc((kept.length + 1) / 2));
    const upwards = [...kept].sort((a, b) => a.key - b.key);
    const downwards = [...kept].reverse().sort((a, b) => b.key - a.key);
    for (const order of [upwards, downwards]) {
      let [g, h, count, inGroup] = [0, EPSILON, 0, 0];
      const set: number[] = [];
      for (const cell of order.slice(0, most)) {
        set.push(cell.bin);
        g += cell.g;
        h += cell.h;
        count += rowsOf(cell.h);
        inGroup += rowsOf(cell.h);
        if (count < minData || h < minHessian) continue;
        if (rows - count < Math.max(minData, perGroup) || totalH - h < minHessian) break;
        if (inGroup < perGroup) continue;
        inGroup = 0;
        const gain = leafGain(g, h, count, l2OfSets) + leafGain(totalG - g, totalH - h, rows - count, l2OfSets);
        consider({ gain, g, h, count, set: [...set] });
      }
    }
  }
  if (best === undefined) return;
  memory.u32(scratch, best.set.length).set(best.set);
  result.set([best.gain - toBeat, best.set.length, 0, best.g, best.h, best.count, 1, 0]);
}
