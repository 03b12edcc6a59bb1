/** What several charts share: ticks of points and of shares, the colours of a feature's fifths, an axis for skewed values. */
import { numberText, pointsText } from './number-text.js';

export const pointsTick = (share: number) => pointsText(share, 'axis');
export const percentTick = (share: number) => numberText(share, 'percent').replace(/\.0+%$/, '%');

/** Fifths of a feature's values, low to high; −1 missing; null a category. */
export const levelColour = (level: number | null): string =>
  level === null ? 'var(--accent)' : level < 0 ? 'var(--muted)' : `var(--level-${level + 1})`;

/** Skewed values get an axis that gives the many small ones room. */
export function valueAxis(values: readonly number[]): {
  readonly type: 'linear' | 'symlog' | 'sqrt';
  readonly domain: [number, number];
  readonly ticks: number | number[];
} {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0] ?? 0, sorted[sorted.length - 1] ?? 1];
  const middle = sorted[sorted.length >> 1] ?? 0;
  const domain: [number, number] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  if (low >= 0 && middle < high / 60) return { type: 'symlog', domain, ticks: symlogTicks(low, high) };
  return low >= 0 && middle < high / 8 ? { type: 'sqrt', domain, ticks: 4 } : { type: 'linear', domain, ticks: 5 };
}

/** Zero and powers of ten, or of a hundred where there are many, on an axis that is logarithmic from 1 up. */
function symlogTicks(low: number, high: number): number[] {
  const step = high > 1e5 ? 100 : 10;
  const ticks = [0];
  for (let tick = 1; tick <= high; tick *= step) ticks.push(tick);
  return ticks.filter((tick) => tick >= low);
}
