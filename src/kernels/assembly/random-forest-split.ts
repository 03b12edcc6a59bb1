// The best split of one node on one feature after another: exact, over every boundary between distinct ranks, or at one
// threshold drawn (extra-trees). It does not draw features and does not partition rows.
import { naturalLog } from './logarithm';
import { nextBelow, nextUniform } from './random';
import { sortByRank } from './random-forest-sort';

/** What the search needs to know of the tree; set once a tree. Globals belong to the thread's own instance. */
let minLeaf: i32 = 1;
let minWeight: f64 = 0;
let entropy: bool = false;
/** f64 a row, or 0: the payload's upper 31 bits are the row's count, not its number. */
let weights: usize = 0;
let classWeight0: f64 = 1;
let classWeight1: f64 = 1;

/** The node's sums before class weights, and its rows. */
let all0: f64 = 0;
let all1: f64 = 0;
let allRows: i32 = 0;

/** The best split of the node so far; none when `bestFeature` is negative. */
export let bestFeature: i32 = -1;
export let bestLow: u32 = 0;
export let bestHigh: u32 = 0;
export let bestMissingLeft: bool = false;
/** Only of a threshold drawn. */
export let bestThreshold: f64 = 0;
let bestScore: f64 = 0;

export function startTree(leaf: i32, weight: f64, criterion: i32, weightColumn: usize, class0: f64, class1: f64): void {
  minLeaf = leaf;
  minWeight = weight;
  entropy = criterion == 1;
  weights = weightColumn;
  classWeight0 = class0;
  classWeight1 = class1;
}

export function startNode(sum0: f64, sum1: f64, rows: i32): void {
  all0 = sum0;
  all1 = sum1;
  allRows = rows;
  bestFeature = -1;
  bestScore = -Infinity;
}

/** The weight a payload stands for, before class weights. */
export function payloadWeight(payload: u32): f64 {
  return weights == 0 ? <f64>(payload >>> 1) : load<f64>(weights + ((<usize>(payload >>> 1)) << 3));
}

/** Gini impurity, or entropy in bits, of two class weights. */
export function impurity(w0: f64, w1: f64): f64 {
  const w = w0 + w1;
  if (!entropy) return (2.0 * w0 * w1) / (w * w);
  return (-purity(w0, w1) / w) * 1.4426950408889634;
}

/** Minus weight times impurity, up to a factor that all splits share: the larger the better. */
function purity(w0: f64, w1: f64): f64 {
  const w = w0 + w1;
  if (!entropy) return -((w0 * w1) / w);
  let sum: f64 = 0;
  if (w0 > 0) sum += w0 * naturalLog(w0 / w);
  if (w1 > 0) sum += w1 * naturalLog(w1 / w);
  return sum;
}

/** Tries the split "ranks up to `low` go left"; left sums are before class weights. The first of equals stays. */
function tryBoundary(feature: i32, sum0: f64, sum1: f64, rows: i32, low: u32, high: u32, missingLeft: i32): void {
  if (rows < minLeaf || allRows - rows < minLeaf) return;
  const left0 = sum0 * classWeight0;
  const left1 = sum1 * classWeight1;
  // Sums of real weights may miss zero by a rounding.
  const right0 = max<f64>(all0 - sum0, 0) * classWeight0;
  const right1 = max<f64>(all1 - sum1, 0) * classWeight1;
  if (left0 + left1 < minWeight || right0 + right1 < minWeight) return;
  const score = purity(left0, left1) + purity(right0, right1);
  if (score > bestScore) {
    bestScore = score;
    bestFeature = feature;
    bestLow = low;
    bestHigh = high;
    // Where the node has no missing value, one met later follows the side with more rows.
    bestMissingLeft = missingLeft < 0 ? rows > allRows - rows : missingLeft == 1;
  }
}

function scan(feature: i32, sorted: usize, n: i32, from0: f64, from1: f64, fromRows: i32, missingLeft: i32): void {
  let sum0 = from0;
  let sum1 = from1;
  let rows = fromRows;
  let rank = load<u32>(sorted, 4);
  const end = sorted + ((<usize>n) << 3);
  for (let at = sorted; at < end; at += 8) {
    const next = load<u32>(at, 4);
    if (next != rank) {
      tryBoundary(feature, sum0, sum1, rows, rank, next, missingLeft);
      rank = next;
    }
    const payload = load<u32>(at);
    const weight = payloadWeight(payload);
    if (payload & 1) sum1 += weight;
    else sum0 += weight;
    rows++;
  }
  // The known values against the missing ones.
  if (missingLeft == 0) tryBoundary(feature, sum0, sum1, rows, rank, u32.MAX_VALUE, 0);
}

