/** The curves as tables: a group of columns a model, side by side, so that a workbook's chart can name its ranges. */
import type { CurveSet } from '../metrics/curve-set.js';
import type { HistoryPoint, ReportData } from './report-data.js';
import { type Cell, column, type ReportTable, type TableColumn } from './report-table.js';
import { ENSEMBLE_SERIES, modelLabel, type Series, seriesOf } from './series.js';
import type { Words } from './words.js';

/** A line of a chart: columns x and y of its table, and its number of rows. */
export interface CurveLine {
  readonly series: Series;
  readonly x: number;
  readonly y: number;
  readonly rows: number;
}

export interface CurveTable {
  readonly table: ReportTable;
  readonly lines: readonly CurveLine[];
  readonly xTitle: string;
  readonly yTitle: string;
  /** The axes' upper ends; absent: by the data. */
  readonly xMax?: number;
  /** Where the y axis begins; absent: at 0. */
  readonly yMin?: number;
  readonly yMax?: number;
  readonly axisFormat: string;
}

interface Curve {
  readonly series: Series;
  readonly points: readonly (readonly Cell[])[];
}

function sideBySide(id: string, title: string, curves: readonly Curve[], columns: readonly TableColumn[]) {
  const longest = Math.max(0, ...curves.map((curve) => curve.points.length));
  const table: ReportTable = {
    id,
    title,
    columns: curves.flatMap(({ series }) => columns.map((c) => ({ ...c, title: `${series.label} ${c.title}` }))),
    rows: Array.from({ length: longest }, (_, row) =>
      curves.flatMap(({ points }) => columns.map((_, c) => points[row]?.[c] ?? null)),
    ),
  };
  const lines = curves.map(({ series, points }, i) => ({
    series,
    x: i * columns.length,
    y: i * columns.length + 1,
    rows: points.length,
  }));
  return { table, lines };
}

/** ROC, precision and recall, gain, lift, calibration: the ensemble first. */
export function curveTables(data: ReportData): CurveTable[] {
  const series = seriesOf(data.models.map((model) => model.name));
  const all = [
    { series: ENSEMBLE_SERIES, curves: data.ensemble.curves },
    ...data.models.map((model, i) => ({ series: series[i], curves: model.curves })),
  ];
  const share = { axisFormat: '0%', xMax: 1, yMax: 1 } as const;
  return [
    {
      ...sideBySide(
        'roc',
        'ROC',
        all.map(({ series, curves }) => ({
          series,
          points: curves.roc.map((p) => [p.false_positive_rate, p.true_positive_rate, p.threshold]),
        })),
        [
          column('false positive rate', 'metric'),
          column('true positive rate', 'metric'),
          column('threshold', 'metric'),
        ],
      ),
      xTitle: 'False positive rate',
      yTitle: 'True positive rate',
      ...share,
    },
    {
      ...sideBySide(
        'pr',
        'Precision and recall',
        all.map(({ series, curves }) => ({
          series,
          points: curves.precision_recall.map((p) => [p.recall, p.precision, p.threshold]),
        })),
        [column('recall', 'metric'), column('precision', 'metric'), column('threshold', 'metric')],
      ),
      xTitle: 'Recall',
      yTitle: 'Precision',
      ...share,
    },
    {
      ...sideBySide(
        'gain',
        'Gain and lift',
        all.map(({ series, curves }) => ({ series, points: curves.gain.map((p) => [p.share, p.gain, p.lift]) })),
        [column('share of rows', 'percent'), column('gain', 'percent'), column('lift', 'metric')],
      ),
      xTitle: 'Likeliest rows taken',
      yTitle: 'Positives found',
      ...share,
    },
    {
      ...sideBySide(
        'calibration',
        'Calibration',
        all.map(({ series, curves }) => ({
          series,
          points: curves.calibration.map((b) => [b.mean_probability, b.observed_rate, b.rows, b.observed_ci]),
        })),
        [
          column('mean probability', 'metric'),
          column('observed rate', 'metric'),
          column('rows', 'integer'),
          column('observed 95% interval', 'interval'),
        ],
      ),
      xTitle: 'Mean probability',
      yTitle: 'Observed rate',
      axisFormat: '0%',
    },
  ];
}

/** For a reader who cannot see the charts: each model's curve read off at tenths of the x axis. */
const READ_OFF = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

