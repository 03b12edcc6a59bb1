// exp and log in double precision, below one unit in the last place: argument reduction and polynomials of Sun's fdlibm
// (e_exp.c, e_log.c). The plain twin does the same operations in the same order, so both give the same bits.
const LN2_HI: f64 = 0.6931471803691238;
const LN2_LO: f64 = 1.9082149292705877e-10;
const INV_LN2: f64 = 1.4426950408889634;
const P1: f64 = 0.16666666666666602;
const P2: f64 = -0.0027777777777015593;
const P3: f64 = 6.613756321437934e-5;
const P4: f64 = -1.6533902205465252e-6;
const P5: f64 = 4.1381367970572385e-8;
const LG1: f64 = 0.6666666666666735;
const LG2: f64 = 0.3999999999940942;
const LG3: f64 = 0.2857142874366239;
const LG4: f64 = 0.22222198432149784;
const LG5: f64 = 0.1818357216161805;
const LG6: f64 = 0.15313837699209373;
const LG7: f64 = 0.14798198605116586;

/** 0 below −708 (no subnormal results), the largest finite result above 709; NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function exp(value: f64): f64 {
  if (value < -708) return 0;
  const x = value > 709 ? 709 : value;
  const k = Math.floor(x * INV_LN2 + 0.5);
  const hi = x - k * LN2_HI;
  const lo = k * LN2_LO;
  const r = hi - lo;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  return y * reinterpret<f64>((<i64>k + 1023) << 52);
}

/** For positive normal numbers. */
// @ts-ignore: decorator
@inline
export function log(x: f64): f64 {
  let bits = reinterpret<u64>(x);
  let k = <i32>(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
  let m = reinterpret<f64>(bits);
  if (m > Math.SQRT2) {
    m = m * 0.5;
    k = k + 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * (LG2 + w * (LG4 + w * LG6));
  const t2 = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)));
  const r = t2 + t1;
  const half = 0.5 * f * f;
  const dk = <f64>k;
  return dk * LN2_HI - (half - (s * (half + r) + dk * LN2_LO) - f);
}
