// LightGBM's best category set of one feature and node (feature_histogram.cpp, FindBestThresholdCategoricalInner): one category
// against the rest when there are few, else prefixes of the categories in the order of Σg / (Σh + cat_smooth), from both ends.
// Bin 0, "any other", stays right.
//
// Parameters past those of lightgbm-scan.ts, f64 from byte 208 on: Σg and Σh of the node (with 2ε), the gain to beat, what
// lambda_l2 becomes for sets of several, cat_smooth, max_cat_threshold, max_cat_to_onehot, min_data_per_group.
// Scratch for n bins, with w bytes of n u32 (an even number of them): the set found, two lists, the candidates, each w, and
// their keys, n × f64.
// The result is that of lightgbm-scan.ts, with the size of the set as threshold.
import { boundedOutput, entryAt, EPSILON, gradientOf, hessianOf, leafGain, outputGain } from './lightgbm-gain';

let best: f64 = 0;
let bestG: f64 = 0;
let bestH: f64 = 0;
let bestCount: f64 = 0;
/** Categories in the best set; 0: none. */
let bestSize: i32 = 0;

// @ts-ignore: decorator
@inline
function numberAt(list: usize, i: i32): i32 {
  return load<i32>(list + (<usize>i << 2));
}

/** Gain of a leaf within the node's bounds. */
function sideGain(g: f64, h: f64, count: f64, l2: f64, params: usize): f64 {
  const parent = load<f64>(params, 40);
  const l1 = load<f64>(params, 48);
  const maxDelta = load<f64>(params, 64);
  const smooth = load<f64>(params, 72);
  if (load<f64>(params, 104) != 1) return leafGain(g, h, count, l1, l2, maxDelta, smooth, parent);
  const least = load<f64>(params, 112);
  const most = load<f64>(params, 120);
  const output = boundedOutput(g, h, count, l1, l2, maxDelta, smooth, parent, least, most);
  return outputGain(g, h, l1, l2, output);
}

export function scanSets<E>(entries: usize, bins: i32, scratch: usize, params: usize, result: usize): void {
  best = load<f64>(params, 224);
  bestSize = 0;
  if (<f64>bins <= load<f64>(params, 256)) scanSingles<E>(entries, bins, scratch, params);
  else scanEnds<E>(entries, bins, scratch, params);
  if (bestSize == 0) return;
  store<f64>(result, best - load<f64>(params, 224));
  store<f64>(result, <f64>bestSize, 8);
  store<f64>(result, 0, 16);
  store<f64>(result, bestG, 24);
  store<f64>(result, bestH, 32);
  store<f64>(result, bestCount, 40);
  store<f64>(result, 1, 48);
  store<f64>(result, 0, 56);
}

function scanSingles<E>(entries: usize, bins: i32, set: usize, params: usize): void {
  const rows = load<f64>(params, 32);
  const minData = load<f64>(params, 88);
  const minHessian = load<f64>(params, 96);
  const totalG = load<f64>(params, 208);
  const totalH = load<f64>(params, 216);
  const l2 = load<f64>(params, 56);
  for (let bin = 1; bin < bins; bin++) {
    const g = <f64>gradientOf<E>(entryAt<E>(entries, bin)) * load<f64>(params);
    const h = <f64>hessianOf<E>(entryAt<E>(entries, bin)) * load<f64>(params, 8);
    const count = trunc(h * (rows / totalH) + 0.5);
    if (count < minData || h < minHessian || rows - count < minData) continue;
    const otherH = totalH - h - EPSILON;
    if (otherH < minHessian) continue;
    const gain = sideGain(totalG - g, otherH, rows - count, l2, params) + sideGain(g, h + EPSILON, count, l2, params);
    if (!(gain > best)) continue;
    best = gain;
    bestG = g;
    bestH = h + EPSILON;
    bestCount = count;
    bestSize = 1;
    store<i32>(set, bin);
  }
}

