/** Native charts of the workbook: all on one sheet, drawn from the sheets that hold the numbers. */
import {
  Chart,
  ChartFormat,
  ChartLine,
  ChartLineDashType,
  ChartMarker,
  ChartRange,
  ChartSeries,
  ChartSolidFill,
  ChartType,
  Color,
  type Worksheet,
} from 'wasm-xlsxwriter';
import type { CurveTable } from './curve-tables.js';
import type { ReportTable } from './report-table.js';
import type { Series } from './series.js';

function lineFormat({ print, width, dash }: Series): ChartFormat {
  const line = new ChartLine().setColor(Color.parse(print)).setWidth(width);
  if (dash !== undefined) line.setDashType(ChartLineDashType.SquareDot);
  return new ChartFormat().setLine(line);
}

const SIZE = { width: 600, height: 400 } as const;

/** Straight lines through the points of each curve; `name` is the sheet that holds them. */
export function curveChart(name: string, curve: CurveTable): Chart {
  const chart = new Chart(ChartType.ScatterStraight);
  chart.title().setName(curve.table.title);
  const offsets = flatOffsets(curve.table);
  for (const { series, x, y, rows } of curve.lines) {
    if (rows === 0) continue;
    const range = (column: number) => ChartRange.newFromRange(name, 1, offsets[column], rows, offsets[column]);
    chart.pushSeries(
      new ChartSeries()
        .setName(series.label)
        .setCategories(range(x))
        .setValues(range(y))
        .setFormat(lineFormat(series))
        .setMarker(new ChartMarker().setNone()),
    );
  }
  const [xAxis, yAxis] = [chart.xAxis(), chart.yAxis()];
  xAxis.setName(curve.xTitle).setNumFormat(curve.axisFormat).setMin(0);
  yAxis.setName(curve.yTitle).setNumFormat(curve.axisFormat === 'General' ? '0.00' : curve.axisFormat);
  yAxis.setMin(curve.yMin ?? 0);
  if (curve.xMax !== undefined) xAxis.setMax(curve.xMax);
  if (curve.yMax !== undefined) yAxis.setMax(curve.yMax);
  chart.setWidth(SIZE.width).setHeight(SIZE.height);
  return chart.setAltText(`${curve.table.title}: ${curve.yTitle} against ${curve.xTitle}`);
}

/** Where each column of a table begins once its intervals are two columns. */
function flatOffsets(table: ReportTable): number[] {
  let at = 0;
  return table.columns.map((column) => {
    const start = at;
    at += column.format === 'interval' ? 2 : 1;
    return start;
  });
}

/** The second column of the first rows against their names in the first. */
export function columnChart(name: string, table: ReportTable, top: number): Chart {
  const rows = Math.min(top, table.rows.length);
  const range = (column: number) => ChartRange.newFromRange(name, 1, column, rows, column);
  const fill = new ChartSolidFill().setColor(Color.parse('#0369a1'));
  const series = new ChartSeries()
    .setName(table.columns[1].title)
    .setCategories(range(0))
    .setValues(range(1))
    .setFormat(new ChartFormat().setSolidFill(fill));
  // Columns, not bars: a bar chart puts the first row at the bottom, and the library cannot turn its axis around.
  const chart = new Chart(ChartType.Column).pushSeries(series);
  chart.title().setName(`${table.columns[1].title}: the first ${rows} features`);
  chart.legend().setHidden();
  chart.yAxis().setNumFormat('0%');
  chart.setWidth(SIZE.width).setHeight(SIZE.height);
  return chart.setAltText(table.columns[1].title);
}

/** Two charts a row, from the sheet's upper left. Rows are 20 pixels high, columns 64 wide. */
export function placeCharts(sheet: Worksheet, charts: readonly Chart[]): void {
  charts.forEach((chart, i) => {
    sheet.insertChart(1 + 21 * Math.floor(i / 2), 10 * (i % 2), chart);
  });
}
