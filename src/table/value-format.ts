/**
 * How the values of an input are written (decimal mark, amounts of money, dates), found from its first rows or given. Pure
 * rules over texts, each with a twin in SQL in clean/; they change nothing and decide no column's type.
 */

/** How dates and times are written beside ISO 8601, which is always read. */
export const DATE_FORMATS = [
  'iso',
  'day-first',
  'month-first',
  'year-first',
  'epoch-s',
  'epoch-ms',
  'epoch-us',
] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

export interface ValueFormat {
  readonly decimal: '.' | ',';
  /** Numbers may be written with a currency sign or with digits in groups. */
  readonly amounts: boolean;
  readonly date: DateFormat;
}

export const PLAIN_VALUES: ValueFormat = { decimal: '.', amounts: false, date: 'iso' };

// These patterns are read by JavaScript and by DuckDB (RE2) alike: no look-around, no \s, no \p.
const SPACE = '[ \u00a0\u202f]';
const CODES =
  'USD|EUR|GBP|JPY|CNY|INR|RUB|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|UAH|TRY|BRL|MXN|CAD|AUD|NZD|ZAR|KRW|SGD|HKD|AED|ILS';
const CURRENCY = `([$€£¥₽₹₩₺฿]|US[$]|R[$]|zł|kr|Kč|Ft|лв|руб|${CODES})`;
const amount = (group: string, point: string) =>
  `[+-]?(${CURRENCY}${SPACE}?)?[+-]?([0-9]{1,3}([${group}' \u00a0\u202f][0-9]{3})+|[0-9]+)([${point}][0-9]+)?(${SPACE}?${CURRENCY})?`;

/** Amounts by their decimal mark: sign, currency sign or code on either side, digits in groups of three. */
export const AMOUNT_PATTERN: Readonly<Record<'.' | ',', string>> = { '.': amount(',', '.'), ',': amount('.', ',') };
export const NUMBER_PATTERN = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?';
/** Digits with a decimal comma, in groups or not, without a currency. */
export const COMMA_NUMBER_PATTERN =
  '[+-]?([1-9][0-9]{0,2}([.][0-9]{3})+(,[0-9]*)?|[0-9]+(,[0-9]*)?|,[0-9]+)([eE][+-]?[0-9]+)?';

const whole = (pattern: string) => new RegExp(`^(${pattern})$`);
const NUMBER = whole(NUMBER_PATTERN);
const COMMA_NUMBER = whole(COMMA_NUMBER_PATTERN);
const AMOUNT = { '.': whole(AMOUNT_PATTERN['.']), ',': whole(AMOUNT_PATTERN[',']) };

/** A number as a shop writes it; NaN if it is none. The same rules as `amountSql` of clean/event-sql.ts. */
export function parseAmount(text: string, decimal: '.' | ','): number {
  if (decimal === '.' && NUMBER.test(text)) return Number(text);
  if (AMOUNT[decimal].test(text)) return digitsOf(text, decimal);
  const other = decimal === '.' ? ',' : '.';
  // With both marks the last one is the decimal mark, whatever the rest of the file uses.
  return text.includes('.') && text.includes(',') && AMOUNT[other].test(text) ? digitsOf(text, other) : Number.NaN;
}

function digitsOf(text: string, decimal: '.' | ','): number {
  const kept = text.replaceAll(decimal === '.' ? /[^0-9.+-]/g : /[^0-9,+-]/g, '').replace(',', '.');
  return Number(kept);
}

const SLASHED = /^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})([ Tt,].*)?$/;
const YEAR_FIRST = /^[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}([ Tt].*)?$/;
/** A column is of a kind when so large a share of its values is. */
const SHARE = 0.99;

export interface FoundValues {
  readonly format: ValueFormat;
  /** Columns whose dates may be day or month first: nothing in them tells. */
  readonly ambiguousDates: readonly number[];
}

/**
 * From the first rows. Decimal comma: more columns hold numbers only if the comma is the decimal mark than only if the
 * point is. Amounts: a column holds numbers only if amounts are. Dates: day or month first by the column's values above
 * 12; epochs only in `timeColumn`, by their size (1990 to 2100).
 */
export function detectValues(rows: readonly (readonly string[])[], timeColumn: number): FoundValues {
  const columns = rows.length === 0 ? 0 : Math.max(...rows.map((row) => row.length));
  const ambiguousDates: number[] = [];
  const votes = { point: 0, comma: 0, amounts: 0 };
  const dates = new Set<DateFormat>();
  for (let c = 0; c < columns; c++) {
    const values = rows.map((row) => (row[c] ?? '').trim()).filter((value) => value !== '');
    if (values.length === 0) continue;
    const most = (test: (value: string) => boolean) => values.filter(test).length >= SHARE * values.length;
    const date = c === timeColumn ? (epochOf(values) ?? dateOrder(values)) : dateOrder(values);
    if (date === 'ambiguous') ambiguousDates.push(c);
    else if (date !== undefined) dates.add(date);
    if (date !== undefined) continue;
    const numbers = most((value) => NUMBER.test(value));
    const commaNumbers = most((value) => COMMA_NUMBER.test(value));
    const withPoint = numbers || most((value) => AMOUNT['.'].test(value));
    const withComma = commaNumbers || most((value) => AMOUNT[','].test(value));
    // 1,234 and 1.234 are numbers under both marks and speak for neither.
    if (withPoint && !withComma) votes.point++;
    if (withComma && !withPoint) votes.comma++;
    if ((withPoint && !numbers) || (withComma && !commaNumbers && !numbers)) votes.amounts++;
  }
  const [date] = dates;
  const format: ValueFormat = {
    decimal: votes.comma > votes.point ? ',' : '.',
    amounts: votes.amounts > 0,
    date: dates.size === 1 ? date : 'iso',
  };
  return { format, ambiguousDates };
}

function dateOrder(values: readonly string[]): DateFormat | 'ambiguous' | undefined {
  let slashed = 0;
  let dayFirst = 0;
  let monthFirst = 0;
  let yearFirst = 0;
  for (const value of values) {
    if (YEAR_FIRST.test(value)) yearFirst++;
    const parts = SLASHED.exec(value);
    if (parts === null) continue;
    slashed++;
    if (Number(parts[1]) > 12) dayFirst++;
    if (Number(parts[2]) > 12) monthFirst++;
  }
  if (yearFirst >= SHARE * values.length) return 'year-first';
  if (slashed < SHARE * values.length) return undefined;
  // A few misprints among many do not make the column ambiguous.
  if (dayFirst > 20 * monthFirst) return 'day-first';
  return monthFirst > 20 * dayFirst ? 'month-first' : 'ambiguous';
}

/** Seconds from 1990 to 2100, in each unit. */
const EPOCHS: readonly (readonly [DateFormat, number])[] = [
  ['epoch-s', 1],
  ['epoch-ms', 1e3],
  ['epoch-us', 1e6],
];
const YEAR_1990 = 631_152_000;
const YEAR_2100 = 4_102_444_800;

function epochOf(values: readonly string[]): DateFormat | undefined {
  const numbers = values.filter((value) => /^[0-9]{9,17}(\.0+)?$/.test(value)).map(Number);
  if (numbers.length < SHARE * values.length) return undefined;
  return EPOCHS.find(
    ([, unit]) => numbers.filter((n) => n >= YEAR_1990 * unit && n < YEAR_2100 * unit).length >= SHARE * values.length,
  )?.[0];
}