function scanEnds<E>(entries: usize, bins: i32, scratch: usize, params: usize): void {
  const listBytes = <usize>((bins + 1) & ~1) << 2;
  const fromBelow = scratch + listBytes;
  const fromAbove = fromBelow + listBytes;
  const kept = fromAbove + listBytes;
  const keys = kept + listBytes;
  const countFactor = load<f64>(params, 32) / load<f64>(params, 216);
  const catSmooth = load<f64>(params, 240);
  let size = 0;
  for (let bin = 1; bin < bins; bin++) {
    const h = <f64>hessianOf<E>(entryAt<E>(entries, bin)) * load<f64>(params, 8);
    if (trunc(h * countFactor + 0.5) < catSmooth) continue;
    const g = <f64>gradientOf<E>(entryAt<E>(entries, bin)) * load<f64>(params);
    store<i32>(kept + (<usize>size << 2), bin);
    store<f64>(keys + (<usize>size << 3), g / (h + catSmooth));
    size++;
  }
  const most = min(<i32>load<f64>(params, 248), (size + 1) / 2);
  const below = smallest(keys, size, most, false, fromBelow);
  const length = scanPrefixes<E>(entries, fromBelow, below, kept, params);
  const above = smallest(keys, size, most, true, fromAbove);
  const lengthAbove = scanPrefixes<E>(entries, fromAbove, above, kept, params);
  const list = lengthAbove > 0 ? fromAbove : fromBelow;
  bestSize = lengthAbove > 0 ? lengthAbove : length;
  for (let i = 0; i < bestSize; i++) store<i32>(scratch + (<usize>i << 2), numberAt(kept, numberAt(list, i)));
}

// @ts-ignore: decorator
@inline
function keyAt(keys: usize, i: i32, down: bool): f64 {
  const key = load<f64>(keys + (<usize>i << 3));
  return down ? -key : key;
}

/**
 * Writes the places of the `most` smallest keys to `out`, in their order, equal ones as they come; with `down` those of the
 * largest, looked at from the last on. Returns how many they are.
 */
function smallest(keys: usize, count: i32, most: i32, down: bool, out: usize): i32 {
  const room = min(most, count);
  let size = 0;
  for (let seen = 0; seen < count; seen++) {
    const i = down ? count - 1 - seen : seen;
    const key = keyAt(keys, i, down);
    if (size == room) {
      if (size == 0 || !(key < keyAt(keys, numberAt(out, size - 1), down))) continue;
      size--;
    }
    let at = size++;
    for (; at > 0 && key < keyAt(keys, numberAt(out, at - 1), down); at--) {
      store<i32>(out + (<usize>at << 2), numberAt(out, at - 1));
    }
    store<i32>(out + (<usize>at << 2), i);
  }
  return size;
}

/** How long the best prefix of `list` is; 0 when none beats the best so far. */
function scanPrefixes<E>(entries: usize, list: usize, count: i32, kept: usize, params: usize): i32 {
  const rows = load<f64>(params, 32);
  const minData = load<f64>(params, 88);
  const minHessian = load<f64>(params, 96);
  const totalG = load<f64>(params, 208);
  const totalH = load<f64>(params, 216);
  const l2 = load<f64>(params, 232);
  const perGroup = load<f64>(params, 264);
  const countFactor = rows / totalH;
  const leastRight = max(minData, perGroup);
  let g: f64 = 0;
  let h: f64 = EPSILON;
  let rowsLeft: f64 = 0;
  let inGroup: f64 = 0;
  let length = 0;
  for (let i = 0; i < count; i++) {
    const entry = entryAt<E>(entries, numberAt(kept, numberAt(list, i)));
    const cellH = <f64>hessianOf<E>(entry) * load<f64>(params, 8);
    const cellRows = trunc(cellH * countFactor + 0.5);
    g += <f64>gradientOf<E>(entry) * load<f64>(params);
    h += cellH;
    rowsLeft += cellRows;
    inGroup += cellRows;
    if (rowsLeft < minData || h < minHessian) continue;
    if (rows - rowsLeft < leastRight) break;
    if (totalH - h < minHessian) break;
    if (inGroup < perGroup) continue;
    inGroup = 0;
    const gain = sideGain(g, h, rowsLeft, l2, params) + sideGain(totalG - g, totalH - h, rows - rowsLeft, l2, params);
    if (!(gain > best)) continue;
    best = gain;
    bestG = g;
    bestH = h;
    bestCount = rowsLeft;
    length = i + 1;
  }
  return length;
}
