/**
 * The sheet that answers "from which probability shall we act": margin and cost are cells to be changed, all else on it is
 * formulas over a table of thresholds. Its formulas name cells alone, never a text of the data.
 */
import {
  Chart,
  ChartFormat,
  ChartLine,
  ChartMarker,
  ChartRange,
  ChartSeries,
  ChartType,
  Color,
  Format,
  FormatBorder,
  FormatPattern,
  Formula,
  type Workbook,
} from 'wasm-xlsxwriter';
import { confusionPoints } from './confusion-points.js';
import type { ReportSource } from './report-source.js';
import { wordsOf } from './words.js';
import type { Colouring } from './workbook-parts.js';

export const PROFIT_SHEET = 'Profit';

/** Where the table begins: 0-based row of its header. */
const HEAD = 13;

interface Point {
  readonly threshold: number;
  readonly rows: number;
  readonly positives: number;
}

/** Null when no threshold can be judged: only one class is there. */
export function writeProfit(workbook: Workbook, source: ReportSource): readonly Colouring[] | null {
  const { points, margin, cost, assumed } = pointsOf(source);
  if (points.length === 0) return null;
  const words = wordsOf(source.data);
  const sheet = workbook.addWorksheet().setName(PROFIT_SHEET);
  const [first, last] = [HEAD + 2, HEAD + 1 + points.length];
  const column = (letter: string) => `$${letter}$${first}:$${letter}$${last}`;
  const title = new Format().setBold().setFontSize(16);
  const strong = new Format().setBold();
  const wrap = new Format().setTextWrap();
  const input = new Format()
    .setNumFormat('#,##0.00')
    .setBorder(FormatBorder.Thin)
    .setBackgroundColor(Color.parse('#FFF2CC'))
    .setPattern(FormatPattern.Solid);
  const money = new Format().setNumFormat('#,##0.00');
  const whole = new Format().setNumFormat('#,##0');
  const share = new Format().setNumFormat('0.00%');
  const profits = points.map((point) => point.positives * margin - point.rows * cost);
  const best = profits.reduce((top, profit, i) => (profit > profits[top] ? i : top), 0);
  const formula = (row: number, col: number, text: string, result: number, format: Format) => {
    sheet.writeFormulaWithFormat(row, col, new Formula(text).setResult(String(result)), format);
  };
  sheet.setColumnWidth(0, 34).setColumnWidth(1, 16).setColumnWidth(2, 16).setColumnWidth(3, 16).setColumnWidth(4, 16);
  sheet.writeStringWithFormat(0, 0, 'From which probability shall we act?', title);
  const about = assumed
    ? 'Change the two yellow cells: nobody gave these numbers, they are an example. The rest follows.'
    : 'Change the two yellow cells; the rest follows.';
  sheet.writeString(1, 0, about);
  sheet.writeStringWithFormat(3, 0, `Margin: earned by a positive that was acted on`, wrap);
  sheet.writeNumberWithFormat(3, 1, margin, input);
  sheet.writeStringWithFormat(4, 0, 'Cost: of acting on a row', wrap);
  sheet.writeNumberWithFormat(4, 1, cost, input);
  const match = `MATCH(MAX(${column('D')}),${column('D')},0)`;
  sheet.writeStringWithFormat(6, 0, 'Best threshold', strong);
  formula(6, 1, `=INDEX(${column('A')},${match})`, points[best].threshold, share);
  sheet.writeStringWithFormat(7, 0, 'Profit there', strong);
  formula(7, 1, `=MAX(${column('D')})`, profits[best], money);
  sheet.writeString(8, 0, 'Rows acted on');
  formula(8, 1, `=INDEX(${column('B')},${match})`, points[best].rows, whole);
  sheet.writeString(9, 0, `${words.Positives} among them`);
  formula(9, 1, `=INDEX(${column('C')},${match})`, points[best].positives, whole);
  sheet.writeString(10, 0, 'Profit of acting on all');
  formula(10, 1, `=INDEX(${column('D')},ROWS(${column('D')}))`, profits[profits.length - 1], money);
  sheet.writeString(11, 0, 'Cost / margin: best if probabilities are true');
  formula(11, 1, '=IF(Margin>0,MIN(1,Cost/Margin),1)', margin > 0 ? Math.min(1, cost / margin) : 1, share);
  const header = new Format().setBold().setTextWrap().setBorderBottom(FormatBorder.Medium);
  ['Threshold', 'Rows from it', `${words.Positives} among them`, 'Profit', 'Share of rows'].forEach((name, i) => {
    sheet.writeStringWithFormat(HEAD, i, name, header);
  });
  const all = points[points.length - 1].rows || 1;
  points.forEach((point, i) => {
    const row = HEAD + 1 + i;
    sheet.writeNumberWithFormat(row, 0, point.threshold, share);
    sheet.writeNumberWithFormat(row, 1, point.rows, whole);
    sheet.writeNumberWithFormat(row, 2, point.positives, whole);
    formula(row, 3, `=C${row + 1}*Margin-B${row + 1}*Cost`, profits[i], money);
    formula(row, 4, `=B${row + 1}/$B$${last}`, point.rows / all, share);
  });
  workbook.defineName('Margin', `=${PROFIT_SHEET}!$B$4`);
  workbook.defineName('Cost', `=${PROFIT_SHEET}!$B$5`);
  sheet.insertChart(2, 6, profitChart(first, last));
  sheet.setFreezePanes(HEAD + 1, 0);
  sheet.setPrintFitToPages(1, 0);
  const range = { firstRow: HEAD + 1, lastRow: last - 1, firstColumn: 3, lastColumn: 3 };
  return [
    {
      kind: 'highlight',
      range: { ...range, firstColumn: 0, lastColumn: 4 },
      formula: `$D${first}=MAX(${column('D')})`,
    },
    { kind: 'scale', range, colours: ['F8696B', 'FFFFFF', '63BE7B'] },
  ];
}

function pointsOf({ data, explanation }: ReportSource) {
  const profit = explanation?.insights.profit ?? null;
  if (profit !== null) {
    const points = profit.points.map(
      ({ threshold, rows, positives }): Point => ({ threshold: Math.min(1, threshold), rows, positives }),
    );
    return { points, margin: profit.margin, cost: profit.cost, assumed: profit.assumed };
  }
  const points = confusionPoints(data).points.map(
    (one): Point => ({
      threshold: one.threshold,
      rows: one.truePositive + one.falsePositive,
      positives: one.truePositive,
    }),
  );
  return { points, margin: 20, cost: 0.2, assumed: true };
}

function profitChart(first: number, last: number): Chart {
  const range = (column: number) => ChartRange.newFromRange(PROFIT_SHEET, first - 1, column, last - 1, column);
  const line = new ChartFormat().setLine(new ChartLine().setColor(Color.parse('#1d4ed8')).setWidth(2.25));
  const series = new ChartSeries()
    .setName('Profit')
    .setCategories(range(4))
    .setValues(range(3))
    .setFormat(line)
    .setMarker(new ChartMarker().setNone());
  const chart = new Chart(ChartType.ScatterStraight).pushSeries(series);
  chart.title().setName('Profit by share of rows acted on');
  chart.legend().setHidden();
  chart.xAxis().setName('Likeliest rows acted on').setNumFormat('0%').setMin(0).setMax(1);
  chart.yAxis().setName('Profit').setNumFormat('#,##0');
  chart.setWidth(640).setHeight(400);
  return chart.setAltText('Profit against the share of rows acted on');
}
