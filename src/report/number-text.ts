/** Numbers as people read them, the same in every locale. */

export type NumberFormat = 'integer' | 'metric' | 'percent' | 'general';

/** "12 345", "0.9283", "15.5%", or up to six significant digits; "–" for what is not defined. */
export function numberText(value: number | null | undefined, format: NumberFormat = 'general'): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  switch (format) {
    case 'integer':
      return sign + grouped(size);
    case 'metric':
      return sign + (size > 0 && size < 0.0005 ? size.toExponential(1) : size.toFixed(4));
    case 'percent':
      return `${sign}${size * 100 >= 99.95 || size === 0 ? Number((size * 100).toFixed(1)) : shortPercent(size)}%`;
    default:
      return sign + general(size);
  }
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
