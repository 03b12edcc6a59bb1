/** Profit over thresholds, and how a feature's values moved between the parts. */
import * as Plot from '@observablehq/plot';
import type { FeatureDrift, ProfitInsight } from '../explain/insight-data.js';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { numberText } from './number-text.js';
import { fixed, pathsMark, tippedPath } from './paths-mark.js';

const percentTick = (share: number) => numberText(share, 'percent').replace(/\.0+%$/, '%');

export function profitChart({ points, best, break_even }: ProfitInsight): Markup {
  const all = Math.max(1, points[points.length - 1]?.rows ?? 1);
  const line = points.map((point) => ({ ...point, share: point.rows / all }));
  const marks = [
    { ...best, name: 'best' },
    { ...break_even, name: 'cost / margin' },
  ].filter(({ threshold }) => threshold !== null);
  return drawPlot(
    {
      id: 'profit',
      title: 'Profit by share of rows acted on',
      description: `Best: ${numberText(best.profit)} by acting on ${numberText(best.rows, 'integer')} rows; acting on all brings ${numberText(line[line.length - 1]?.profit)}.`,
    },
    {
      width: 560,
      height: 300,
      marginLeft: 70,
      marginRight: 30,
      x: { domain: [0, 1], label: 'Likeliest rows acted on →', tickFormat: percentTick, ticks: 5 },
      y: { label: '↑ Profit', grid: true, ticks: 6, nice: true, tickFormat: (v: number) => numberText(v) },
      marks: [
        Plot.ruleY([0], { stroke: 'var(--muted)' }),
        Plot.line(line, { x: 'share', y: 'profit', stroke: 'var(--accent)', strokeWidth: 2.4 }),
        Plot.dot(marks, { x: (one: (typeof marks)[number]) => one.rows / all, y: 'profit', r: 5, fill: 'var(--ink)' }),
        Plot.text(marks.slice(0, 1), {
          x: (one: (typeof marks)[number]) => one.rows / all,
          y: 'profit',
          text: (one: (typeof marks)[number]) => `${one.name}: from ${numberText(one.threshold, 'percent')}`,
          dy: -14,
          dx: 4,
          textAnchor: 'start',
          fill: 'currentColor',
        }),
      ],
    },
  );
}

/** Two bars a bin: the reference's share of rows, and the compared rows'. */
export function driftChart({ feature, bins, psi }: FeatureDrift, names: readonly [string, string], id: string): Markup {
  const largest = Math.max(1e-9, ...bins.flatMap(({ reference, compared }) => [reference, compared]));
  const tip = ({ label, reference, compared }: FeatureDrift['bins'][number]) =>
    `${label}: ${numberText(reference, 'percent')} of ${names[0]}, ${numberText(compared, 'percent')} of ${names[1]}`;
  return drawPlot(
    {
      id,
      title: `${feature}: ${names[0]} and ${names[1]}`,
      description: `PSI ${numberText(psi, 'metric')}. ${bins.map(tip).join('; ')}.`,
    },
    {
      width: 480,
      height: 56 + 26 * bins.length,
      marginLeft: 180,
      marginRight: 24,
      x: { domain: [0, largest], label: 'Share of rows →', tickFormat: percentTick, grid: true, ticks: 5 },
      y: {
        type: 'band',
        domain: bins.map((_, i) => i),
        padding: 0.2,
        label: null,
        tickSize: 0,
        tickFormat: (i: number) => bins[i].label,
      },
      marks: [
        pathsMark(({ x, y, band, left, right }) =>
          bins.flatMap((bin, i) => {
            const bar = (value: number, top: number) =>
              `M${left},${fixed(top)}H${fixed(x(value))}v${fixed(band / 2 - 1)}H${left}z`;
            return [
              { d: bar(bin.reference, y(i)), fill: 'var(--muted)' },
              { d: bar(bin.compared, y(i) + band / 2), fill: 'var(--accent)' },
              tippedPath(`M${left},${fixed(y(i))}H${right}v${fixed(band)}H${left}z`, tip(bin)),
            ];
          }),
        ),
      ],
    },
  );
}
