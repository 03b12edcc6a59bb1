/** The charts of how well the test rows were predicted: ROC, precision and recall, calibration, gain, lift, AUC. */
import * as Plot from '@observablehq/plot';
import type { CurveSet } from '../metrics/curve-set.js';
import type { MetricSet } from '../metrics/evaluate.js';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { numberText } from './number-text.js';
import type { Series } from './series.js';
import type { Words } from './words.js';

export interface DrawnModel {
  readonly series: Series;
  readonly metrics: MetricSet;
  readonly curves: CurveSet;
}

const SIZE = { width: 480, height: 350, marginLeft: 56, marginRight: 26 } as const;
const GUIDE = { stroke: 'var(--muted)', strokeDasharray: '1 3', strokeWidth: 1.2 } as const;

type Point = readonly [x: number, y: number];

function line(points: readonly Point[], { colour, width, dash }: Series): Plot.Markish {
  const style = dash === undefined ? {} : { strokeDasharray: dash };
  return Plot.line(points as Point[], { stroke: colour, strokeWidth: width, strokeLinejoin: 'round', ...style });
}

const percentTick = (value: number) => numberText(value, 'percent').replace(/\.0+%$/, '%');
const each = (models: readonly DrawnModel[], say: (model: DrawnModel) => string) =>
  models.map((model) => `${model.series.label} ${say(model)}`).join(', ');

/** `models` in drawing order: the last one on top. */
export function rocChart(models: readonly DrawnModel[], words: Words): Markup {
  return drawPlot(
    {
      id: 'roc',
      title: 'ROC curve',
      description: `${words.Positives} found against ${words.Negatives.toLowerCase()} wrongly called. AUC: ${each(models, (m) => numberText(m.metrics.auc, 'metric'))}.`,
    },
    {
      ...SIZE,
      x: { domain: [0, 1], label: `${words.Negatives} wrongly called →`, tickFormat: percentTick, ticks: 5 },
      y: { domain: [0, 1], label: `↑ ${words.Positives} found`, tickFormat: percentTick, grid: true, ticks: 5 },
      marks: [
        Plot.line([[0, 0] as Point, [1, 1] as Point], GUIDE),
        ...models.map(({ curves, series }) =>
          line(
            curves.roc.map((p) => [p.false_positive_rate, p.true_positive_rate]),
            series,
          ),
        ),
      ],
    },
  );
}

export function precisionRecallChart(models: readonly DrawnModel[], baseRate: number, words: Words): Markup {
  return drawPlot(
    {
      id: 'precision-recall',
      title: 'Precision and recall',
      description: `Precision against recall; calling everybody gives ${numberText(baseRate, 'percent')}. Average precision: ${each(models, (m) => numberText(m.metrics.pr_auc, 'metric'))}.`,
    },
    {
      ...SIZE,
      x: { domain: [0, 1], label: `${words.Positives} found (recall) →`, tickFormat: percentTick, ticks: 5 },
      y: {
        domain: [0, 1],
        label: `↑ Of those called, ${words.positives} (precision)`,
        tickFormat: percentTick,
        grid: true,
        ticks: 5,
      },
      marks: [
        Plot.ruleY([baseRate], GUIDE),
        ...models.map(({ curves, series }) =>
          line(
            curves.precision_recall.map((p) => [p.recall, p.precision]),
            series,
          ),
        ),
      ],
    },
  );
}

/** Only the last model (the ensemble) with its intervals: five sets of intervals hide each other. */
export function calibrationChart(models: readonly DrawnModel[], words: Words): Markup {
  const { curves, series, metrics } = models[models.length - 1];
  const bins = curves.calibration;
  const highest = Math.max(
    0.01,
    ...models.flatMap((m) => m.curves.calibration.map((b) => b.mean_probability)),
    ...bins.map((b) => b.observed_ci[1]),
  );
  const middle = bins[Math.floor(bins.length / 2)]?.mean_probability ?? highest;
  // Rare events crowd near 0 on an even axis.
  const type = middle < highest / 6 ? 'sqrt' : 'linear';
  const end = Math.min(1, highest * 1.04);
  const axis = {
    type,
    domain: [0, end],
    tickFormat: percentTick,
    ticks: type === 'sqrt' ? squareRootTicks(end) : 6,
  } as const;
  return drawPlot(
    {
      id: 'calibration',
      title: 'Calibration',
      description: `Observed ${words.rate} against predicted probability in ${bins.length} groups of equal size, with 95% intervals for the ensemble. Its mean gap (ECE) is ${numberText(metrics.ece, 'metric')}.`,
    },
    {
      ...SIZE,
      x: { ...axis, label: `Predicted probability${type === 'sqrt' ? ' (square-root axes)' : ''} →` },
      y: { ...axis, label: `↑ Observed ${words.rate}`, grid: true },
      marks: [
        Plot.line([[0, 0] as Point, [end, end] as Point], GUIDE),
        ...models.slice(0, -1).map((m) =>
          line(
            m.curves.calibration.map((b) => [b.mean_probability, b.observed_rate]),
            m.series,
          ),
        ),
        Plot.link([...bins], {
          x1: 'mean_probability',
          x2: 'mean_probability',
          y1: (bin: (typeof bins)[number]) => bin.observed_ci[0],
          y2: (bin: (typeof bins)[number]) => bin.observed_ci[1],
          stroke: series.colour,
          strokeWidth: 1.2,
        }),
        line(
          bins.map((b) => [b.mean_probability, b.observed_rate]),
          series,
        ),
        Plot.dot([...bins], { x: 'mean_probability', y: 'observed_rate', r: 3.2, fill: series.colour }),
      ],
    },
  );
}

