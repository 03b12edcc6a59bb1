/**
 * The report as an Excel workbook: the tables of the HTML report and its curves, one a sheet, with native charts. No cell is a
 * formula, and the same data give the same bytes.
 */
import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { DocProperties, Format, FormatAlign, Workbook } from 'wasm-xlsxwriter';
import { type CurveTable, curveTables, historyTable } from './curve-tables.js';
import {
  featuresTable,
  importancesTable,
  inputTable,
  parametersTable,
  proofTable,
  qualityTable,
  splitsTable,
  versionsTable,
} from './description-tables.js';
import type { ReportSource } from './report-source.js';
import type { ReportTable } from './report-table.js';
import { evidenceTable, metricsTable, thresholdsTable, weightsTable } from './result-tables.js';
import { verdictOf } from './verdict.js';
import { columnChart, curveChart, placeCharts } from './workbook-charts.js';
import { fillSheet, writeCell } from './workbook-sheet.js';

export function workbookReport(source: ReportSource): Uint8Array {
  const { data } = source;
  const workbook = new Workbook();
  workbook.setProperties(new DocProperties().setTitle(`${data.title}: ecomml report`).setAuthor('ecomml'));
  writeSummary(workbook, source);
  const addTable = (name: string, table: ReportTable | null) => {
    if (table === null || table.rows.length === 0) return;
    fillSheet(workbook.addWorksheet().setName(name), table);
  };
  const history = historyTable(data);
  const curves = [...curveTables(data), ...(history === null ? [] : [history])].filter(
    ({ table }) => table.rows.length > 0,
  );
  const importances = importancesTable(data);
  writeCharts(workbook, curves, importances);
  addTable('Metrics', metricsTable(data));
  addTable('Thresholds', thresholdsTable(data));
  addTable('Weights', weightsTable(data));
  addTable('Choices', evidenceTable(data));
  addTable('Importances', importances);
  addTable('Features', featuresTable(data));
  addTable('Parameters', parametersTable(data));
  addTable('Splits', splitsTable(data));
  addTable('Quality', qualityTable(data));
  addTable('ONNX', proofTable(data));
  addTable('Versions', versionsTable(data));
  for (const curve of curves) addTable(curve.table.title, curve.table);
  return withFixedDate(workbook.saveToBufferSync());
}

/** Of a column 100 characters wide, with room for wide letters. */
const CHARACTERS_A_LINE = 92;

/** The verdict in words, then what the data were. */
function writeSummary(workbook: Workbook, source: ReportSource): void {
  const { data } = source;
  const sheet = workbook.addWorksheet().setName('Summary');
  const { headline, sentences, warnings } = verdictOf(source);
  const heading = new Format().setBold().setFontSize(16);
  const strong = new Format().setBold().setAlign(FormatAlign.Top);
  const text = new Format().setTextWrap().setAlign(FormatAlign.Top);
  const number = new Format().setNumFormat('#,##0').setAlign(FormatAlign.Left);
  sheet.setColumnWidth(0, 30).setColumnWidth(1, 100);
  sheet.writeStringWithFormat(0, 0, `${data.title}: ecomml report`, heading);
  const lines: (readonly [string, string | number | null])[] = [
    ['Verdict', headline],
    ...sentences.map((sentence) => ['', sentence] as const),
    ...warnings.map((warning, i) => [i === 0 ? 'Beware' : '', warning] as const),
    ...data.blend.notes.map((note, i) => [i === 0 ? 'Choices' : '', note] as const),
    ['Confidence', data.confidence_definition],
    ...inputTable(data).rows.map(([name, value]) => [String(name), value as string | number | null] as const),
  ];
  lines.forEach(([name, value], i) => {
    if (name !== '') sheet.writeStringWithFormat(i + 2, 0, name, strong);
    writeCell(sheet, i + 2, 1, value, number, text);
    // Wrapped text gets its height here: not every program finds it by itself.
    const height = typeof value === 'string' ? Math.ceil(value.length / CHARACTERS_A_LINE) : 1;
    sheet.setRowHeight(i + 2, 15 * height + 2);
  });
  sheet.setFreezePanes(1, 0);
  sheet.setPrintFitToPages(1, 0);
}

/** All charts; the sheets they draw from, named after their tables, follow later. */
function writeCharts(workbook: Workbook, curves: readonly CurveTable[], importances: ReportTable): void {
  const sheet = workbook.addWorksheet().setName('Charts');
  sheet.writeStringWithFormat(0, 0, 'Charts', new Format().setBold().setFontSize(16));
  const charts = curves.map((curve) => curveChart(curve.table.title, curve));
  if (importances.rows.length > 0) charts.push(columnChart('Importances', importances, 12));
  placeCharts(sheet, charts);
  sheet.setScreenGridlines(false);
  sheet.setPrintArea(0, 0, 24 * Math.ceil(charts.length / 2), 19);
  sheet.setPrintFitToPages(1, 1);
}

const CREATED = '2000-01-01T00:00:00Z';

/** The writer stamps the clock into docProps/core.xml: put a constant there, and constant times on the parts. */
function withFixedDate(bytes: Uint8Array): Uint8Array {
  const parts: Zippable = unzipSync(bytes);
  const properties = strFromU8(parts['docProps/core.xml'] as Uint8Array);
  const fixed = properties.replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, `$1${CREATED}`);
  parts['docProps/core.xml'] = strToU8(fixed);
  // A local date on purpose: zip stores local time, so this is the same bytes in every time zone.
  return zipSync(parts, { level: 6, mtime: new Date(1980, 0, 1) });
}
