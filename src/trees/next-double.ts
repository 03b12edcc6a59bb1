/** Neighbours of a number in double precision. */
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Word 1 is the high one: every platform Node runs on is little-endian. */
const [LOW, HIGH] = [0, 1];

/** The smallest double above x; infinity stays infinity, NaN stays NaN. */
export function nextUp(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x === 0) return Number.MIN_VALUE;
  double[0] = x;
  if (x > 0) {
    words[LOW]++;
    if (words[LOW] === 0) words[HIGH]++;
  } else {
    if (words[LOW] === 0) words[HIGH]--;
    words[LOW]--;
  }
  return double[0];
}
