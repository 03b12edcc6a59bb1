/**
 * The report as an Excel workbook: the tables of the HTML report and its curves, one a sheet, with native charts; margin and cost
 * to play with; predictions as they stream by. Formulas are the profit sheet's alone; the same data give the same bytes.
 */
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
  suspectsTable,
  versionsTable,
} from './description-tables.js';
import { splitDriftTable } from './insight-tables.js';
import type { ReportSource } from './report-source.js';
import type { ReportTable } from './report-table.js';
import { evidenceTable, metricsTable, thresholdsTable, weightsTable } from './result-tables.js';
import { verdictOf } from './verdict.js';
import { wordsOf } from './words.js';
import { columnChart, curveChart, placeCharts } from './workbook-charts.js';
import { colouringsOf } from './workbook-colours.js';
import { explanationSheets } from './workbook-explanation.js';
import { type Colouring, writeWorkbook } from './workbook-parts.js';
import { addPredictions, type Predictions } from './workbook-predictions.js';
import { PROFIT_SHEET, writeProfit } from './workbook-profit.js';
import { fillSheet, writeCell } from './workbook-sheet.js';

/** Calls `write` with the file's bytes in order; predictions are read as they are written. */
export async function streamWorkbook(
  source: ReportSource,
  predictions: Predictions | null,
  write: (bytes: Uint8Array) => void,
): Promise<void> {
  const { data, explanation } = source;
  const workbook = new Workbook();
  workbook.setProperties(new DocProperties().setTitle(`${data.title}: ecomml report`).setAuthor('ecomml'));
  const colourings = new Map<number, readonly Colouring[]>();
  let sheets = 2;
  const addTable = (name: string, table: ReportTable | null) => {
    if (table === null || table.rows.length === 0) return;
    fillSheet(workbook.addWorksheet().setName(name), table);
    sheets++;
    const colours = colouringsOf(table);
    if (colours.length > 0) colourings.set(sheets, colours);
  };
  const history = historyTable(data);
  const curves = [...curveTables(data), ...(history === null ? [] : [history])].filter(
    ({ table }) => table.rows.length > 0,
  );
  const importances = importancesTable(data);
  const why = explanation === null ? [] : explanationSheets(explanation, wordsOf(data));
  writeSummary(workbook, source);
  writeCharts(workbook, curves, importances, why);
  const profit = writeProfit(workbook, source);
  if (profit !== null) colourings.set(++sheets, profit);
  addTable('Metrics', metricsTable(data));
  addTable('Thresholds', thresholdsTable(data));
  for (const [name, table] of why) addTable(name, table);
  addTable('Importances', importances);
  addTable('Weights', weightsTable(data));
  addTable('Choices', evidenceTable(data));
  addTable('Features', featuresTable(data));
  addTable('Suspects', suspectsTable(data));
  addTable('Parameters', parametersTable(data));
  addTable('Splits', splitsTable(data));
  if (data.split_drift !== undefined) addTable('Split drift', splitDriftTable(data.split_drift));
  addTable('Quality', qualityTable(data));
  addTable('ONNX', proofTable(data));
  addTable('Versions', versionsTable(data));
  for (const curve of curves) addTable(curve.table.title, curve.table);
  const long = predictions === null || predictions.rows === 0 ? null : addPredictions(workbook, predictions, sheets);
  for (const [sheet, colours] of long?.colourings ?? []) colourings.set(sheet, colours);
  const bytes = workbook.saveToBufferSync();
  workbook.free();
  await writeWorkbook(bytes, { colourings, streamed: long?.streamed ?? [] }, write);
}

/** The same in memory, for a workbook without predictions. */
export async function workbookReport(source: ReportSource): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await streamWorkbook(source, null, (bytes) => chunks.push(bytes));
  return Buffer.concat(chunks);
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
    ...(source.explanation?.notes ?? []).map((one, i) => [i === 0 ? 'Explanation' : '', one] as const),
    [
      'From which probability to act',
      `Change the margin and the cost on the sheet ${PROFIT_SHEET}: the best threshold follows.`,
    ],
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
function writeCharts(
  workbook: Workbook,
  curves: readonly CurveTable[],
  importances: ReportTable,
  why: readonly (readonly [string, ReportTable])[],
): void {
  const sheet = workbook.addWorksheet().setName('Charts');
  sheet.writeStringWithFormat(0, 0, 'Charts', new Format().setBold().setFontSize(16));
  const charts = curves.map((curve) => curveChart(curve.table.title, curve));
  if (importances.rows.length > 0) charts.push(columnChart('Importances', importances, 12));
  const shap = why.find(([, table]) => table.id === 'importance-by-method');
  if (shap !== undefined && shap[1].rows.length > 0) charts.push(columnChart(shap[0], shap[1], 12));
  placeCharts(sheet, charts);
  sheet.setScreenGridlines(false);
  sheet.setPrintArea(0, 0, 24 * Math.ceil(charts.length / 2), 19);
  sheet.setPrintFitToPages(1, 1);
}
