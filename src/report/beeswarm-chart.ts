/** How each of the most important features pushes each row, as a swarm of counted rows. */
import * as Plot from '@observablehq/plot';
import type { Beeswarm } from '../explain/explanation-data.js';
import { levelColour, pointsTick } from './chart-scales.js';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { fixed, type PathSpec, pathsMark, tippedPath } from './paths-mark.js';

const ROW = 30;
const GUIDE = { stroke: 'var(--muted)', strokeWidth: 1 } as const;

/** Rows are counted into columns of each feature's band: its height is the root of the count, its colours the values' fifths. */
export function beeswarmChart(swarm: Beeswarm, tips: readonly string[]): Markup {
  const { features, from, to, bins } = swarm;
  const totals = features.map(({ cells }) => {
    const of = new Map<number, number>();
    for (const { bin, count } of cells) of.set(bin, (of.get(bin) ?? 0) + count);
    return of;
  });
  const most = totals.map((of) => Math.max(1, ...of.values()));
  const step = (to - from) / bins;
  return drawPlot(
    {
      id: 'beeswarm',
      title: 'How each feature pushes each row',
      description: `For the ${features.length} most important features, how many rows are pushed how far from the base, in points of probability. ${tips.slice(0, 3).join(' ')}`,
    },
    {
      width: 960,
      height: 70 + ROW * features.length,
      marginLeft: 230,
      marginRight: 24,
      x: { domain: [from, to], label: 'Points of probability →', tickFormat: pointsTick, ticks: 8, grid: true },
      y: {
        type: 'band',
        domain: features.map((_, i) => i),
        label: null,
        tickSize: 0,
        padding: 0.08,
        tickFormat: (i: number) => features[i].feature,
      },
      marks: [
        Plot.ruleX([0], GUIDE),
        pathsMark(({ x, y, band }) =>
          features.flatMap(({ cells, feature }, row): PathSpec[] => {
            const byLevel = new Map<number | null, string>();
            const below = new Map<number, number>();
            const sorted = [...cells].sort((a, b) => (a.level ?? 0) - (b.level ?? 0));
            for (const { bin, level, count } of sorted) {
              const total = totals[row].get(bin) ?? count;
              const height = Math.max(1.2, band * Math.sqrt(total / most[row]));
              const under = below.get(bin) ?? 0;
              below.set(bin, under + count);
              const left = x(from + bin * step);
              const top = y(row) + band / 2 + height / 2 - (height * (under + count)) / total;
              const d = `M${fixed(left)},${fixed(top)}h${fixed(x(from + (bin + 1) * step) - left)}v${fixed((height * count) / total)}H${fixed(left)}z`;
              byLevel.set(level, (byLevel.get(level) ?? '') + d);
            }
            return [
              ...[...byLevel].map(([level, d]) => ({ d, fill: levelColour(level) })),
              tippedPath(
                `M${fixed(x(from))},${fixed(y(row))}H${fixed(x(to))}v${fixed(band)}H${fixed(x(from))}z`,
                tips[row],
                { feature },
              ),
            ];
          }),
        ),
      ],
    },
  );
}