export function gainChart(models: readonly DrawnModel[], words: Words): Markup {
  const at = (m: DrawnModel) => numberText(m.curves.gain.find((p) => p.share >= 0.1)?.gain, 'percent');
  return drawPlot(
    {
      id: 'gain',
      title: 'Cumulative gain',
      description: `Share of all ${words.hits} found among the likeliest rows. In the top 10%: ${each(models, at)}.`,
    },
    {
      ...SIZE,
      x: { domain: [0, 1], label: 'Likeliest rows taken →', tickFormat: percentTick, ticks: 5 },
      y: { domain: [0, 1], label: `↑ ${words.Hits} found`, tickFormat: percentTick, grid: true, ticks: 5 },
      marks: [
        Plot.line([[0, 0] as Point, [1, 1] as Point], GUIDE),
        ...models.map(({ curves, series }) =>
          line([[0, 0] as Point, ...curves.gain.map((p): Point => [p.share, p.gain])], series),
        ),
      ],
    },
  );
}

export function liftChart(models: readonly DrawnModel[], words: Words): Markup {
  const highest = Math.max(1, ...models.flatMap((m) => m.curves.gain.map((p) => p.lift)));
  return drawPlot(
    {
      id: 'lift',
      title: 'Lift',
      description: `How many times more ${words.hits} the likeliest rows hold than as many rows taken at random. In the top 10%: ${each(models, (m) => numberText(m.curves.gain.find((p) => p.share >= 0.1)?.lift))}.`,
    },
    {
      ...SIZE,
      x: { domain: [0, 1], label: 'Likeliest rows taken →', tickFormat: percentTick, ticks: 5 },
      y: { domain: [0, highest * 1.05], label: '↑ Times a random choice', grid: true, ticks: 6 },
      marks: [
        Plot.ruleY([1], GUIDE),
        ...models.map(({ curves, series }) =>
          line(
            curves.gain.map((p) => [p.share, p.lift]),
            series,
          ),
        ),
      ],
    },
  );
}

/** AUC with its interval, a line a model. */
export function aucChart(models: readonly DrawnModel[]): Markup {
  const rows = models
    .filter(({ metrics }) => metrics.auc !== null)
    .map(({ series, metrics }) => ({
      label: series.label,
      colour: series.colour,
      value: metrics.auc ?? 0,
      low: metrics.auc_ci?.[0] ?? metrics.auc ?? 0,
      high: metrics.auc_ci?.[1] ?? metrics.auc ?? 0,
    }));
  return drawPlot(
    {
      id: 'auc',
      title: 'AUC with 95% intervals',
      description: rows
        .map(
          (r) =>
            `${r.label} ${numberText(r.value, 'metric')} (${numberText(r.low, 'metric')} to ${numberText(r.high, 'metric')})`,
        )
        .join('; '),
    },
    {
      ...SIZE,
      marginLeft: 116,
      x: { label: 'AUC →', grid: true, ticks: 5, nice: true },
      y: { label: null, domain: rows.map((r) => r.label), tickSize: 0 },
      marks: [
        Plot.link(rows, {
          x1: 'low',
          x2: 'high',
          y1: 'label',
          y2: 'label',
          stroke: (r: (typeof rows)[number]) => r.colour,
          strokeWidth: 3,
          strokeOpacity: 0.45,
        }),
        Plot.dot(rows, { x: 'value', y: 'label', r: 5, fill: (r: (typeof rows)[number]) => r.colour }),
        Plot.text(rows, {
          x: 'value',
          y: 'label',
          dy: -14,
          text: (r: (typeof rows)[number]) => numberText(r.value, 'metric'),
          fill: 'currentColor',
        }),
      ],
      color: { type: 'identity' },
    },
  );
}

/** Round shares up to `end` that keep a tenth of a square-root axis between them. */
function squareRootTicks(end: number): number[] {
  const ticks: number[] = [0];
  for (const tick of [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1]) {
    const gap = Math.sqrt(tick) - Math.sqrt(ticks[ticks.length - 1]);
    if (tick <= end && gap > 0.1 * Math.sqrt(end)) ticks.push(tick);
  }
  return ticks;
}
