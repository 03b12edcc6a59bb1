import { log } from './exponential';
import { nextUint32 } from './random';

// Histograms and split scores of oblivious trees. A quad is four bins of one row in one u32 (lane k in byte k), so that
// one gather feeds four columns. A row's statistics are a pair of i32 in fixed point (gradient, weight), a bin's a pair of
// i64: sums are exact, so neither the order of the rows nor the number of threads changes them.

/**
 * Fills histogram slots of one quad column. plan: 4 i32 an entry (from, to, slot, parent): the rows rows[from … to − 1]
 * with their statistics stats[from … to − 1] are summed into the slot, which is then subtracted from slot `parent`
 * unless that is −1 (hist(sibling) = hist(parent) − hist(this)). A slot is four lanes of laneBytes.
 */
export function obliviousHistogram(
  quads: usize, rows: usize, stats: usize, plan: usize, planCount: i32, hist: usize, laneBytes: usize,
): i32 {
  const slotBytes = laneBytes << 2;
  for (let entry: i32 = 0; entry < planCount; entry++) {
    const at = plan + (<usize>entry << 4);
    const from = <usize>load<i32>(at);
    const to = <usize>load<i32>(at, 4);
    const h0 = hist + <usize>load<i32>(at, 8) * slotBytes;
    const h1 = h0 + laneBytes;
    const h2 = h1 + laneBytes;
    const h3 = h2 + laneBytes;
    const parent = load<i32>(at, 12);
    memory.fill(h0, 0, slotBytes);
    for (let i = from; i < to; i++) {
      const quad = load<u32>(quads + (<usize>load<u32>(rows + (i << 2)) << 2));
      const stat = v128.load_ext<i32>(stats + (i << 3));
      const p0 = h0 + (<usize>(quad & 255) << 4);
      v128.store(p0, i64x2.add(v128.load(p0), stat));
      const p1 = h1 + (<usize>((quad >> 8) & 255) << 4);
      v128.store(p1, i64x2.add(v128.load(p1), stat));
      const p2 = h2 + (<usize>((quad >> 16) & 255) << 4);
      v128.store(p2, i64x2.add(v128.load(p2), stat));
      const p3 = h3 + (<usize>(quad >> 24) << 4);
      v128.store(p3, i64x2.add(v128.load(p3), stat));
    }
    if (parent >= 0) {
      const p = hist + <usize>parent * slotBytes;
      for (let offset: usize = 0; offset < slotBytes; offset += 16) {
        v128.store(p + offset, i64x2.sub(v128.load(p + offset), v128.load(h0 + offset)));
      }
    }
  }
  return 0;
}

/**
 * Histograms of a quad of at most 16 bins a lane (lanes of 256 bytes), of all leaves at once, over the rows in their own
 * order: `leaf` is a u16 a sampled row (not a row of the table), slots an i32 a leaf. For columns whose histograms of the
 * level above are not there to subtract from: nothing is gathered, and all the bins stay in the nearest cache.
 */
export function obliviousNarrowHistogram(
  quads: usize, rows: usize, stats: usize, leaf: usize, count: usize, slots: usize, leaves: i32, hist: usize,
): i32 {
  memory.fill(hist, 0, <usize>leaves << 10);
  for (let i: usize = 0; i < count; i++) {
    const quad = load<u32>(quads + (<usize>load<u32>(rows + (i << 2)) << 2));
    const stat = v128.load_ext<i32>(stats + (i << 3));
    const slot = hist + (<usize>load<i32>(slots + (<usize>load<u16>(leaf + (i << 1)) << 2)) << 10);
    const p0 = slot + (<usize>(quad & 15) << 4);
    const p1 = slot + (<usize>((quad >> 8) & 15) << 4);
    const p2 = slot + (<usize>((quad >> 16) & 15) << 4);
    const p3 = slot + (<usize>((quad >> 24) & 15) << 4);
    v128.store(p0, i64x2.add(v128.load(p0), stat));
    v128.store(p1, i64x2.add(v128.load(p1, 256), stat), 256);
    v128.store(p2, i64x2.add(v128.load(p2, 512), stat), 512);
    v128.store(p3, i64x2.add(v128.load(p3, 768), stat), 768);
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function addLeafPair(
  gFalse: i64, wFalse: i64, gTrue: i64, wTrue: i64, lambda: f64, unitG: f64, unitW: f64, sums: usize,
): void {
  const g = f64x2.mul(f64x2.replace_lane(f64x2.splat(<f64>gFalse), 1, <f64>gTrue), f64x2.splat(unitG));
  const w = f64x2.mul(f64x2.replace_lane(f64x2.splat(<f64>wFalse), 1, <f64>wTrue), f64x2.splat(unitW));
  const some = f64x2.gt(w, f64x2.splat(0));
  const average = v128.and(f64x2.div(g, f64x2.add(w, f64x2.splat(lambda))), some);
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(average, g)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.mul(f64x2.mul(average, average), w)), 16);
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
  for (let b: i32 = 0; b < splits; b++) {
    const sums = scratch + (<usize>b << 5);
    const gain = load<f64>(sums) + load<f64>(sums, 8);
    const norm = load<f64>(sums, 16) + load<f64>(sums, 24);
    store<f64>(out + (<usize>b << 3), cosine ? gain / Math.sqrt(1e-100 + norm) : gain);
  }
  chooseSplit(out, oneHot && splits == 2 ? 1 : 0, splits, noise, state, result);
  return splits;
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
