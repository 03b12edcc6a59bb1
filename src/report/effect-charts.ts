/** How features act on the probability: the swarm of all, one feature's dependence and partial dependence, one pair's interaction. */
import * as Plot from '@observablehq/plot';
import type {
  Beeswarm,
  Dependence,
  InteractionPair,
  PartialDependence,
  ValueBin,
} from '../explain/explanation-data.js';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { numberText, pointsText, shorten } from './number-text.js';
import { type PathSpec, pathsMark, tippedPath } from './paths-mark.js';

const ROW = 30;
const GUIDE = { stroke: 'var(--muted)', strokeWidth: 1 } as const;
export const pointsTick = (share: number) => pointsText(share, 'axis');

/** Fifths of a feature's values, low to high; −1 missing; null a category. */
export const levelColour = (level: number | null): string =>
  level === null ? 'var(--accent)' : level < 0 ? 'var(--muted)' : `var(--level-${level + 1})`;

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
        tickFormat: (i: number) => shorten(features[i].feature, 28),
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

export const fixed = (value: number): string => String(Math.round(value * 10) / 10);

const numericBins = (bins: readonly ValueBin[]) => bins.filter((bin) => bin.from !== undefined && bin.to !== undefined);

/** Skewed values get an axis that gives the many small ones room. */
function axisOf(values: readonly number[]): {
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

const SIZE = { width: 480, height: 320, marginLeft: 62, marginRight: 22 } as const;

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
  const axis = axisOf([...one.points.map(([value]) => value), bins[0].from, bins[bins.length - 1].to]);
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
      tickFormat: (row: number) => shorten(bars[row].label, Math.floor(marginLeft / 7.4)),
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

const percentTick = (share: number) => numberText(share, 'percent').replace(/\.0+%$/, '%');

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
      ...axisOf(grid),
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

interface Cell {
  readonly i: number;
  readonly j: number;
  readonly rows: number;
  readonly points: number;
}

/** Blue lowers, red raises; the stronger the colour, the further. */
export function interactionChart(
  pair: InteractionPair & { readonly grid: NonNullable<InteractionPair['grid']> },
  id: string,
): Markup {
  const { a, b, grid } = pair;
  const strongest = Math.max(1e-12, ...grid.cells.map(([, , , points]) => Math.abs(points)));
  const cells = grid.cells.map(([i, j, rows, points]): Cell => ({ i, j, rows, points }));
  const tip = ({ i, j, rows, points }: Cell) =>
    `${a} ${grid.a[i].label} and ${b} ${grid.b[j].label}: ${pointsText(points)} beyond what each does alone, ${numberText(rows, 'integer')} rows`;
  return drawPlot(
    {
      id,
      title: `${a} and ${b} together`,
      description: `Strongest: ${[...cells]
        .sort((p, q) => Math.abs(q.points) - Math.abs(p.points))
        .slice(0, 3)
        .map(tip)
        .join('; ')}.`,
    },
    {
      width: 480,
      height: 130 + 26 * grid.b.length,
      marginLeft: 120,
      marginBottom: 84,
      marginRight: 20,
      x: {
        type: 'band',
        domain: grid.a.map((_, i) => i),
        label: `${shorten(a, 34)} →`,
        labelOffset: 78,
        tickSize: 0,
        tickRotate: -40,
        tickFormat: (i: number) => shorten(grid.a[i].label, 14),
      },
      y: {
        type: 'band',
        domain: grid.b.map((_, j) => grid.b.length - 1 - j),
        label: `↑ ${shorten(b, 34)}`,
        tickSize: 0,
        tickFormat: (j: number) => shorten(grid.b[j].label, 15),
      },
      marks: [
        pathsMark(({ x, y, band, bandX }) =>
          cells.map((cell) => ({
            d: `M${fixed(x(cell.i))},${fixed(y(cell.j))}h${fixed(bandX)}v${fixed(band)}h${fixed(-bandX)}z`,
            fill: cell.points < 0 ? 'var(--down)' : 'var(--up)',
            opacity: 0.05 + 0.5 * (Math.abs(cell.points) / strongest),
            tip: tip(cell),
          })),
        ),
        // Only what stands out, and where a cell has room for it.
        Plot.text(grid.a.length > 8 ? [] : cells.filter(({ points }) => Math.abs(points) > 0.2 * strongest), {
          x: 'i',
          y: 'j',
          text: (cell: Cell) => pointsText(Number(cell.points.toPrecision(2)), 'axis'),
          fontSize: 10,
        }),
      ],
    },
  );
}
