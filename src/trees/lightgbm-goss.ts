/**
 * Gradient-based one-side sampling (Ke et al., NeurIPS 2017, algorithm 2; goss.hpp): the rows of the largest |g · h|, and
 * some of the rest, whose gradients are multiplied up. It draws rows; growing trees on them is the boosting loop's.
 */
import type { RowGradients } from './boost.js';
import { type LightgbmRandom, ROWS_OF_GENERATOR } from './lightgbm-random.js';

export interface GossParameters {
  /** Share of the rows kept for their large gradients. */
  readonly topRate: number;
  /** Share of the rows drawn from the others. */
  readonly otherRate: number;
  /** The first 1 / learning rate trees see all rows. */
  readonly learningRate: number;
}

/** What the gradients of a drawn row are multiplied by; infinite when `rows` are too few to draw any. */
export function gossFactor(rows: number, to: GossParameters): number {
  const { top, other } = gossCounts(rows, to);
  return Math.fround((rows - top) / other);
}

function gossCounts(rows: number, { topRate, otherRate }: GossParameters): { top: number; other: number } {
  return { top: Math.max(1, Math.trunc(rows * topRate)), other: Math.trunc(rows * otherRate) };
}

/** The rows (ascending) of tree `tree`, undefined for all; multiplies the gradients of those drawn. */
export function gossSample(
  tree: number,
  { rows, entries }: RowGradients,
  to: GossParameters,
  generators: readonly LightgbmRandom[],
): Uint32Array | undefined {
  if (tree < Math.trunc(1 / to.learningRate)) return undefined;
  const { top, other } = gossCounts(rows, to);
  const size = gradientSizes(entries, rows);
  const threshold = largest(size, top);
  const factor = gossFactor(rows, to);
  const sample = new Uint32Array(rows);
  let kept = 0;
  let big = 0;
  for (let row = 0; row < rows; row++) {
    if (size[row] >= threshold) {
      sample[kept++] = row;
      big++;
      continue;
    }
    const needed = other - (kept - big);
    const left = rows - row - (top - big);
    if (!(generators[Math.floor(row / ROWS_OF_GENERATOR)].next() < needed / left)) continue;
    sample[kept++] = row;
    entries[row * 2] *= factor;
    entries[row * 2 + 1] *= factor;
  }
  return sample.slice(0, kept);
}

/** |g · h| of each row in single precision. */
function gradientSizes(entries: Float32Array, rows: number): Float32Array {
  const size = new Float32Array(rows);
  for (let row = 0; row < rows; row++) size[row] = Math.abs(entries[row * 2] * entries[row * 2 + 1]);
  return size;
}

/** The `rank`-th largest (from 1) of numbers of at least 0. */
function largest(values: Float32Array, rank: number): number {
  // Such floats are ordered as their bits: first the upper 16 bits are found, then the lower.
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Uint32Array(65536);
  for (const word of bits) counts[word >>> 16]++;
  let left = rank;
  let upper = 65535;
  for (; counts[upper] < left; upper--) left -= counts[upper];
  counts.fill(0);
  for (const word of bits) if (word >>> 16 === upper) counts[word & 65535]++;
  let lower = 65535;
  for (; counts[lower] < left; lower--) left -= counts[lower];
  return new Float32Array(Uint32Array.of((upper << 16) | lower).buffer)[0];
}
