/** The twin of assembly/logarithm.ts: the same arithmetic in the same order. */

const word = new DataView(new ArrayBuffer(8));

/** ln x of a positive normal double. */
export function naturalLog(x: number): number {
  word.setFloat64(0, x);
  const high = word.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  word.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = word.getFloat64(0);
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the kernel's own constant
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  let series = 1 / 23;
  for (let odd = 21; odd >= 3; odd -= 2) series = series * z + 1 / odd;
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the kernel's own constant
  return exponent * 0.6931471805599453 + (2 * s + 2 * s * z * series);
}
