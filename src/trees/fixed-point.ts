/**
 * The scale of the histograms' fixed point: gradients are integers g · 2^s, so that their sums are exact and their order
 * does not matter.
 */

/**
 * The largest power of two by which numbers whose absolute values sum to at most `total`, each at most `largest`, may be
 * scaled before a sum could leave 62 bits or a number 50, where the kernels' rounding ends (both positive, finite).
 */
export function fixedPointScale(total: number, largest: number): number {
  return 2 ** Math.min(61 - Math.ceil(Math.log2(total)), 50 - Math.ceil(Math.log2(largest)));
}