interface ReadCurve {
  readonly series: Series;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** `points` in either direction of x; between two the line that the chart draws. */
function readOff(id: string, title: string, x: string, format: TableColumn['format'], curves: readonly ReadCurve[]) {
  const sorted = curves.map(({ points }) => [...points].sort((a, b) => a[0] - b[0]));
  const table: ReportTable = {
    id,
    title,
    columns: [column(x, 'percent'), ...curves.map(({ series }) => column(series.label, format))],
    rows: READ_OFF.map((at) => [at, ...sorted.map((points) => heightAt(points, at))]),
  };
  return table;
}

function heightAt(points: readonly (readonly [number, number])[], at: number): number | null {
  const after = points.findIndex(([x]) => x >= at);
  if (after < 0) return null;
  const [x, y] = points[after];
  if (after === 0) return x === at ? y : null;
  const [x0, y0] = points[after - 1];
  return x === x0 ? y : y0 + ((y - y0) * (at - x0)) / (x - x0);
}

/** What the charts of curves show, as tables of a dozen rows: the ensemble first. */
export function readOffTables(data: ReportData, { Positives, Negatives }: Words) {
  const series = seriesOf(data.models.map((model) => model.name));
  const all = [
    { series: ENSEMBLE_SERIES, curves: data.ensemble.curves },
    ...data.models.map((model, i) => ({ series: series[i], curves: model.curves })),
  ];
  const curves = (points: (curves: CurveSet) => readonly (readonly [number, number])[]): ReadCurve[] =>
    all.map((one) => ({ series: one.series, points: points(one.curves) }));
  return {
    roc: readOff(
      'roc-read',
      `${Positives} found, by the share of ${Negatives.toLowerCase()} wrongly called`,
      `${Negatives} wrongly called`,
      'percent',
      curves(({ roc }) => roc.map((p) => [p.false_positive_rate, p.true_positive_rate])),
    ),
    precisionRecall: readOff(
      'precision-recall-read',
      'Precision by recall',
      'Recall',
      'percent',
      curves(({ precision_recall }) => precision_recall.map((p) => [p.recall, p.precision])),
    ),
    gain: readOff(
      'gain-read',
      `${Positives} found, by the share of rows taken`,
      'Likeliest rows taken',
      'percent',
      curves(({ gain }) => gain.map((p) => [p.share, p.gain])),
    ),
    lift: readOff(
      'lift-read',
      'Lift by the share of rows taken',
      'Likeliest rows taken',
      'metric',
      curves(({ gain }) => gain.map((p) => [p.share, p.lift])),
    ),
  };
}

const HISTORY_ROWS = 10;

/** A learning curve as a table of a few rows, the last among them. */
export function historyReadOff(
  model: string,
  { metric, history }: { readonly metric: string; readonly history: readonly HistoryPoint[] },
): ReportTable {
  const step = Math.max(1, Math.ceil(history.length / HISTORY_ROWS));
  const name = metric.replaceAll('_', ' ');
  return {
    id: `history-${model}-${metric}`.replace(/[^\w-]/g, '-'),
    title: `${modelLabel(model)}: ${name} by trees`,
    columns: [
      column('Trees', 'integer'),
      column(`${name}, early-stopping rows`, 'metric'),
      column(`${name}, training rows`, 'metric'),
    ],
    rows: history
      .filter((_, i) => (history.length - 1 - i) % step === 0)
      .map(({ trees, train, valid }) => [trees, valid ?? null, train]),
  };
}

/** Log loss by trees; null when no model has a history. */
export function historyTable(data: ReportData): CurveTable | null {
  const series = seriesOf(data.models.map((model) => model.name));
  const curves = data.models.flatMap((model, i) =>
    model.history.length > 1
      ? [{ series: series[i], points: model.history.map((p) => [p.trees, p.valid ?? p.train, p.train]) }]
      : [],
  );
  if (curves.length === 0) return null;
  return {
    ...sideBySide('history', 'Learning curves', curves, [
      column('trees', 'integer'),
      column('log loss, early-stopping rows', 'metric'),
      column('log loss, training rows', 'metric'),
    ]),
    yMin: Math.floor(Math.min(...data.models.flatMap((m) => m.history.map((p) => p.valid ?? p.train))) * 20) / 20,
    xTitle: 'Trees',
    yTitle: 'Log loss',
    axisFormat: 'General',
  };
}
