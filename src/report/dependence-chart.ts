/** What one feature's values do: the rows' SHAP values over them, their mean, the band of 80% of rows. */
import * as Plot from '@observablehq/plot';
import type { Dependence, ValueBin } from '../explain/explanation-data.js';
import { levelColour, pointsTick, valueAxis } from './chart-scales.js';
import { drawPlot } from './draw-plot.js';
import { intervalBars } from './interval-bars.js';
import type { Markup } from './markup.js';
import { numberText, pointsText, shorten } from './number-text.js';
import { fixed, type PathSpec, pathsMark, tippedPath } from './paths-mark.js';

const GUIDE = { stroke: 'var(--muted)', strokeWidth: 1 } as const;
const SIZE = { width: 480, height: 320, marginLeft: 62, marginRight: 22 } as const;

const numericBins = (bins: readonly ValueBin[]) => bins.filter((bin) => bin.from !== undefined && bin.to !== undefined);

export function dependenceChart(one: Dependence, id: string, unit: string): Markup {
  const text = {
    id,
    title: `What ${one.feature} does`,
    description: one.bins
      .map((bin) => `${bin.label}: ${pointsText(bin.mean)} on average over ${bin.rows} rows`)
      .join('; '),
  };
  const tip = (bin: Dependence['bins'][number]) =>
    `${bin.label}: ${pointsText(bin.mean)} on average (80% of rows ${pointsText(bin.low)} to ${pointsText(bin.high)}), ${numberText(bin.rows, 'integer')} rows`;
  const bins = numericBins(one.bins) as (Dependence['bins'][number] & { from: number; to: number })[];
  if (one.kind === 'categorical' || bins.length === 0)
    return intervalBars(
      text,
      one.bins.map((bin) => ({ ...bin, tip: tip(bin) })),
      { zero: true, label: 'Points of probability →', tick: pointsTick },
    );
  const axis = valueAxis([...one.points.map(([value]) => value), bins[0].from, bins[bins.length - 1].to]);
  const heights = [0, ...bins.flatMap(({ low, high }) => [low, high]), ...one.points.map(([, y]) => y)];
  const domain: [number, number] = [Math.min(...heights), Math.max(...heights)];
  const middle = (bin: { from: number; to: number }) => (bin.from + bin.to) / 2;
  return drawPlot(text, {
    ...SIZE,
    x: {
      ...axis,
      label: `${shorten(one.feature, 34)}${unit === '' ? '' : ` (${unit})`} →`,
      tickFormat: (v: number) => numberText(v),
    },
    y: { domain, nice: true, label: '↑ Points of probability', tickFormat: pointsTick, grid: true, ticks: 6 },
    marks: [
      Plot.ruleY([0], GUIDE),
      Plot.areaY(bins, { x: middle, y1: 'low', y2: 'high', fill: 'var(--accent)', fillOpacity: 0.13 }),
      pathsMark(({ x, y }) =>
        [-1, 0, 1, 2, 3, 4].flatMap((level): PathSpec[] => {
          const d = one.points
            .filter((point) => point[2] === level)
            .map(([value, points]) => `M${fixed(x(value))},${fixed(y(points))}h0`)
            .join('');
          return d === ''
            ? []
            : [
                {
                  d,
                  fill: 'none',
                  stroke: one.partner === null ? 'var(--accent)' : levelColour(level),
                  width: 4.4,
                  opacity: 0.75,
                },
              ];
        }),
      ),
      Plot.line(bins, { x: middle, y: 'mean', stroke: 'var(--ink)', strokeWidth: 2.2 }),
      pathsMark(({ x, top, bottom }) =>
        bins.map((bin) =>
          tippedPath(
            `M${fixed(x(bin.from))},${top}H${fixed(Math.max(x(bin.to), x(bin.from) + 2))}V${bottom}H${fixed(x(bin.from))}z`,
            tip(bin),
          ),
        ),
      ),
    ],
  });
}
