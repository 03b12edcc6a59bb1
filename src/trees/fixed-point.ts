/**
 * The scale of the histograms' fixed point: gradients are integers g · 2^s, so that their sums are exact and their order
 * does not matter.
 */

/**
 * The largest power of two by which numbers whose absolute values sum to at most `total` may be scaled before their sum
 * could leave 62 bits; at most 2^60. `total`: positive, finite.
 */
export function fixedPointScale(total: number): number {
  const exponent = Math.min(60, 61 - Math.ceil(Math.log2(total)));
  return 2 ** exponent;
}

/** The largest power of two by which numbers of at most `largest` (positive) may be scaled to stay within 31 bits. */
export function narrowFixedPointScale(largest: number): number {
  return 2 ** (30 - Math.ceil(Math.log2(largest)));
}
