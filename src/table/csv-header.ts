/**
 * Where the rows of a CSV file begin: which lines stand above its header, whether it has one, over how many lines, and
 * the names. Decided from the first records; lines above the header are no rows and are told to the user.
 */
import { inputRejected } from '../base/errors.js';

export interface SampleRecord {
  /** 1-based physical line on which it starts. */
  readonly line: number;
  readonly problem: string | undefined;
  readonly fields: readonly string[];
  /** The record as the file has it, without the line end. */
  readonly text: string;
}

export interface HeaderPlace {
  readonly header: boolean;
  /** The names as the file has them, several lines of them joined by spaces; absent without a header. */
  readonly names?: readonly string[];
  /** Records above the header. */
  readonly preamble: number;
  /** Lines of names; 0 without a header. */
  readonly headerRows: number;
  /** 1-based physical line from which on records are data. */
  readonly firstDataLine: number;
  /** No record stands below the header. */
  readonly lastRecord: boolean;
  /** A header's only line as the file has it: a later record equal to it is the header again. */
  readonly headerText?: string;
}

const SEARCHED = 50;
const MOST_HEADER_ROWS = 4;
/** So many known names in one record below the first make it the header. */
const KNOWN_ENOUGH = 3;

/**
 * `fields` is the number of fields of a sound record. The rules, in this order:
 * - lines above: a record with at least three known names is the header, whatever stands above it; else leading records
 *   that are empty, begin with #, or hold one value (two, of a table of five columns or more) stand above, if the first
 *   record behind them is a header
 * - header: the record holds a known name; or none of its values is a number, a date, a time, a price or true/false; or
 *   some value is none of these where all records below hold one
 * - more lines of names: a record that repeats the header, or holds words where at least two columns below hold values
 *   of those kinds, and in each of them
 * - a header whose surplus names are empty loses those; one that still has another number of names than the records have
 *   fields is refused (`INPUT_HEADER_WIDTH`): which name belongs to which field is then anybody's guess
 */
export function findHeader(
  records: readonly SampleRecord[],
  fields: number,
  knownNames: readonly string[],
  given?: boolean,
): HeaderPlace {
  if (records.length === 0 || given === false) return withoutHeader(records);
  const known = new Set(knownNames.map((name) => name.toLowerCase()));
  const preamble = linesAbove(records, fields, known);
  const first = records[preamble];
  if (given !== true && !isHeader(records, preamble, known)) return withoutHeader(records);
  const names = fitted(first, fields);
  if (names.length !== fields && fields > 0 && records.length > preamble + 1) {
    throw inputRejected(
      'INPUT_HEADER_WIDTH',
      `The header (line ${first.line}) has ${names.length} names, but the records below it have ${fields} fields: ${cut(first.text)}`,
      'Mend the header, or say --header no: the columns are then column_1, column_2, and so on.',
    );
  }
  let rows = 1;
  while (rows < MOST_HEADER_ROWS && isMoreHeader(records, preamble, preamble + rows)) rows++;
  // A line that only repeats the names adds nothing to them.
  const more = records.slice(preamble + 1, preamble + rows).filter((record) => !sameCells(record, first));
  const joined = names.map((name, c) =>
    [name, ...more.map((record) => record.fields[c])]
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(' '),
  );
  const below = records[preamble + rows];
  return {
    header: true,
    names: more.length === 0 ? names : joined,
    preamble,
    headerRows: rows,
    firstDataLine: below === undefined ? records[preamble + rows - 1].line + 1 : below.line,
    lastRecord: below === undefined,
    ...(rows === 1 && first.problem === undefined ? { headerText: first.text } : {}),
  };
}

function withoutHeader(records: readonly SampleRecord[]): HeaderPlace {
  return { header: false, lastRecord: false, preamble: 0, headerRows: 0, firstDataLine: records[0]?.line ?? 1 };
}

