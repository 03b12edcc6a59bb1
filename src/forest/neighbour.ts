/** The doubles and float32 numbers next to a number. */
const float64 = new Float64Array(1);
const bits64 = new BigInt64Array(float64.buffer);
const float32 = new Float32Array(1);
const bits32 = new Int32Array(float32.buffer);

/** The largest double below x; NaN for −inf and NaN. */
export function doubleBelow(x: number): number {
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x === 0) return -Number.MIN_VALUE;
  float64[0] = x;
  bits64[0] += x > 0 ? -1n : 1n;
  return float64[0];
}

/** The smallest double above x; NaN for +inf and NaN. */
export function doubleAbove(x: number): number {
  return -doubleBelow(-x);
}

/** The largest float32 below x; NaN for NaN and where there is none. */
export function floatBelow(x: number): number {
  const nearest = Math.fround(x);
  if (nearest < x) return nearest;
  if (Number.isNaN(x) || nearest === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (nearest === 0) return -(2 ** -149);
  float32[0] = nearest;
  bits32[0] += nearest > 0 ? -1 : 1;
  return float32[0];
}

/** The smallest float32 above x; NaN for NaN and where there is none. */
export function floatAbove(x: number): number {
  return -floatBelow(-x);
}
