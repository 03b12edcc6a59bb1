/**
 * The dialect of a CSV file, found from its first bytes or given: delimiter, quote, escape, line end, and where its rows
 * begin. It reads no value for its own sake and decides no column's type.
 */
import { findHeader, type HeaderPlace, type SampleRecord } from './csv-header.js';
import { type FieldSyntax, type Newline, RecordScanner, splitRecord } from './record-scanner.js';
import type { TextEncoding } from './text-encoding.js';

export interface CsvDialect extends FieldSyntax, Omit<HeaderPlace, 'names'> {
  readonly encoding: TextEncoding;
  readonly bomBytes: number;
}

/** What is said of the dialect instead of being found. */
export interface GivenDialect {
  readonly delimiter?: string;
  /** Empty: no field is quoted. */
  readonly quote?: string;
  readonly header?: boolean;
}

export interface FoundDialect extends HeaderPlace {
  readonly syntax: FieldSyntax;
  /** Fields of a sound record; 0 when the sample holds none. */
  readonly fields: number;
  /** The first sound records below the header. */
  readonly rows: readonly (readonly string[])[];
}

/** Tried in this order; the first wins ties. */
export const DELIMITERS = [',', '\t', ';', '|', '||', '\u0001'] as const;
/** Tried where none of the usual ones tells the fields of most records: they are frequent inside texts and times. */
const RARE_DELIMITERS = ['::', '^', '~', ' '] as const;
const SAMPLE_RECORDS = 1000;
/** A usual delimiter under which so many records agree is not given up for a rare one. */
const CONVINCING = 0.6;
/** Three known names between delimiters outweigh what the rows say: most of them may be broken. */
const NAMES_TELL = 10;
const NAMES_WITHIN = 2 ** 16;
const SEARCHED_LINES = 50;

/**
 * `sample` is UTF-8 without byte order mark; `whole` says that it is all of the file. `knownNames` are column names
 * that, seen in a record, make it a header.
 *
 * Delimiter, quote and escape: those under which most records have the same number of fields (at least two), counting it
 * for as much again if the first record has that number too; earlier candidates win ties (comma, tab, semicolon, bar, two bars, Ctrl-A;
 * the double before the single quote, which must open at least two fields, and explain more or enclose every field; doubled quotes before backslashes, which must
 * stand before a quote; a quote behind spaces opens a field where the sample has one). Where the header lies: csv-header.ts.
 */
export function detectDialect(
  sample: Uint8Array,
  whole: boolean,
  knownNames: readonly string[],
  given: GivenDialect = {},
): FoundDialect {
  const newline = detectNewline(sample);
  const text = Buffer.from(sample.buffer, sample.byteOffset, sample.length).toString('latin1');
  const known = new Set(knownNames.map((name) => name.toLowerCase()));
  const named = (syntax: FieldSyntax) => namedRecord(text, syntax, known);
  const syntax = bestSyntax(sample, whole, candidates(text, newline, given), named);
  const fields = usualFields(fieldCounts(sample, syntax, whole), named(syntax));
  const records = sampleRecords(sample, syntax, fields, whole);
  const place = findHeader(records, fields, knownNames, given.header);
  const rows = records.filter(({ line, problem }) => line >= place.firstDataLine && problem === undefined);
  return { syntax, fields, ...place, rows: rows.map((record) => record.fields) };
}

function candidates(text: string, newline: Newline, given: GivenDialect): FieldSyntax[][] {
  const quotes = given.quote === undefined ? (opensFields(text, "'") ? ['"', "'"] : ['"']) : [given.quote];
  const rounds = given.delimiter === undefined ? [DELIMITERS, RARE_DELIMITERS] : [[given.delimiter]];
  return rounds.map((delimiters) =>
    quotes.flatMap((quote) =>
      delimiters
        .filter((delimiter) => given.delimiter !== undefined || (occurs(text, delimiter) && !isSparseFormat(text)))
        .flatMap((delimiter): FieldSyntax[] => {
          const spaced = delimiter !== ' ' && quote !== '' && text.includes(`${delimiter} ${quote}`);
          const plain: FieldSyntax = { delimiter, quote, newline, ...(spaced ? { spaced } : {}) };
          return quote !== '' && text.includes(`\\${quote}`) ? [plain, { ...plain, backslash: true }] : [plain];
        }),
    ),
  );
}

/** A bar that is always doubled is none: both together stand between the fields. */
function occurs(text: string, delimiter: string): boolean {
  return delimiter === '|' && text.includes('||') ? /(^|[^|])[|]([^|]|$)/.test(text) : text.includes(delimiter);
}

/** Lines of index:value pairs (libsvm): no columns, whatever stands between the pairs. */
function isSparseFormat(text: string): boolean {
  return /^\S+( +\d+:\S+)+ *\r?\n/.test(text);
}

function bestSyntax(
  sample: Uint8Array,
  whole: boolean,
  rounds: readonly (readonly FieldSyntax[])[],
  named: (syntax: FieldSyntax) => readonly string[] | undefined,
): FieldSyntax {
  let best = rounds.flat()[0] ?? { delimiter: ',', quote: '"', newline: detectNewline(sample) };
  let bestScore = 0;
  let bestShare = 0;
  for (const [round, syntaxes] of rounds.entries()) {
    if (round > 0 && (bestShare >= CONVINCING || bestScore > NAMES_TELL)) break;
    for (const syntax of syntaxes) {
      const { share, ...agreed } = consistency(fieldCounts(sample, syntax, whole));
      const telling =
        (named(syntax) === undefined ? 0 : NAMES_TELL) + (singleQuoted(sample, syntax, whole) ? ENCLOSED : 0);
      const score = agreed.score + telling;
      // The single quote is an ordinary apostrophe in most files, and spaces are everywhere: they must explain clearly more.
      const plain = round === 0 && syntax.quote !== "'" && syntax.backslash !== true;
      if (score > bestScore + (plain || bestScore === 0 ? 0 : syntax.backslash === true ? 0.001 : 0.05)) {
        best = syntax;
        bestScore = score;
        bestShare = share;
      }
    }
  }
  return best;
}