/**
 * Tries every split of the node's rows on one feature; returns false when all its values are equal or all missing.
 * With missing values the boundaries are tried twice, missing right and then missing left.
 */
export function searchFeature(
  feature: i32,
  column: usize,
  rankBytes: i32,
  samples: usize,
  n: i32,
  items: usize,
  spare: usize,
  digits: usize,
): bool {
  let known = 0;
  let low = u32.MAX_VALUE;
  let high: u32 = 0;
  let missing0: f64 = 0;
  let missing1: f64 = 0;
  const end = samples + ((<usize>n) << 3);
  for (let at = samples; at < end; at += 8) {
    const row = <usize>load<u32>(at);
    const payload = load<u32>(at, 4);
    let rank: u32;
    if (rankBytes == 2) {
      rank = <u32>load<u16>(column + (row << 1));
      if (rank == 0xffff) rank = u32.MAX_VALUE;
    } else rank = load<u32>(column + (row << 2));
    if (rank == u32.MAX_VALUE) {
      if (payload & 1) missing1 += payloadWeight(payload);
      else missing0 += payloadWeight(payload);
      continue;
    }
    const item = items + ((<usize>known) << 3);
    store<u32>(item, payload);
    store<u32>(item, rank, 4);
    known++;
    low = min<u32>(low, rank);
    high = max<u32>(high, rank);
  }
  const missing = n - known;
  if (known == 0 || (low == high && missing == 0)) return false;
  const sorted = sortByRank(items, spare, digits, known, low, high - low);
  if (missing == 0) {
    scan(feature, sorted, known, 0, 0, 0, -1);
  } else {
    scan(feature, sorted, known, 0, 0, 0, 0);
    scan(feature, sorted, known, missing0, missing1, missing, 1);
  }
  return true;
}

/** The last rank in low … high whose value is at most x; that of `low` is. */
function lastAtMost(values: usize, x: f64, low: u32, high: u32): u32 {
  let first = low;
  let end = high + 1;
  while (end - first > 1) {
    const middle = (first + end) >>> 1;
    if (load<f64>(values + ((<usize>middle) << 3)) <= x) first = middle;
    else end = middle;
  }
  return first;
}

/**
 * Tries one threshold, uniform between the node's smallest and largest value of the feature, missing values on a side
 * drawn (scikit-learn's node_split_random); returns false as `searchFeature` does. `values` are the ranks' values.
 */
export function drawThreshold(
  feature: i32,
  column: usize,
  rankBytes: i32,
  values: usize,
  samples: usize,
  n: i32,
  random: usize,
): bool {
  let known = 0;
  let low = u32.MAX_VALUE;
  let high: u32 = 0;
  const end = samples + ((<usize>n) << 3);
  for (let at = samples; at < end; at += 8) {
    const rank = rankAt(column, rankBytes, load<u32>(at));
    if (rank == u32.MAX_VALUE) continue;
    known++;
    low = min<u32>(low, rank);
    high = max<u32>(high, rank);
  }
  if (known == 0 || (low == high && known == n)) return false;
  const smallest = load<f64>(values + ((<usize>low) << 3));
  const largest = load<f64>(values + ((<usize>high) << 3));
  let threshold = smallest + (largest - smallest) * nextUniform(random);
  // Also where the difference is no finite number: the threshold must part the two.
  if (!(threshold >= smallest && threshold < largest)) threshold = smallest;
  const cut = low == high ? low : lastAtMost(values, threshold, low, high);
  const missingLeft = known == n ? -1 : <i32>nextBelow(random, 2);
  let sum0: f64 = 0;
  let sum1: f64 = 0;
  let rows = 0;
  for (let at = samples; at < end; at += 8) {
    const rank = rankAt(column, rankBytes, load<u32>(at));
    if (rank == u32.MAX_VALUE ? missingLeft != 1 : rank > cut) continue;
    const payload = load<u32>(at, 4);
    const weight = payloadWeight(payload);
    if (payload & 1) sum1 += weight;
    else sum0 += weight;
    rows++;
  }
  const score = bestScore;
  if (rows > 0 && rows < n) tryBoundary(feature, sum0, sum1, rows, cut, cut, missingLeft);
  if (bestScore > score) bestThreshold = threshold;
  return true;
}

function rankAt(column: usize, bytes: i32, row: u32): u32 {
  if (bytes == 4) return load<u32>(column + ((<usize>row) << 2));
  const rank = <u32>load<u16>(column + ((<usize>row) << 1));
  return rank == 0xffff ? u32.MAX_VALUE : rank;
}
