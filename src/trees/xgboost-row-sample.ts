/**
 * XGBoost's sampling of rows (src/tree/hist/sampler.cc), the same rows as the original draws: each with one probability, or
 * by the size of its gradient with the gradients of those drawn multiplied up (minimal variance sampling, Ibragimov and
 * Gusev, NeurIPS 2019). Growing a tree on them is the boosting loop's.
 */
import type { RowGradients } from './boost.js';
import type { MersenneTwister } from './mersenne-twister.js';

const f32 = Math.fround;
const MVS_LAMBDA = f32(0.1);

/** The rows of one tree after the other. */
export class RowSampler {
  readonly #share: number;
  readonly #byGradient: boolean;
  readonly #treesPerRound: number;
  readonly #random: MersenneTwister;
  /** The round's gradients before a tree's sample multiplied some. */
  #kept: Float32Array | undefined;

  constructor(share: number, byGradient: boolean, treesPerRound: number, random: MersenneTwister) {
    this.#share = share;
    this.#byGradient = byGradient;
    this.#treesPerRound = treesPerRound;
    this.#random = random;
  }

  /** `largestGradientFactor` of the boosting rules. */
  largestFactor(rows: number): number {
    return this.#byGradient ? gradientSampleFactor(rows, this.#share) : 1;
  }

  /** Rows (ascending) of tree `tree`; undefined: all. */
  sample(tree: number, gradients: RowGradients): Uint32Array | undefined {
    if (!this.#byGradient) return uniformSample(gradients.rows, this.#share, this.#random);
    if (this.#treesPerRound > 1) {
      if (tree % this.#treesPerRound === 0) this.#kept = gradients.entries.slice();
      else gradients.entries.set(this.#kept!);
    }
    return gradientSample(gradients, this.#share, this.#random);
  }

  /** Draws for a tree that is not grown. */
  skip(rows: number): void {
    if (sampledRows(rows, this.#share) < rows) this.#random.nextUint32();
  }
}

/** Rows that are drawn on average; all rows when it is not below `rows`. */
export function sampledRows(rows: number, share: number): number {
  return Math.trunc(f32(f32(rows) * f32(share)));
}

/** The rows (ascending), each drawn with probability `share`; undefined: all, and nothing is drawn. */
export function uniformSample(rows: number, share: number, random: MersenneTwister): Uint32Array | undefined {
  if (sampledRows(rows, share) >= rows) return undefined;
  const draws = new RowDraws(random.nextUint32());
  const probability = f32(share);
  const sample = new Uint32Array(rows);
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    sample[kept] = row;
    if (draws.next() < probability) kept++;
  }
  return sample.slice(0, kept);
}

/** What the gradients of a drawn row are multiplied by at most, on the whole: Σ|g| of the sample over Σ weight of all rows. */
export function gradientSampleFactor(rows: number, share: number): number {
  // A row of size s is kept with probability s / u and then worth u; u is at most Σs / drawn rows, s at most 1.05 weights,
  // and h at most s / √λ.
  return Math.max(1, (3.4 * rows) / Math.max(1, sampledRows(rows, share)));
}

/** The rows (ascending) drawn by the size √(g² + 0.1 h²); multiplies the gradients of those that were not sure to be drawn. */
export function gradientSample(
  { rows, entries }: RowGradients,
  share: number,
  random: MersenneTwister,
): Uint32Array | undefined {
  const wanted = sampledRows(rows, share);
  if (wanted >= rows) return undefined;
  const size = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const g = entries[row * 2];
    const h = entries[row * 2 + 1];
    size[row] = Math.sqrt(f32(f32(g * g) + f32(MVS_LAMBDA * f32(h * h))));
  }
  const threshold = Math.max(sizeThreshold(size, wanted), f32(1e-6));
  const draws = new RowDraws(random.nextUint32());
  const sample = new Uint32Array(rows);
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    sample[kept] = row;
    const probability = f32(size[row] / threshold);
    if (probability >= 1) {
      kept++;
      continue;
    }
    if (size[row] === 0 || Math.min(f32(draws.next()), 1 - 2 ** -24) > probability) continue;
    kept++;
    const factor = f32(1 / probability);
    entries[row * 2] *= factor;
    entries[row * 2 + 1] *= factor;
  }
  return sample.slice(0, kept);
}

/** The size from which a row is sure to be drawn, so that `wanted` are drawn on average. */
function sizeThreshold(size: Float32Array, wanted: number): number {
  if (wanted === 0) return f32(3.4028234663852886e38);
  const rows = size.length;
  const sorted = size.slice().sort();
  const sums = new Float32Array(rows);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    sum = f32(sum + sorted[i]);
    sums[i] = sum;
  }
  let [low, high] = [0, rows - 1];
  while (low <= high) {
    const middle = low + Math.floor((high - low) / 2);
    const left = f32(f32(wanted) - f32(rows - middle - 1));
    const threshold = f32(sums[middle] / left);
    if (left <= 0) low = middle + 1;
    else if (threshold <= sorted[middle]) high = middle - 1;
    else if (middle === rows - 1 || threshold <= sorted[middle + 1]) return threshold;
    else low = middle + 1;
  }
  return f32(sums[rows - 1] / f32(wanted));
}

/** x ← 16807 x mod 2^63 in two halves, which products with 16807 leave exact; draws are uniform in [0, 1). */
class RowDraws {
  #high = 0;
  #low: number;

  constructor(seed: number) {
    this.#low = seed === 0 ? 1 : seed;
  }

  next(): number {
    const low = this.#low * 16807;
    const carry = Math.floor(low / 2 ** 32);
    this.#low = low - carry * 2 ** 32;
    this.#high = (this.#high * 16807 + carry) % 2 ** 31;
    // The sum is rounded once, as the original's conversion of the whole word is.
    return (this.#high * 2 ** 32 + (this.#low - 1)) / 2 ** 63;
  }
}
