/** The reasons that count most of an explained row. Apart from the explainer, which only threads that explain load. */
import type { ExplainedRows } from './model-explainer.js';

/** One input's share of one row's probability. */
export interface TopContribution {
  readonly input: string;
  readonly points: number;
}

/** The row's `count` contributions of largest size, largest first (ties in the inputs' order); those of 0 are left out. */
export function topContributions(
  { inputs, values }: Pick<ExplainedRows, 'inputs' | 'values'>,
  row: number,
  count: number,
): TopContribution[] {
  const own = values.subarray(row * inputs.length, (row + 1) * inputs.length);
  return Array.from(own, (points, i) => ({ input: inputs[i], points, i }))
    .filter(({ points }) => points !== 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || a.i - b.i)
    .slice(0, count)
    .map(({ input, points }) => ({ input, points }));
}
