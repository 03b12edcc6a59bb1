/** The charts of one model: what its splits rest on, and how its log loss fell. */
import * as Plot from '@observablehq/plot';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { numberText } from './number-text.js';
import type { ReportModel } from './report-data.js';
import type { Series } from './series.js';

const TOP = 12;

/** Bars of the largest shares of gain. */
export function importanceChart(model: ReportModel, series: Series): Markup {
  const top = [...model.importances].sort((a, b) => b.gain - a.gain || (a.feature < b.feature ? -1 : 1)).slice(0, TOP);
  const bars = top.map((one, rank) => ({ ...one, rank }));
  const labelOf = (rank: number) => top[rank].feature;
  return drawPlot(
    {
      id: `importance-${series.name.replace(/[^\w-]/g, '-')}`,
      title: `What ${series.label} splits on`,
      description: `Share of gain: ${top.map((one) => `${one.feature} ${numberText(one.gain, 'percent')}`).join(', ')}.`,
    },
    {
      width: 480,
      height: 60 + 22 * Math.max(1, bars.length),
      marginLeft: 196,
      marginRight: 56,
      x: {
        label: 'Share of gain →',
        tickFormat: (v: number) => numberText(v, 'percent').replace(/\.0+%$/, '%'),
        ticks: 4,
        grid: true,
      },
      y: { label: null, tickFormat: labelOf, tickSize: 0, padding: 0.25 },
      marks: [
        Plot.barX(bars, { x: 'gain', y: 'rank', fill: series.colour }),
        Plot.text(bars, {
          x: 'gain',
          y: 'rank',
          text: (b: (typeof bars)[number]) => numberText(b.gain, 'percent'),
          dx: 5,
          textAnchor: 'start',
          fill: 'currentColor',
        }),
      ],
    },
  );
}

const METRIC_WORDS: Readonly<Record<string, string>> = {
  log_loss: 'Log loss',
  auc: 'AUC',
  pr_auc: 'PR AUC',
  brier: 'Brier score',
  accuracy: 'Accuracy',
  error: 'Error',
};

/** A metric, the log loss by default, against the number of trees, on training rows (thin, dashed) and on early-stopping rows; a line at the trees kept. */
export function historyChart(
  model: ReportModel,
  series: Series,
  { metric, history }: { readonly metric: string; readonly history: ReportModel['history'] } = {
    metric: 'log_loss',
    history: model.history,
  },
): Markup {
  const { trees } = model;
  const words = METRIC_WORDS[metric] ?? metric;
  const id = `history-${series.name}${metric === 'log_loss' ? '' : `-${metric}`}`;
  const last = history[history.length - 1];
  const valid = history.filter((point) => point.valid !== undefined);
  return drawPlot(
    {
      id: id.replace(/[^\w-]/g, '-'),
      title: `${words} of ${series.label} by trees`,
      description: `After ${last.trees} trees ${numberText(last.train, 'metric')} on training rows${last.valid === undefined ? '' : ` and ${numberText(last.valid, 'metric')} on early-stopping rows`}; ${trees} trees were kept.`,
    },
    {
      width: 480,
      height: 260,
      marginLeft: 56,
      marginRight: 26,
      x: { label: 'Trees →', ticks: 5, tickFormat: (v: number) => numberText(v, 'integer') },
      y: { label: `↑ ${words}`, grid: true, ticks: 5, nice: true },
      marks: [
        Plot.ruleX([trees], { stroke: 'var(--muted)', strokeDasharray: '1 3' }),
        Plot.line(history as ReportModel['history'][number][], {
          x: 'trees',
          y: 'train',
          stroke: series.colour,
          strokeWidth: 1.4,
          strokeDasharray: '4 3',
        }),
        Plot.line(valid, { x: 'trees', y: 'valid', stroke: series.colour, strokeWidth: 2.4 }),
      ],
    },
  );
}
