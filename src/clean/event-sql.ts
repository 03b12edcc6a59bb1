/**
 * How one cell of an event is parsed, as SQL over a text: pure text building, it runs nothing and sees no data.
 */
import { literal } from '../table/duckdb.js';
import {
  AMOUNT_PATTERN,
  COMMA_NUMBER_PATTERN,
  type DateFormat,
  NUMBER_PATTERN,
  type ValueFormat,
} from '../table/value-format.js';

/** A text without surrounding spaces (also no-break ones), tabs and line breaks; NULL if nothing is left. */
export function trimmed(column: string): string {
  const ends = [' ', '\t', '\n', '\r', '\u00a0'];
  // Trimming costs some 400 ns a text and is hardly ever needed; seeing that it is not costs 50. Every text that begins
  // with a space, a tab or a line break sorts below '!'.
  const needed = [
    `${column} < '!'`,
    `prefix(${column}, '\u00a0')`,
    ...ends.map((end) => `suffix(${column}, '${end}')`),
  ];
  return `CASE WHEN ${needed.join(' OR ')} THEN nullif(trim(${column}, '${ends.join('')}'), '') ELSE ${column} END`;
}

const DATE_AND_TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}[ Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?';
const ZONE = ' ?([Zz]|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)';

/**
 * A TIMESTAMP in UTC, or NULL if the text is no time: `2019-10-01 00:00:00 UTC`, ISO 8601 with Z, with an offset
 * (±hh, ±hhmm, ±hh:mm up to 14 hours) or without a zone, which is taken as UTC. Fractions of a second are cut to
 * microseconds. The first form, which the public data has, is tried first because it is several times as fast.
 */
export function timeSql(text: string, format: DateFormat = 'iso'): string {
  if (format === 'iso') return isoTimeSql(text);
  const other = EPOCH_UNITS[format] === undefined ? ordered(text, format) : epochSql(text, EPOCH_UNITS[format]);
  return `coalesce(${other}, ${isoTimeSql(text)})`;
}

/** Microseconds of a unit of time since 1970. */
const EPOCH_UNITS: Readonly<Partial<Record<DateFormat, number>>> = { 'epoch-s': 1e6, 'epoch-ms': 1e3, 'epoch-us': 1 };

function epochSql(text: string, microseconds: number): string {
  const digits = `try_cast(regexp_extract(${text}, '^([0-9]{1,17})([.]0+)?$', 1) AS BIGINT)`;
  return `CASE WHEN ${text} < ':' THEN make_timestamp(${digits} * ${microseconds}) END`;
}

const CLOCKS = ['', ' %H:%M:%S', ' %H:%M', ' %H:%M:%S.%f', ' %I:%M:%S %p', ' %I:%M %p', ', %H:%M:%S', ', %I:%M:%S %p'];
const DATE_ORDERS: Readonly<Record<string, readonly string[]>> = {
  'day-first': ['%d/%m/%Y', '%d.%m.%Y', '%d-%m-%Y'],
  'month-first': ['%m/%d/%Y', '%m-%d-%Y', '%m.%d.%Y'],
  'year-first': ['%Y/%m/%d', '%Y.%m.%d'],
};

/** A date in the order given, with or without a time (of 24 hours, or of 12 with AM or PM), in UTC. */
function ordered(text: string, format: DateFormat): string {
  const forms = CLOCKS.flatMap((clock) => DATE_ORDERS[format].map((date) => `'${date}${clock}'`));
  return strptimeSql(text, `[${forms.join(', ')}]`);
}

/**
 * DuckDB 1.5 compares what stands between the parts of a time without looking whether the text has ended, and so reads the
 * byte behind it: where that is the end of its memory, the process dies. It passes over blanks at the end, and two of them
 * are never matched, so that the comparison ends within the text. Blank texts, at whose beginning it does the same, are NULL.
 */
function strptimeSql(text: string, formats: string): string {
  return `try_strptime(nullif(ltrim(${text}), '') || '  ', ${formats})`;
}

function isoTimeSql(text: string): string {
  const local = `try_cast(regexp_extract(replace(replace(${text}, 'T', ' '), 't', ' '), '^[0-9-]{10} [0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?') AS TIMESTAMP)`;
  const part = (group: number) => `coalesce(try_cast(${offsetSql(text, group)} AS INTEGER), 0)`;
  const minutes = `(CASE WHEN ${offsetSql(text, 1)} = '-' THEN -1 ELSE 1 END) * (${part(2)} * 60 + ${part(3)})`;
  const iso = `CASE WHEN regexp_full_match(${text}, '${DATE_AND_TIME}(${ZONE})?') THEN ${local} - to_minutes(${minutes}) END`;
  return `coalesce(${strptimeSql(text, "'%Y-%m-%d %H:%M:%S UTC'")}, ${iso})`;
}

/** Sign, hours or minutes (groups 1 to 3) of a time's offset; empty when it has none. */
function offsetSql(text: string, group: number): string {
  return `regexp_extract(${text}, ':[0-9.]+ ?([+-])([0-9]{2}):?([0-9]{2})?$', ${group})`;
}

/** Whether a time that parsed was given with an offset from UTC. */
export function shiftedSql(text: string): string {
  // CASE looks at the second branch only for the rows that reach it; AND would not.
  return `CASE WHEN suffix(${text}, 'UTC') THEN false ELSE ${offsetSql(text, 1)} <> '' END`;
}

/** A DOUBLE, NULL if the text is no number in digits (so `inf`, `nan`, `1_000` and `1,5` are none). */
export function numberSql(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '${NUMBER_PATTERN}') THEN try_cast(${text} AS DOUBLE) END`;
}

/** A DOUBLE with a decimal comma, NULL if the text is no such number. */
export function commaNumberSql(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '${COMMA_NUMBER_PATTERN}') THEN try_cast(replace(replace(${text}, '.', ''), ',', '.') AS DOUBLE) END`;
}

/** A price: a number or an amount, as the file writes them; NULL if it is neither. */
export function priceSql(text: string, { decimal }: ValueFormat): string {
  return decimal === '.'
    ? `coalesce(${numberSql(text)}, ${amountSql(text, '.')})`
    : `coalesce(${commaNumberSql(text)}, ${amountSql(text, ',')}, ${numberSql(text)})`;
}

/** A DOUBLE from an amount with currency sign or groups of digits, NULL if it is none: `parseAmount`'s rules. */
export function amountSql(text: string, decimal: '.' | ','): string {
  const fits = (mark: '.' | ',') => `regexp_full_match(${text}, ${literal(AMOUNT_PATTERN[mark])})`;
  const digits = (mark: '.' | ',') =>
    `try_cast(replace(regexp_replace(${text}, '[^0-9${mark}+-]', '', 'g'), ',', '.') AS DOUBLE)`;
  const other = decimal === '.' ? ',' : '.';
  return `CASE WHEN ${fits(decimal)} THEN ${digits(decimal)}
    WHEN contains(${text}, '.') AND contains(${text}, ',') AND ${fits(other)} THEN ${digits(other)} END`;
}
