// exp of two doubles at once: the operations of exponential.ts in their order, so the bits are the same.

/** 0 below −708, the largest finite result above 709; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function expPair(value: v128): v128 {
  const x = f64x2.pmin(value, f64x2.splat(709));
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), f64x2.splat(0.5)));
  const hi = f64x2.sub(x, f64x2.mul(k, f64x2.splat(0.6931471803691238)));
  const lo = f64x2.mul(k, f64x2.splat(1.9082149292705877e-10));
  const r = f64x2.sub(hi, lo);
  const t = f64x2.mul(r, r);
  let p = f64x2.add(f64x2.splat(-1.6533902205465252e-6), f64x2.mul(t, f64x2.splat(4.1381367970572385e-8)));
  p = f64x2.add(f64x2.splat(6.613756321437934e-5), f64x2.mul(t, p));
  p = f64x2.add(f64x2.splat(-0.0027777777777015593), f64x2.mul(t, p));
  p = f64x2.add(f64x2.splat(0.16666666666666602), f64x2.mul(t, p));
  const c = f64x2.sub(r, f64x2.mul(t, p));
  const q = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2), c));
  const y = f64x2.sub(f64x2.splat(1), f64x2.sub(f64x2.sub(lo, q), hi));
  // k + 1.5 · 2^52 has k in its lowest bits.
  const bits = i64x2.add(f64x2.add(k, f64x2.splat(6755399441055744)), i64x2.splat(1023));
  const result = f64x2.mul(y, i64x2.shl(bits, 52));
  return v128.andnot(result, f64x2.lt(value, f64x2.splat(-708)));
}
