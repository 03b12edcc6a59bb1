/** Numbers inside sentences and labels, the same in every locale: "12,345", "0.0342", "1.2e-7". It aligns nothing. */

/** Whole numbers with groups of three; others to four significant digits. "missing" for NaN. */
export function plainNumber(value: number): string {
  if (Number.isNaN(value)) return 'missing';
  if (!Number.isFinite(value)) return value > 0 ? 'infinity' : '-infinity';
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return String(value === 0 ? 0 : value).replace(/\B(?=(\d{3})+$)/g, ',');
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(2);
  if (size >= 1000) return `${value < 0 ? '-' : ''}${plainNumber(Math.trunc(size))}`;
  return String(Number(value.toPrecision(4)));
}

/** A share of 1 in points of a percentage, signed: "+12 points", "−0.4 points". */
export function signedPoints(share: number): string {
  const points = share * 100;
  const size = Math.abs(points);
  const digits = size >= 9.95 ? 0 : size >= 0.095 ? 1 : size >= 0.0095 ? 2 : 3;
  const text = size.toFixed(digits);
  const zero = Number(text) === 0;
  const sign = zero ? '±' : points < 0 ? '−' : '+';
  return `${sign}${zero ? '0' : text} ${text === '1' || text === '1.0' ? 'point' : 'points'}`;
}
