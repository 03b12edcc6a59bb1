/** Importance by each method side by side, each on its own scale. */
import * as Plot from '@observablehq/plot';
import type { FeatureImportance } from '../explain/explanation-data.js';
import { drawPlot } from './draw-plot.js';
import type { Markup } from './markup.js';
import { numberText, pointsText } from './number-text.js';
import { pathsMark, tippedPath } from './paths-mark.js';

const TOP = 15;

export interface ImportanceMethod {
  readonly name: string;
  readonly value: (one: FeatureImportance) => number | null;
  readonly interval?: (one: FeatureImportance) => readonly [number, number] | null;
  readonly words: (value: number) => string;
}

const mean = (values: Readonly<Record<string, number>>): number | null => {
  const all = Object.values(values);
  return all.length === 0 ? null : all.reduce((sum, value) => sum + value, 0) / all.length;
};

export const IMPORTANCE_METHODS: readonly ImportanceMethod[] = [
  {
    name: 'Mean |SHAP|',
    value: (one) => one.shap,
    interval: (one) => one.shap_interval,
    words: (v) => pointsText(v).replace('+', ''),
  },
  {
    name: 'Shuffling',
    value: (one) => one.permutation?.log_loss_rise ?? null,
    interval: (one) => one.permutation?.interval ?? null,
    words: (v) => numberText(v, 'metric'),
  },
  { name: 'Share of gain', value: (one) => mean(one.gain), words: (v) => numberText(v, 'percent') },
  { name: 'Share of splits', value: (one) => mean(one.splits), words: (v) => numberText(v, 'percent') },
];

/** The methods for which there is any number. */
export function methodsOf(importances: readonly FeatureImportance[]): ImportanceMethod[] {
  return IMPORTANCE_METHODS.filter(({ value }) => importances.some((one) => value(one) !== null));
}

export function sideBySideChart(importances: readonly FeatureImportance[]): Markup {
  const top = importances.slice(0, TOP);
  const methods = methodsOf(importances);
  const bars = methods.flatMap(({ name, value, interval, words }) => {
    const largest = Math.max(1e-300, ...top.map((one) => Math.max(value(one) ?? 0, interval?.(one)?.[1] ?? 0)));
    return top.flatMap((one, row) => {
      const v = value(one);
      if (v === null) return [];
      const [low, high] = interval?.(one) ?? [null, null];
      const range = low === null || high === null ? '' : `, 95% interval ${words(low)} to ${words(high)}`;
      return [
        {
          method: name,
          row,
          share: Math.max(0, v) / largest,
          low: low === null ? null : Math.max(0, low) / largest,
          high: high === null ? null : high / largest,
          words: words(v),
          tip: `${one.feature}, ${name.toLowerCase()}: ${words(v)}${range}`,
        },
      ];
    });
  });
  const ranged = bars.filter(({ low, high }) => low !== null && high !== null);
  return drawPlot(
    {
      id: 'importance-methods',
      title: 'Importance by each method',
      description: `The ${top.length} most important features by mean |SHAP|. ${bars
        .slice(0, 5)
        .map(({ tip }) => tip)
        .join('; ')}.`,
    },
    {
      width: 960,
      height: 84 + 24 * Math.max(1, top.length),
      marginLeft: 230,
      marginRight: 10,
      marginTop: 30,
      fx: { domain: methods.map(({ name }) => name), label: null, padding: 0.06, axis: 'top' },
      x: { domain: [0, 1.45], label: null, axis: null },
      y: {
        type: 'band',
        domain: top.map((_, i) => i),
        padding: 0.25,
        label: null,
        tickSize: 0,
        tickFormat: (i: number) => top[i].feature,
      },
      marks: [
        Plot.barX(bars, { x: 'share', y: 'row', fx: 'method', fill: 'var(--accent)', fillOpacity: 0.55 }),
        Plot.link(ranged, {
          x1: 'low',
          x2: 'high',
          y1: 'row',
          y2: 'row',
          fx: 'method',
          stroke: 'var(--ink)',
          strokeWidth: 1.2,
        }),
        Plot.text(bars, {
          x: (bar: (typeof bars)[number]) => Math.max(bar.share, bar.high ?? 0),
          y: 'row',
          fx: 'method',
          text: (bar: (typeof bars)[number]) => bar.words.replace(' points', ''),
          dx: 4,
          textAnchor: 'start',
          fill: 'currentColor',
        }),
      ],
    },
  );
}

/** A line for each pair, the strongest first. */
export function pairsChart(
  pairs: readonly { readonly label: string; readonly strength: number; readonly tip: string }[],
): Markup {
  const rows = pairs.map((pair, row) => ({ ...pair, row }));
  return drawPlot(
    {
      id: 'pairs',
      title: 'Strongest pairs',
      description: `${pairs
        .slice(0, 5)
        .map(({ tip }) => tip)
        .join('; ')}.`,
    },
    {
      width: 960,
      height: 64 + 23 * Math.max(1, rows.length),
      marginLeft: 390,
      marginRight: 60,
      x: {
        domain: [0, Math.max(1e-12, ...pairs.map(({ strength }) => strength))],
        label: 'Mean |interaction|, points →',
        tickFormat: (v: number) => pointsText(v, 'axis').replace('+', ''),
        grid: true,
        ticks: 6,
      },
      y: {
        type: 'band',
        domain: rows.map(({ row }) => row),
        padding: 0.25,
        label: null,
        tickSize: 0,
        tickFormat: (i: number) => pairs[i].label,
      },
      marks: [
        Plot.barX(rows, { x: 'strength', y: 'row', fill: 'var(--accent)', fillOpacity: 0.7 }),
        pathsMark(({ y, band, left, right }) =>
          rows.map(({ row, tip }) => tippedPath(`M${left},${y(row)}H${right}v${band}H${left}z`, tip)),
        ),
      ],
    },
  );
}
