// LightGBM's scan of numeric features for the best threshold of one node (feature_histogram.hpp,
// FindBestThresholdSequentially). Sums are prefixes in fixed point, gains in double precision.
//
// A feature's descriptor, 16 × i32: histogram offset, bins, missing (0 none, 1 zero, 2 NaN), the bin of zero, 1 when the
// most frequent bin is bin 0, 1 when the feature takes part, the one threshold allowed (extra_trees) or −1, the feature's
// monotone direction (−1, 0, 1), byte offset of the feature's bounds or 0 for those of the node; and of a feature that shares a column with others
// (assembly/bundle.ts) its first bin there, else 0, its bin that is left out there, and room for its entries; and
// of a categorical one that takes part (which the 1 before does not say) 1, and its scratch (lightgbm-categories.ts); 2 unused.
// A feature's bounds, 4 × f64 each: least and largest output left and right, first those of a scan from the left, then those
// of each threshold in a scan from the right.
// Parameters of the node, f64: unit of g, unit of h, Σg, Σh, rows, parent's output, lambda_l1, lambda_l2, max_delta_step,
// path_smooth, gain to beat, min_data_in_leaf, min_sum_hessian_in_leaf, 1 = there are monotone constraints, then the least
// and the largest output allowed, and where gradients are quantized rows of a unit of h, Σg and Σh in units, else 0;
// then 5 doubles of the kernel's own, and offset and bins of some column's entries, which sum to the node's (0 bins: unused); then what
// lightgbm-categories.ts reads.
// A feature's result, 8 × f64: gain above the one to beat (−∞: no split), threshold bin, 1 = missing goes left, Σg left,
// Σh left, rows left, 1 = some split beat the gain (LightGBM's is_splittable), 1 = found from the left.
import { scanSets } from './lightgbm-categories';
import { boundedOutput, entryAt, EPSILON, gradientOf, hessianOf, leafGain, outputGain } from './lightgbm-gain';
import {
  foundAt,
  foundGain,
  grownCount,
  grownG,
  grownH,
  restCount,
  restG,
  restH,
  scanPairs,
} from './lightgbm-pairs';

// @ts-ignore: decorator
@inline
function storeEntry<E>(entry: usize, g: i64, h: i64): void {
  if (sizeof<E>() == 16) {
    store<i64>(entry, g);
    store<i64>(entry, h, 8);
  } else {
    store<i64>(entry, (g << 32) + h);
  }
}

/**
 * Gain of two leaves whose outputs are limited and must not fall in the feature's direction (GetSplitGains with USE_MC);
 * `bounds` holds the limits left and right.
 */
function boundedGain(
  leftG: f64, leftH: f64, leftCount: f64, rightG: f64, rightH: f64, rightCount: f64,
  l1: f64, l2: f64, maxDelta: f64, smooth: f64, parent: f64, bounds: usize, direction: i32,
): f64 {
  const left = boundedOutput(
    leftG, leftH, leftCount, l1, l2, maxDelta, smooth, parent, load<f64>(bounds), load<f64>(bounds, 8));
  const right = boundedOutput(
    rightG, rightH, rightCount, l1, l2, maxDelta, smooth, parent, load<f64>(bounds, 16), load<f64>(bounds, 24));
  if ((direction > 0 && left > right) || (direction < 0 && left < right)) return 0;
  return outputGain(leftG, leftH, l1, l2, left) + outputGain(rightG, rightH, l1, l2, right);
}

// @ts-ignore: decorator
@inline
function contradicts(bounds: usize): bool {
  return load<f64>(bounds) > load<f64>(bounds, 8) || load<f64>(bounds, 16) > load<f64>(bounds, 24);
}

/** A feature's entries out of those of the column it shares: the bin left out there holds the rest of the node. */
function takeOut<E>(shared: usize, bins: i32, common: i32, allG: i64, allH: i64, out: usize): void {
  let restG = allG;
  let restH = allH;
  let from = 0;
  for (let bin = 0; bin < bins; bin++) {
    if (bin == common) continue;
    const entry = entryAt<E>(shared, from++);
    const g = gradientOf<E>(entry);
    const h = hessianOf<E>(entry);
    restG -= g;
    restH -= h;
    storeEntry<E>(entryAt<E>(out, bin), g, h);
  }
  storeEntry<E>(entryAt<E>(out, common), restG, restH);
}

/** LightGBM does not store the most frequent bin, here bin 0: its rows are what the others leave. */
function rowsLeftOver<E>(entries: usize, bins: i32, rows: f64, unitH: f64, countFactor: f64): f64 {
  let count = rows;
  for (let bin = 1; bin < bins; bin++) {
    count -= trunc(<f64>hessianOf<E>(entryAt<E>(entries, bin)) * unitH * countFactor + 0.5);
  }
  return count;
}

/** Scans the features from … to − 1. */
export function scanLightgbm(hist: usize, descriptors: usize, from: i32, to: i32, params: usize, out: usize): i32 {
  return scan<v128>(hist, descriptors, from, to, params, out);
}

