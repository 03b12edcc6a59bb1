/** The mean probability if all rows had a value, its interval, and single rows' curves. */
import * as Plot from '@observablehq/plot';
import type { PartialDependence } from '../explain/explanation-data.js';
import { percentTick, valueAxis } from './chart-scales.js';
import { drawPlot } from './draw-plot.js';
import { intervalBars } from './interval-bars.js';
import type { Markup } from './markup.js';
import { numberText, shorten } from './number-text.js';
import { fixed, pathsMark, tippedPath } from './paths-mark.js';

const SIZE = { width: 480, height: 320, marginLeft: 62, marginRight: 22 } as const;

export function partialDependenceChart(one: PartialDependence, id: string, unit: string): Markup {
  const tip = (i: number) =>
    `${String(one.grid[i])}: ${numberText(one.mean[i], 'percent')} (95% interval ${numberText(one.low[i], 'percent')} to ${numberText(one.high[i], 'percent')})`;
  const text = {
    id,
    title: `Mean probability when ${one.feature} is set to a value for all rows`,
    description: one.grid.map((_, i) => tip(i)).join('; '),
  };
  if (one.kind === 'categorical')
    return intervalBars(
      text,
      one.grid.map((value, i) => ({
        label: String(value),
        mean: one.mean[i],
        low: one.low[i],
        high: one.high[i],
        tip: tip(i),
      })),
      { zero: false, label: 'Mean probability →', tick: percentTick },
    );
  const grid = one.grid as readonly number[];
  const line = one.mean.map((mean, i) => ({ value: grid[i], mean, low: one.low[i], high: one.high[i] }));
  // The mean and its interval set the axis; single rows may leave it.
  const top = 1.15 * Math.max(...one.high, quantile(one.curves.flat(), 0.9));
  return drawPlot(text, {
    ...SIZE,
    x: {
      ...valueAxis(grid),
      label: `${shorten(one.feature, 34)}${unit === '' ? '' : ` (${unit})`} →`,
      tickFormat: (v: number) => numberText(v),
    },
    y: {
      domain: [0, Math.min(1, Math.max(top, 1e-6))],
      label: '↑ Probability',
      tickFormat: percentTick,
      grid: true,
      ticks: 5,
      clamp: true,
    },
    marks: [
      pathsMark(({ x, y }) => [
        {
          d: one.curves
            .map((curve) => curve.map((p, i) => `${i === 0 ? 'M' : 'L'}${fixed(x(grid[i]))},${fixed(y(p))}`).join(''))
            .join(''),
          fill: 'none',
          stroke: 'var(--muted)',
          width: 0.7,
          opacity: 0.5,
        },
      ]),
      Plot.areaY(line, { x: 'value', y1: 'low', y2: 'high', fill: 'var(--accent)', fillOpacity: 0.25 }),
      Plot.line(line, { x: 'value', y: 'mean', stroke: 'var(--accent)', strokeWidth: 2.6 }),
      pathsMark(({ x, top: above, bottom, left, right }) =>
        grid.map((value, i) => {
          const start = i === 0 ? left : (x(grid[i - 1]) + x(value)) / 2;
          const end = i === grid.length - 1 ? right : (x(grid[i + 1]) + x(value)) / 2;
          return tippedPath(`M${fixed(start)},${above}H${fixed(end)}V${bottom}H${fixed(start)}z`, tip(i));
        }),
      ),
    ],
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