function linesAbove(records: readonly SampleRecord[], fields: number, known: ReadonlySet<string>): number {
  const searched = records.slice(0, SEARCHED);
  const named = searched.findIndex((record) => knownIn(record, known) >= KNOWN_ENOUGH);
  if (named >= 0) return named;
  let above = 0;
  while (above < searched.length && isSparse(searched[above], fields, known)) above++;
  if (above === 0 || above === searched.length || records[above].problem !== undefined) return 0;
  return isHeader(records, above, known) ? above : 0;
}

function isSparse({ fields: cells, text }: SampleRecord, fields: number, known: ReadonlySet<string>): boolean {
  if (text.startsWith('#')) return true;
  const filled = cells.filter((cell) => cell.trim() !== '');
  if (filled.some((cell) => known.has(cell.trim().toLowerCase()))) return false;
  if (cells.length === 1) return true;
  return fields >= 3 && filled.length <= (fields >= 5 ? 2 : 1);
}

function knownIn({ fields }: SampleRecord, known: ReadonlySet<string>): number {
  return fields.filter((field) => known.has(field.trim().toLowerCase())).length;
}

function isHeader(records: readonly SampleRecord[], at: number, known: ReadonlySet<string>): boolean {
  const first = records[at].fields.map((field) => field.trim());
  if (knownIn(records[at], known) > 0) return true;
  if (!first.some(isTyped)) return true;
  const below = soundBelow(records, at);
  return first.some(
    (field, c) => field !== '' && !isTyped(field) && below.length > 0 && below.every((cells) => isTyped(cells[c])),
  );
}

/** Sound records behind `at` with as many fields as it has, their fields trimmed. */
function soundBelow(records: readonly SampleRecord[], at: number): string[][] {
  const wanted = records[at].fields.length;
  return records
    .slice(at + 1)
    .filter(({ problem, fields }) => problem === undefined && fields.length === wanted)
    .map(({ fields }) => fields.map((field) => field.trim()));
}

function isMoreHeader(records: readonly SampleRecord[], header: number, at: number): boolean {
  const record = records[at];
  if (record === undefined || record.problem !== undefined) return false;
  if (sameCells(record, records[header])) return true;
  const cells = record.fields.map((field) => field.trim());
  const below = soundBelow(records, at);
  if (below.length < 2) return false;
  const typed = cells.flatMap((_, c) => (below.every((row) => row[c] === '' || isTyped(row[c])) ? [c] : []));
  const filled = typed.filter((c) => below.some((row) => row[c] !== ''));
  return (
    filled.length >= 2 && filled.every((c) => /\p{L}/u.test(cells[c]) && !isTyped(cells[c]) && !isMissingWord(cells[c]))
  );
}

function sameCells(a: SampleRecord, b: SampleRecord): boolean {
  return a.fields.length === b.fields.length && a.fields.every((field, c) => field.trim() === b.fields[c].trim());
}

/** The names of a header, its surplus empty ones left out, stray quotes taken off a broken one. */
function fitted({ fields: cells, problem }: SampleRecord, fields: number): string[] {
  const names = cells.map((cell) => (problem === undefined ? cell : cell.replaceAll(/^["']+|["']+$/g, '')));
  for (let c = names.length - 1; c >= 0 && names.length > fields && fields > 0; c--)
    if (names[c].trim() === '') names.splice(c, 1);
  return names;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const AMOUNT = /^[+-]?[$€£¥₽₹]? ?\d{1,3}([., ]?\d{3})*([.,]\d+)?( ?([$€£¥₽₹%]|[A-Z]{3}))?$/;
const DATE_OR_TIME =
  /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})?([ Tt]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?.{0,7})?$/;

/** A value that no column is named by: a number, an amount of money, a date, a time, true or false. */
function isTyped(field: string): boolean {
  if (field === '') return false;
  return NUMBER.test(field) || /^(true|false)$/i.test(field) || AMOUNT.test(field) || DATE_OR_TIME.test(field);
}

function isMissingWord(field: string): boolean {
  return /^(n\/?a|nan|null|none|-+|\?+)$/i.test(field);
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