/** The same on histograms of packed-histogram.ts. */
export function scanPackedLightgbm(hist: usize, descriptors: usize, from: i32, to: i32, params: usize, out: usize): i32 {
  return scan<i64>(hist, descriptors, from, to, params, out);
}

function scan<E>(hist: usize, descriptors: usize, from: i32, to: i32, params: usize, out: usize): i32 {
  const unitG = load<f64>(params);
  const unitH = load<f64>(params, 8);
  const totalG = load<f64>(params, 16);
  const totalH = load<f64>(params, 24);
  const rows = load<f64>(params, 32);
  const parent = load<f64>(params, 40);
  const l1 = load<f64>(params, 48);
  const l2 = load<f64>(params, 56);
  const maxDelta = load<f64>(params, 64);
  const smooth = load<f64>(params, 72);
  const toBeat = load<f64>(params, 80);
  const minData = load<f64>(params, 88);
  const minHessian = load<f64>(params, 96);
  const bounded = load<f64>(params, 104) == 1;
  const countFactor = rows / totalH;
  const rowsOfUnit = load<f64>(params, 128);
  const unitsG = <i64>load<f64>(params, 136);
  const unitsH = <i64>load<f64>(params, 144);
  const quantized = rowsOfUnit > 0;
  const plain = !bounded && l1 <= 0 && maxDelta <= 0 && smooth <= EPSILON;
  // Sums of quantized gradients are exact; the original adds its epsilon to them where it computes gains.
  const inSum = quantized ? 0 : EPSILON;
  const inGain = quantized ? EPSILON : 0;
  // The node's bounds, for both children.
  const shared = params + 160;
  for (let i: usize = 0; i < 2; i++) {
    store<f64>(shared + (i << 4), load<f64>(params, 112));
    store<f64>(shared + (i << 4), load<f64>(params, 120), 8);
  }

  let allG: i64 = 0;
  let allH: i64 = 0;
  const column = hist + <usize>load<f64>(params, 192);
  const columnBins = <i32>load<f64>(params, 200);
  for (let bin = 0; bin < columnBins; bin++) {
    allG += gradientOf<E>(entryAt<E>(column, bin));
    allH += hessianOf<E>(entryAt<E>(column, bin));
  }

  for (let f = from; f < to; f++) {
    const descriptor = descriptors + (<usize>f << 6);
    const result = out + (<usize>f << 6);
    store<f64>(result, -Infinity);
    store<f64>(result, 0, 48);
    let entries = hist + <usize>load<u32>(descriptor);
    const bins = load<i32>(descriptor, 4);
    if (load<i32>(descriptor, 48) != 0) scanSets<E>(entries, bins, load<u32>(descriptor, 52), params, result);
    if (load<i32>(descriptor, 20) == 0) continue;
    const start = load<i32>(descriptor, 36);
    if (start > 0) {
      const room = <usize>load<u32>(descriptor, 44);
      takeOut<E>(entryAt<E>(entries, start), bins, load<i32>(descriptor, 40), allG, allH, room);
      entries = room;
    }
    const missing = bins > 2 ? load<i32>(descriptor, 8) : 0;
    const skipped = missing == 1 ? load<i32>(descriptor, 12) : -1;
    const only = load<i32>(descriptor, 24);
    const direction = load<i32>(descriptor, 28);
    const own = <usize>load<u32>(descriptor, 32);
    let best: f64 = -Infinity;
    let threshold: i32 = bins;
    let bestG: f64 = 0;
    let bestH: f64 = 0;
    let bestCount: f64 = 0;
    let defaultLeft: f64 = 0;
    let fromLeft: f64 = 0;
    let splittable = false;

    if (plain && skipped < 0 && only < 0) {
      const last = bins - 1 - (missing == 2 ? 1 : 0);
      if (scanPairs<E>(entries, last, -1, last, 0, params)) {
        splittable = true;
        best = foundGain;
        threshold = last - foundAt - 1;
        bestG = restG;
        bestH = restH;
        bestCount = restCount;
        defaultLeft = load<i32>(descriptor, 8) == 2 && bins <= 2 ? 0 : 1;
      }
      if (missing != 0) {
        const counted = rowsOfUnit == 0 && missing == 2 && load<i32>(descriptor, 16) != 0;
        const extra = counted
          ? rowsLeftOver<E>(entries, bins, rows, unitH, countFactor) -
            trunc(<f64>hessianOf<E>(entries) * unitH * countFactor + 0.5)
          : 0;
        if (scanPairs<E>(entries, 0, 1, bins - 1, extra, params)) {
          splittable = true;
          if (foundGain > best) {
            best = foundGain;
            threshold = foundAt;
            bestG = grownG;
            bestH = grownH;
            bestCount = grownCount;
            defaultLeft = 0;
            fromLeft = 1;
          }
        }
      }
      if (splittable) keep(result, best - toBeat, threshold, defaultLeft, bestG, bestH, bestCount, fromLeft);
      continue;
    }

    // From the right: missing values stay on the left.
    let sumG: i64 = 0;
    let sumH: i64 = 0;
    let count: f64 = 0;
    for (let t = bins - 1 - (missing == 2 ? 1 : 0); t >= 1; t--) {
      if (t == skipped) continue;
      const entry = entryAt<E>(entries, t);
      const h = hessianOf<E>(entry);
      sumG += gradientOf<E>(entry);
      sumH += h;
      if (rowsOfUnit > 0) count = trunc(<f64>sumH * rowsOfUnit + 0.5);
      else count += trunc(<f64>h * unitH * countFactor + 0.5);
      const rightH = <f64>sumH * unitH + inSum;
      if (count < minData || rightH < minHessian) continue;
      const leftCount = rows - count;
      if (leftCount < minData) break;
      const leftH = quantized ? <f64>(unitsH - sumH) * unitH : totalH - rightH;
      if (leftH < minHessian) break;
      if (only >= 0 && t - 1 != only) continue;
      const rightG = <f64>sumG * unitG;
      const leftG = quantized ? <f64>(unitsG - sumG) * unitG : totalG - rightG;
      const bounds = own == 0 ? shared : own + (<usize>t << 5);
      const gain = bounded
        ? boundedGain(leftG, leftH + inGain, leftCount, rightG, rightH + inGain, count,
            l1, l2, maxDelta, smooth, parent, bounds, direction)
        : leafGain(leftG, leftH + inGain, leftCount, l1, l2, maxDelta, smooth, parent) +
          leafGain(rightG, rightH + inGain, count, l1, l2, maxDelta, smooth, parent);
      if (!(gain > toBeat)) continue;
      splittable = true;
      if (gain > best && !(bounded && contradicts(bounds))) {
        best = gain;
        threshold = t - 1;
        bestG = leftG;
        bestH = leftH + inGain;
        bestCount = leftCount;
        // Without a bin of its own to miss from, NaN of a two-bin feature goes right.
        defaultLeft = load<i32>(descriptor, 8) == 2 && bins <= 2 ? 0 : 1;
      }
    }

    if (missing != 0) {
      // From the left: missing values stay on the right.
      sumG = 0;
      sumH = 0;
      count = 0;
      let bestHere: f64 = -Infinity;
      let hereThreshold: i32 = bins;
      let hereG: f64 = 0;
      let hereH: f64 = 0;
      let hereCount: f64 = 0;
      for (let t = 0; t <= bins - 2; t++) {
        if (t == skipped) continue;
        const entry = entryAt<E>(entries, t);
        const h = hessianOf<E>(entry);
        sumG += gradientOf<E>(entry);
        sumH += h;
        if (rowsOfUnit > 0) {
          count = trunc(<f64>sumH * rowsOfUnit + 0.5);
        } else if (t == 0 && missing == 2 && load<i32>(descriptor, 16) != 0) {
          count = rowsLeftOver<E>(entries, bins, rows, unitH, countFactor);
        } else {
          count += trunc(<f64>h * unitH * countFactor + 0.5);
        }
        const leftH = <f64>sumH * unitH + inSum;
        if (count < minData || leftH < minHessian) continue;
        const rightCount = rows - count;
        if (rightCount < minData) break;
        const rightH = quantized ? <f64>(unitsH - sumH) * unitH : totalH - leftH;
        if (rightH < minHessian) break;
        if (only >= 0 && t != only) continue;
        const leftG = <f64>sumG * unitG;
        const rightG = quantized ? <f64>(unitsG - sumG) * unitG : totalG - leftG;
        const bounds = own == 0 ? shared : own;
        const gain = bounded
          ? boundedGain(leftG, leftH + inGain, count, rightG, rightH + inGain, rightCount,
              l1, l2, maxDelta, smooth, parent, bounds, direction)
          : leafGain(leftG, leftH + inGain, count, l1, l2, maxDelta, smooth, parent) +
            leafGain(rightG, rightH + inGain, rightCount, l1, l2, maxDelta, smooth, parent);
        if (!(gain > toBeat)) continue;
        splittable = true;
        if (gain > bestHere && !(bounded && contradicts(bounds))) {
          bestHere = gain;
          hereThreshold = t;
          hereG = leftG;
          hereH = leftH + inGain;
          hereCount = count;
        }
      }
      if (bestHere > best) {
        best = bestHere;
        threshold = hereThreshold;
        bestG = hereG;
        bestH = hereH;
        bestCount = hereCount;
        defaultLeft = 0;
        fromLeft = 1;
      }
    }

    if (splittable) keep(result, best - toBeat, threshold, defaultLeft, bestG, bestH, bestCount, fromLeft);
  }
  return 0;
}

function keep(
  result: usize, gain: f64, threshold: i32, defaultLeft: f64, g: f64, h: f64, count: f64, fromLeft: f64,
): void {
  store<f64>(result, gain);
  store<f64>(result, <f64>threshold, 8);
  store<f64>(result, defaultLeft, 16);
  store<f64>(result, g, 24);
  store<f64>(result, h, 32);
  store<f64>(result, count, 40);
  store<f64>(result, 1, 48);
  store<f64>(result, fromLeft, 56);
}