/** The names of the first line that holds at least three known ones, if there is such a line. */
function namedRecord(
  text: string,
  { delimiter, quote }: FieldSyntax,
  known: ReadonlySet<string>,
): readonly string[] | undefined {
  const lines = text.slice(0, NAMES_WITHIN).split(/[\r\n]+/, SEARCHED_LINES);
  const namesOf = (line: string) =>
    line.split(delimiter).map((name) => (quote === '' ? name : name.replaceAll(quote, '')).trim());
  return lines.map(namesOf).find((names) => names.filter((name) => known.has(name.toLowerCase())).length >= 3);
}

/** More than an apostrophe must explain: single quotes around every field there is are no apostrophes. */
const ENCLOSED = 0.1;
const ENCLOSED_RECORDS = 20;

function singleQuoted(sample: Uint8Array, syntax: FieldSyntax, whole: boolean): boolean {
  if (syntax.quote !== "'" || syntax.backslash === true) return false;
  let records = 0;
  for (const { start, end } of scanned(sample, syntax, 0, whole)) {
    const text = Buffer.from(sample.buffer, sample.byteOffset + start, end - start).toString();
    const between = text.replaceAll(/'(?:[^']|'')*'/g, '').replaceAll(syntax.delimiter, '');
    if (between.trim() !== '') return false;
    records++;
    if (records === ENCLOSED_RECORDS) return true;
  }
  return records > 1;
}

/** Whether at least two fields of the sample begin with the quote: without any, it explains nothing. */
function opensFields(text: string, quote: string): boolean {
  return (text.match(new RegExp(`(^|[,\\t;|\\r\\n])${quote}`, 'g'))?.length ?? 0) >= 2;
}

/** A lone CR is the line end of a file in which it is the most frequent; elsewhere it is a control character. */
function detectNewline(sample: Uint8Array): Newline {
  const counts = { lf: 0, crlf: 0, cr: 0 };
  for (let i = 0; i < sample.length; i++) {
    if (sample[i] === 10) counts.lf++;
    else if (sample[i] === 13 && sample[i + 1] === 10) {
      counts.crlf++;
      i++;
    } else if (sample[i] === 13 && i + 1 < sample.length) counts.cr++;
  }
  if (counts.cr > counts.lf + counts.crlf) return 'cr';
  return counts.crlf > counts.lf ? 'crlf' : 'lf';
}

function* scanned(
  sample: Uint8Array,
  syntax: FieldSyntax,
  fields: number,
  whole: boolean,
): Generator<RecordScanner, void> {
  const scanner = new RecordScanner(syntax, fields);
  let at = 0;
  for (let n = 0; n < SAMPLE_RECORDS && scanner.scan(sample, at, whole); n++) {
    yield scanner;
    at = scanner.next;
  }
}

function fieldCounts(sample: Uint8Array, syntax: FieldSyntax, whole: boolean): number[] {
  const counts: number[] = [];
  for (const { problem, fields } of scanned(sample, syntax, 0, whole)) counts.push(problem === undefined ? fields : 0);
  return counts;
}

/** The number of fields, at least two, that most records have; 0 when there is none. */
function modeOf(counts: readonly number[]): { mode: number; times: number } {
  const frequency = new Map<number, number>();
  for (const count of counts) frequency.set(count, (frequency.get(count) ?? 0) + 1);
  let mode = 0;
  let times = 0;
  for (const [count, n] of frequency)
    if (count > 1 && n > times) {
      mode = count;
      times = n;
    }
  return { mode, times };
}

function consistency(counts: readonly number[]): { share: number; score: number } {
  const { mode, times } = modeOf(counts);
  const share = counts.length === 0 ? 0 : times / counts.length;
  return { share, score: share + (mode > 0 && counts[0] === mode ? 1 : 0) };
}

const FIRST_COUNTS = 0.1;

/** The names, if they are known ones; else what most records have; but the first record's number, if at least a tenth of the others share it: it may name them. */
function usualFields(counts: readonly number[], names: readonly string[] | undefined): number {
  const { mode } = modeOf(counts);
  const [first, ...others] = counts;
  if (names !== undefined) {
    const filled = names.filter((name) => name !== '').length;
    return !others.includes(names.length) && others.includes(filled) ? filled : names.length;
  }
  if (first === undefined || first < 2) return mode;
  if (others.length === 0) return first;
  return others.filter((count) => count === first).length >= FIRST_COUNTS * others.length ? first : mode;
}

function sampleRecords(sample: Uint8Array, syntax: FieldSyntax, fields: number, whole: boolean): SampleRecord[] {
  const records: SampleRecord[] = [];
  for (const { start, end, line, problem, fields: found } of scanned(sample, syntax, fields, whole)) {
    const text = Buffer.from(sample.buffer, sample.byteOffset + start, end - start).toString();
    // Of a record with a broken quote, what stands between the delimiters.
    const cells =
      problem === undefined || found > 0 ? splitRecord(sample, start, end, syntax) : text.split(syntax.delimiter);
    records.push({ line, problem, fields: cells, text });
  }
  return records;
}
