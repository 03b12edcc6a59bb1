/** Neighbours of a number in double precision. */
const double = new Float64Array(1);
const word = new BigInt64Array(double.buffer);

/** The smallest double above x; infinity stays infinity, NaN stays NaN. */
export function nextUp(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x === 0) return Number.MIN_VALUE;
  double[0] = x;
  word[0] += x > 0 ? 1n : -1n;
  return double[0];
}
