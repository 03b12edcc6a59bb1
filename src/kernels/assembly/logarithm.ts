// Natural logarithm by basic arithmetic alone, so that WebAssembly and plain TypeScript agree to the last bit.

/**
 * ln x of a positive normal double, to about one unit in the last place: x = m·2^e with m in [√½, √2), and
 * ln m = 2 artanh((m − 1) / (m + 1)) by its Taylor series.
 */
export function naturalLog(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >>> 52) - 1023;
  let mantissa = reinterpret<f64>((bits & 0xfffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent++;
  }
  const s = (mantissa - 1.0) / (mantissa + 1.0);
  const z = s * s;
  let series = 1.0 / 23.0;
  series = series * z + 1.0 / 21.0;
  series = series * z + 1.0 / 19.0;
  series = series * z + 1.0 / 17.0;
  series = series * z + 1.0 / 15.0;
  series = series * z + 1.0 / 13.0;
  series = series * z + 1.0 / 11.0;
  series = series * z + 1.0 / 9.0;
  series = series * z + 1.0 / 7.0;
  series = series * z + 1.0 / 5.0;
  series = series * z + 1.0 / 3.0;
  return <f64>exponent * 0.6931471805599453 + (2.0 * s + 2.0 * s * z * series);
}
