/**
 * What one cell of a table says: missing, a number, true or false, a time. The rules are those of clean/column-types.ts,
 * which says them in SQL; here they are said in TypeScript for cells that no database reads. A test holds the two
 * together. Cells are texts as the file spells them, unquoted.
 */

import { COMMA_NUMBER_PATTERN, parseAmount, type ValueFormat } from './value-format.js';

export const MISSING_WORDS = ['NA', 'N/A', '#N/A', 'NaN', 'nan', 'NAN', 'null', 'NULL', 'Null', '?', '\\N'] as const;

const MISSING = new Set<string>(['', ...MISSING_WORDS]);
/** Spaces (also no-break ones), tabs and line breaks; nothing else that Unicode calls a space. */
const SURROUNDING = /^[ \t\n\r\u00a0]+|[ \t\n\r\u00a0]+$/g;

/** The text without surrounding spaces; null when nothing is left or it is a word for missing. */
export function presentText(cell: string): string | null {
  const text = cell.replace(SURROUNDING, '');
  return MISSING.has(text) ? null : text;
}

const NUMBER = /^\+?-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^\+?(-?)inf(inity)?$/i;
const COMMA_NUMBER = new RegExp(`^(${COMMA_NUMBER_PATTERN})$`);

/** The double nearest to a number as the input writes numbers, perhaps infinite; undefined when the text is no number. */
export function numberOf(
  text: string,
  { decimal, amounts }: Pick<ValueFormat, 'decimal' | 'amounts'>,
): number | undefined {
  if (decimal === ',' && COMMA_NUMBER.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  if (NUMBER.test(text)) return Number(text[0] === '+' ? text.slice(1) : text);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const amount = amounts ? parseAmount(text, decimal) : Number.NaN;
  return Number.isNaN(amount) ? undefined : amount;
}

/** 1 and 0 for true and false in any case. */
export function truthOf(text: string): number | undefined {
  const word = text.toLowerCase();
  return word === 'true' ? 1 : word === 'false' ? 0 : undefined;
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[ Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?(?:[Zz]|UTC|GMT|([+-])(0[0-9]|1[0-4]):?([0-5][0-9])?))?$/;

/** Seconds since 1970 (UTC), in microseconds' steps; a date alone is its midnight. */
export function timeOf(text: string): number | undefined {
  const match = TIME.exec(text.length === 10 ? `${text} 00:00` : text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] =
    match;
  const days = Date.UTC(2000, Number(month) - 1, Number(day));
  const date = new Date(days);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second);
  return (seconds * 1e6 + Number(fraction.slice(0, 6).padEnd(6, '0'))) / 1e6;
}
