/** Names with a dot and its interval: categories, segments. */
import * as Plot from '@observablehq/plot';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { fixed, pathsMark, tippedPath } from './paths-mark.js';

const GUIDE = { stroke: 'var(--muted)', strokeWidth: 1 } as const;

export interface IntervalBar {
  readonly label: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly tip: string;
}

/** A dot with its interval a line, one a name: for categories and segments. */
export function intervalBars(
  text: { readonly id: string; readonly title: string; readonly description: string },
  bars: readonly IntervalBar[],
  {
    zero,
    label,
    tick,
    width = 480,
    marginLeft = 190,
    reference,
  }: {
    readonly zero: boolean;
    readonly label: string;
    readonly tick: (v: number) => string;
    readonly width?: number;
    readonly marginLeft?: number;
    readonly reference?: number;
  },
): Markup {
  const ends = bars.flatMap(({ low, high }) => [low, high]);
  const guides = [...(zero ? [0] : []), ...(reference === undefined ? [] : [reference])];
  const all = [...ends, ...guides];
  const rows = bars.map((bar, row) => ({ ...bar, row }));
  return drawPlot(text, {
    width,
    height: 64 + 22 * Math.max(1, bars.length),
    marginLeft,
    marginRight: 24,
    x: { domain: [Math.min(...all), Math.max(...all)], nice: true, label, tickFormat: tick, grid: true, ticks: 5 },
    y: {
      type: 'band',
      domain: rows.map(({ row }) => row),
      label: null,
      tickSize: 0,
      tickFormat: (row: number) => bars[row].label,
    },
    marks: [
      Plot.ruleX(guides, GUIDE),
      Plot.link(rows, {
        x1: 'low',
        x2: 'high',
        y1: 'row',
        y2: 'row',
        stroke: 'var(--accent)',
        strokeWidth: 3,
        strokeOpacity: 0.4,
      }),
      Plot.dot(rows, { x: 'mean', y: 'row', r: 4.2, fill: 'var(--accent)' }),
      pathsMark(({ y, band, left, right }) =>
        rows.map(({ row, tip }) => tippedPath(`M${left},${fixed(y(row))}H${right}v${fixed(band)}H${left}z`, tip)),
      ),
    ],
  });
}
