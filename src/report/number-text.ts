/** Numbers as people read them, the same in every locale. */

export type NumberFormat = 'integer' | 'metric' | 'percent' | 'points' | 'amount' | 'general';

/** "12 345", "0.9283", "15.5%", or up to six significant digits; "–" for what is not defined. */
export function numberText(value: number | null | undefined, format: NumberFormat = 'general'): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  switch (format) {
    case 'integer':
      return sign + grouped(size);
    case 'amount':
      return sign + grouped(size >= 100 || Number.isInteger(size) ? Math.round(size) : Number(size.toFixed(2)));
    case 'metric':
      return sign + (size > 0 && size < 0.0005 ? size.toExponential(1) : size.toFixed(4));
    case 'percent':
      return `${sign}${size * 100 >= 99.95 || size === 0 ? Number((size * 100).toFixed(1)) : shortPercent(size)}%`;
    case 'points':
      return sign + plainPoints(size * 100);
    default:
      return sign + general(size);
  }
}

/** A share as points of a hundred: "3.29", "0.004". */
function plainPoints(points: number): string {
  if (points >= 10) return points.toFixed(1);
  return points === 0 || points >= 0.005 ? points.toFixed(2) : points.toPrecision(1);
}

function shortPercent(share: number): string {
  const percent = share * 100;
  if (percent >= 10) return percent.toFixed(1);
  return percent >= 0.1 ? percent.toFixed(2) : percent.toPrecision(1);
}

function general(size: number): string {
  if (Number.isInteger(size) && size < 1e15) return grouped(size);
  return size >= 1e6 || size < 1e-4 ? size.toExponential(2) : String(Number(size.toPrecision(6)));
}

/** Thin spaces between groups of three from five digits up; fractions (from weighted counts) keep one decimal. */
function grouped(size: number): string {
  const text = Number.isInteger(size) ? String(size) : size.toFixed(1);
  const [whole, fraction] = text.split('.');
  const spaced = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

export function intervalText(interval: readonly [number, number] | null, format: NumberFormat = 'metric'): string {
  return interval === null ? '–' : `${numberText(interval[0], format)} to ${numberText(interval[1], format)}`;
}

/** Contributions as shares of probability: "+12.3 points"; on an axis "+12". */
export function pointsText(share: number, form: 'words' | 'axis' = 'words'): string {
  if (!Number.isFinite(share)) return '–';
  const size = Math.abs(share * 100);
  const sign = share < 0 ? '−' : share > 0 ? '+' : '';
  if (form === 'axis') return sign + String(Number(size.toPrecision(3)));
  return `${sign}${size >= 10 ? size.toFixed(1) : size.toFixed(2)} points`;
}

/** Whole characters, never half of a surrogate pair. */
export function shorten(name: string, length: number): string {
  const characters = [...name];
  return characters.length <= length ? name : `${characters.slice(0, length - 1).join('')}…`;
}
