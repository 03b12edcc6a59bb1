// XGBoost's best category set of one feature and node (hist/evaluate_splits.h, EnumerateOneHot, EnumeratePart). The set goes
// right, categories that are not in it left; missing values go with either side.
//
// Scratch of a feature of n codes: the codes in order of which the set is the first, n × u32 (an even number of them); to
// sort them, 2 · n × u64 and 24,576 bytes.
import { sortKeys } from './radix-sort';
import { consider, valueOf } from './xgboost-gain';
import { keyOf } from './xgboost-sketch';

/** Fewer words than this are sorted by insertion. */
const FEW: i32 = 64;

export function scanCategories(entries: usize, codes: i32, scratch: usize, params: usize, result: usize): void {
  if (<f64>codes < load<f64>(params, 96)) {
    scanOneHot(entries, codes, scratch, params, result);
    return;
  }
  orderByWeight(entries, codes, scratch, params);
  const steps = min(<i32>load<f64>(params, 104), codes) - 1;
  // Missing left: the set is a growing prefix. Missing right: the left side grows from the end, the set is what remains.
  const unit = v128.load(params);
  const total = v128.load(params, 16);
  let sum = i64x2.splat(0);
  for (let at = 0; at < steps; at++) {
    sum = i64x2.add(sum, v128.load(entries + (<usize>load<u32>(scratch + (<usize>at << 2)) << 4)));
    const grown = valueOf(sum, unit);
    if (!consider(at + 2, grown, f64x2.sub(total, grown), true, 0, params, result)) break;
  }
  sum = i64x2.splat(0);
  for (let at = codes - 1; at > codes - 1 - steps; at--) {
    sum = i64x2.add(sum, v128.load(entries + (<usize>load<u32>(scratch + (<usize>at << 2)) << 4)));
    const grown = valueOf(sum, unit);
    if (!consider(at, grown, f64x2.sub(total, grown), false, 0, params, result)) break;
  }
}

function scanOneHot(entries: usize, codes: i32, scratch: usize, params: usize, result: usize): void {
  const unit = v128.load(params);
  const total = v128.load(params, 16);
  let present = i64x2.splat(0);
  for (let code = 0; code < codes; code++) present = i64x2.add(present, v128.load(entries + (<usize>code << 4)));
  const missing = f64x2.sub(total, valueOf(present, unit));
  for (let code = 0; code < codes; code++) {
    const before = load<f64>(result);
    const alone = valueOf(v128.load(entries + (<usize>code << 4)), unit);
    consider(2, alone, f64x2.sub(total, alone), true, 0, params, result);
    const withMissing = f64x2.add(alone, missing);
    consider(1, f64x2.sub(total, withMissing), withMissing, false, 0, params, result);
    if (load<f64>(result) != before) store<u32>(scratch, code);
  }
}

/**
 * Codes by rising leaf weight, equal ones by code. Most of many categories are too rare for a weight: theirs is 0, and only
 * the others are sorted.
 */
function orderByWeight(entries: usize, codes: i32, scratch: usize, params: usize): void {
  const unit = v128.load(params);
  const lambda = load<f64>(params, 40);
  const alpha = load<f64>(params, 48);
  const maxDelta = load<f64>(params, 56);
  const minWeight = load<f64>(params, 64);
  const words = scratch + (((<usize>codes + 1) & ~1) << 2);
  const spare = words + (<usize>codes << 3);
  let count = 0;
  let negative = 0;
  for (let code = 0; code < codes; code++) {
    const sums = valueOf(v128.load(entries + (<usize>code << 4)), unit);
    const g = f64x2.extract_lane(sums, 0);
    const h = f64x2.extract_lane(sums, 1);
    if (h < minWeight || h <= 0) continue;
    let weight = -(g > alpha ? g - alpha : g < -alpha ? g + alpha : 0) / (h + lambda);
    if (maxDelta != 0 && abs(weight) > maxDelta) weight = copysign(maxDelta, weight);
    const single = <f32>weight;
    if (single == 0) continue;
    if (single < 0) negative++;
    store<u64>(words + (<usize>count << 3), (<u64>keyOf(single) << 32) | <u64>code);
    count++;
  }
  const sorted = count < FEW ? insertionSort(words, count) : sortKeys(words, spare, count, spare + (<usize>codes << 3));
  // The others lie between the weights below and above 0.
  for (let i = 0; i < negative; i++) store<u32>(scratch + (<usize>i << 2), load<u32>(sorted + (<usize>i << 3)));
  const positives = codes - (count - negative);
  for (let i = negative; i < count; i++) {
    store<u32>(scratch + (<usize>(positives + i - negative) << 2), load<u32>(sorted + (<usize>i << 3)));
  }
  if (count == codes) return;
  const marks = sorted == words ? spare : words;
  memory.fill(marks, 0, <usize>codes);
  for (let i = 0; i < count; i++) store<u8>(marks + <usize>load<u32>(sorted + (<usize>i << 3)), 1);
  let at = scratch + (<usize>negative << 2);
  for (let code = 0; code < codes; code++) {
    if (load<u8>(marks + code)) continue;
    store<u32>(at, code);
    at += 4;
  }
}

function insertionSort(words: usize, count: i32): usize {
  for (let i = 1; i < count; i++) {
    const word = load<u64>(words + (<usize>i << 3));
    let at = words + (<usize>i << 3);
    while (at > words && load<u64>(at - 8) > word) {
      store<u64>(at, load<u64>(at - 8));
      at -= 8;
    }
    store<u64>(at, word);
  }
  return words;
}
