import { log } from './exponential';
import { nextUint32 } from './random';

// Scores of the splits of one column of an oblivious tree, from its histograms (oblivious-histogram.ts).

/**
 * Adds both sides of a leaf to the sums of a split (32 bytes: gain of the false and of the true side, norm likewise). The
 * average a = Σg / (Σw + λ) comes from one pair of statistics, the gain a Σg and the norm a² Σw from another or the same.
 */
// @ts-ignore: decorator
@inline
function addAverage(average: v128, g: v128, w: v128, sums: usize): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(average, g)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.mul(f64x2.mul(average, average), w)), 16);
}

// @ts-ignore: decorator
@inline
function pairOf(whenFalse: i64, whenTrue: i64, unit: f64): v128 {
  return f64x2.mul(f64x2.replace_lane(f64x2.splat(<f64>whenFalse), 1, <f64>whenTrue), f64x2.splat(unit));
}

// @ts-ignore: decorator
@inline
function averageOf(g: v128, w: v128, lambda: f64): v128 {
  return v128.and(f64x2.div(g, f64x2.add(w, f64x2.splat(lambda))), f64x2.gt(w, f64x2.splat(0)));
}

// @ts-ignore: decorator
@inline
function addLeafPair(
  gFalse: i64, wFalse: i64, gTrue: i64, wTrue: i64, lambda: f64, unitG: f64, unitW: f64, sums: usize,
): void {
  const g = pairOf(gFalse, gTrue, unitG);
  const w = pairOf(wFalse, wTrue, unitW);
  addAverage(averageOf(g, w, lambda), g, w, sums);
}

/**
 * Scores of every split of one column over all leaves (CatBoost, score_calcers: with a leaf's average a = Σg / (Σw + λ),
 * L2 is Σ a Σg and Cosine Σ a Σg / √(10^−100 + Σ a² Σw), over both sides of all leaves). `hist` is the column's lane in
 * slot 0, `slots` the slot of each leaf (i32), slotBytes the distance of slots. Split b of an ordered column sends bins
 * above b to "true"; of a one-hot column the bin b. The scores go to `out` (buckets − 1 doubles; one-hot: buckets), which
 * goes on with 32 bytes a split of scratch. The best of them after normal noise of deviation `noise`, drawn with the
 * generator at `state`, goes to `result` as doubles: its number (−1: none), its score without the noise. Of a one-hot
 * column of two values only the second is asked for.
 */
export function obliviousScores(
  hist: usize, slots: usize, leafCount: i32, slotBytes: usize, buckets: i32, oneHot: i32, lambda: f64, cosine: i32,
  unitG: f64, unitW: f64, out: usize, noise: f64, state: usize, result: usize,
): i32 {
  const splits = oneHot ? buckets : buckets - 1;
  const scratch = out + (<usize>splits << 3);
  memory.fill(scratch, 0, <usize>splits << 5);
  for (let leaf: i32 = 0; leaf < leafCount; leaf++) {
    const bins = hist + <usize>load<i32>(slots + (<usize>leaf << 2)) * slotBytes;
    let total = i64x2.splat(0);
    for (let b: i32 = 0; b < buckets; b++) total = i64x2.add(total, v128.load(bins + (<usize>b << 4)));
    const gTotal = i64x2.extract_lane(total, 0);
    const wTotal = i64x2.extract_lane(total, 1);
    if (wTotal == 0) continue;
    if (oneHot) {
      for (let b: i32 = 0; b < splits; b++) {
        const g = load<i64>(bins + (<usize>b << 4));
        const w = load<i64>(bins + (<usize>b << 4), 8);
        addLeafPair(gTotal - g, wTotal - w, g, w, lambda, unitG, unitW, scratch + (<usize>b << 5));
      }
    } else {
      let g: i64 = 0;
      let w: i64 = 0;
      for (let b: i32 = 0; b < splits; b++) {
        g += load<i64>(bins + (<usize>b << 4));
        w += load<i64>(bins + (<usize>b << 4), 8);
        addLeafPair(g, w, gTotal - g, wTotal - w, lambda, unitG, unitW, scratch + (<usize>b << 5));
      }
    }
  }
  finishScores(scratch, splits, cosine, out);
  chooseSplit(out, oneHot && splits == 2 ? 1 : 0, splits, noise, state, result);
  return splits;
}

/**
 * The same for ordered boosting: leaf l has `pairs` pairs of histograms, whose slots are slots[2 (l · pairs + p)] (the rows
 * a model of its own was learnt on: the averages) and the next (the rows after those: the gains). `lambdas`: a double a pair.
 */
