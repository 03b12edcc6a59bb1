/** The curves as tables: a group of columns a model, side by side, so that a workbook's chart can name its ranges. */
import type { ReportData } from './report-data.js';
import { type Cell, column, type ReportTable, type TableColumn } from './report-table.js';
import { ENSEMBLE_SERIES, type Series, seriesOf } from './series.js';

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