export function obliviousOrderedScores(
  hist: usize, slots: usize, leafCount: i32, pairs: i32, slotBytes: usize, buckets: i32, oneHot: i32, lambdas: usize,
  cosine: i32, unitG: f64, unitW: f64, out: usize, noise: f64, state: usize, result: usize,
): i32 {
  const splits = oneHot ? buckets : buckets - 1;
  const scratch = out + (<usize>splits << 3);
  memory.fill(scratch, 0, <usize>splits << 5);
  for (let i: i32 = 0; i < leafCount * pairs; i++) {
    const body = hist + <usize>load<i32>(slots + (<usize>i << 3)) * slotBytes;
    const tail = hist + <usize>load<i32>(slots + (<usize>i << 3), 4) * slotBytes;
    const lambda = load<f64>(lambdas + (<usize>(i % pairs) << 3));
    let bodyTotal = i64x2.splat(0);
    let tailTotal = i64x2.splat(0);
    for (let b: usize = 0; b < <usize>buckets; b++) {
      bodyTotal = i64x2.add(bodyTotal, v128.load(body + (b << 4)));
      tailTotal = i64x2.add(tailTotal, v128.load(tail + (b << 4)));
    }
    // Without rows to learn from every average is 0, without rows to judge by every gain.
    if (i64x2.extract_lane(bodyTotal, 1) == 0 || i64x2.extract_lane(tailTotal, 1) == 0) continue;
    let bodySum = i64x2.splat(0);
    let tailSum = i64x2.splat(0);
    for (let b: usize = 0; b < <usize>splits; b++) {
      const ownBody = v128.load(body + (b << 4));
      const ownTail = v128.load(tail + (b << 4));
      bodySum = i64x2.add(bodySum, ownBody);
      tailSum = i64x2.add(tailSum, ownTail);
      const bodyRest = i64x2.sub(bodyTotal, oneHot ? ownBody : bodySum);
      const tailRest = i64x2.sub(tailTotal, oneHot ? ownTail : tailSum);
      const bodyFalse = oneHot ? bodyRest : bodySum;
      const bodyTrue = oneHot ? ownBody : bodyRest;
      const tailFalse = oneHot ? tailRest : tailSum;
      const tailTrue = oneHot ? ownTail : tailRest;
      const average = averageOf(
        pairOf(i64x2.extract_lane(bodyFalse, 0), i64x2.extract_lane(bodyTrue, 0), unitG),
        pairOf(i64x2.extract_lane(bodyFalse, 1), i64x2.extract_lane(bodyTrue, 1), unitW),
        lambda,
      );
      addAverage(
        average,
        pairOf(i64x2.extract_lane(tailFalse, 0), i64x2.extract_lane(tailTrue, 0), unitG),
        pairOf(i64x2.extract_lane(tailFalse, 1), i64x2.extract_lane(tailTrue, 1), unitW),
        scratch + (b << 5),
      );
    }
  }
  finishScores(scratch, splits, cosine, out);
  chooseSplit(out, oneHot && splits == 2 ? 1 : 0, splits, noise, state, result);
  return splits;
}

function finishScores(scratch: usize, splits: i32, cosine: i32, out: usize): void {
  for (let b: i32 = 0; b < splits; b++) {
    const sums = scratch + (<usize>b << 5);
    const gain = load<f64>(sums) + load<f64>(sums, 8);
    const norm = load<f64>(sums, 16) + load<f64>(sums, 24);
    store<f64>(out + (<usize>b << 3), cosine ? gain / Math.sqrt(1e-100 + norm) : gain);
  }
}

/** The polar method (Marsaglia 1964) gives normal draws in pairs. */
function chooseSplit(scores: usize, first: i32, count: i32, noise: f64, state: usize, result: usize): void {
  let best: i32 = -1;
  let most: f64 = -Infinity;
  let spare: f64 = 0;
  let spared = false;
  for (let b = first; b < count; b++) {
    let score = load<f64>(scores + (<usize>b << 3));
    if (noise > 0) {
      if (spared) {
        score += noise * spare;
        spared = false;
      } else {
        let u: f64 = 0;
        let v: f64 = 0;
        let s: f64 = 0;
        while (!(s > 0 && s < 1)) {
          u = <f64>nextUint32(state) / 2147483648.0 - 1;
          v = <f64>nextUint32(state) / 2147483648.0 - 1;
          s = u * u + v * v;
        }
        const size = Math.sqrt((-2 * log(s)) / s);
        score += noise * (u * size);
        spare = v * size;
        spared = true;
      }
    }
    if (score > most) {
      most = score;
      best = b;
    }
  }
  store<f64>(result, best);
  store<f64>(result, best < 0 ? 0 : load<f64>(scores + (<usize>best << 3)), 8);
}
