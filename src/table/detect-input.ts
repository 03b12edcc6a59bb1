/**
 * Says what an `--input` is (raw events, clean events, features, or any other table; CSV or Parquet) and how to read
 * it, from its first bytes and column names. It reads no further: broken rows are found when the rows are read.
 */
import { closest } from 'fastest-levenshtein';
import { inputRejected } from '../base/errors.js';
import { type CsvDialect, detectDialect, type GivenDialect } from './csv-dialect.js';
import type { Database } from './duckdb.js';
import { EVENT_COLUMNS, PARQUET_KIND_KEY, REQUIRED_EVENT_COLUMNS } from './event-columns.js';
import { type InputFile, openInput, readSample } from './open-bytes.js';
import { isParquet, parquetColumns, parquetMetadata } from './parquet-file.js';
import { detectEncoding, type TextEncoding, transcoder } from './text-encoding.js';
import { type DateFormat, detectValues, PLAIN_VALUES, type ValueFormat } from './value-format.js';

/** `events` are raw; `clean-events` and `features` are Parquet files ecomml wrote; `table` is everything else. */
export type InputKind = 'events' | 'clean-events' | 'features' | 'table';

export interface InputColumn {
  /** Canonical name: after `--map`, and for events in canonical spelling. Unique in the input. */
  readonly name: string;
  /** As the file has it. */
  readonly fileName: string;
  /** DuckDB's type of a Parquet column; VARCHAR for CSV. */
  readonly type: string;
}

export interface DetectedInput {
  readonly kind: InputKind;
  readonly format: 'csv' | 'parquet';
  readonly file: InputFile;
  /** In the order of the file. */
  readonly columns: readonly InputColumn[];
  /** CSV only. */
  readonly dialect?: CsvDialect;
  /** Canonical columns read from a column that bears another canonical name: `{ user_id: 'user_session' }`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** How its values are written. */
  readonly values: ValueFormat;
  /** What the user should know about how it is read. */
  readonly notes: readonly string[];
}

/** What is said about a file instead of being found. */
export interface GivenReading extends GivenDialect {
  readonly encoding?: TextEncoding;
  readonly date?: DateFormat;
  readonly decimal?: '.' | ',';
}

export interface DetectOptions {
  /** Canonical column → the file's column. */
  readonly map?: Readonly<Record<string, string>>;
  /** Canonical column → names of which the first that the file has is mapped, unless `map` says another. */
  readonly columnNames?: Readonly<Partial<Record<string, readonly string[]>>>;
  /** Event columns that need not be there, because cleaning makes them. */
  readonly made?: readonly string[];
  /** The target of a table: its presence makes the input a table, its absence from the file an error. */
  readonly target?: string;
  /** True: a table whatever its columns are called, clean events included. Feature files stay what they are. */
  readonly asTable?: boolean;
  readonly reading?: GivenReading;
  readonly stdin?: NodeJS.ReadableStream;
}

export const SAMPLE_BYTES = 2 ** 20;
/** So many canonical names make a file an attempt at events, whose missing columns are then named. */
const EVENT_LIKE = 3;

/**
 * Errors, besides those of `openInput`: `INPUT_HEADER_ONLY`, `INPUT_HEADER_WIDTH`, `INPUT_AMBIGUOUS_TIME`, `INPUT_ONE_COLUMN`, `INPUT_MISSING_COLUMN` (of events, of
 * `--map`, or the target), `INPUT_REPEATED_COLUMN`, `INPUT_PARQUET`; all exit code 3.
 */
export async function detectInput(db: Database, input: string, options: DetectOptions = {}): Promise<DetectedInput> {
  const file = await openInput(input, db.folder, options.stdin ?? process.stdin);
  return isParquet(file) ? detectParquet(db, file, options) : detectCsv(file, options);
}

async function detectCsv(file: InputFile, options: DetectOptions): Promise<DetectedInput> {
  const { sample, whole } = await readSample(file, SAMPLE_BYTES);
  return detectCsvText(file, sample, whole, options);
}

/** The same from the first bytes of a CSV, decompressed: SAMPLE_BYTES of them, or all (`whole`). */
export function detectCsvText(
  file: InputFile,
  sample: Uint8Array,
  whole: boolean,
  options: DetectOptions,
): DetectedInput {
  if (sample.length === 0) throw inputRejected('INPUT_EMPTY', `${file.name} is empty once decompressed.`);
  const { reading = {} } = options;
  const found = detectEncoding(whole ? sample : withoutCutTail(sample), reading.encoding);
  const text = transcoder(found.encoding).toUtf8(sample.subarray(found.bomBytes), whole);
  const mapped = [
    ...Object.values(options.map ?? {}),
    ...Object.values(options.columnNames ?? {}).flatMap((n) => n ?? []),
  ];
  const known = [...EVENT_COLUMNS, ...mapped, ...(options.target ? [options.target] : [])];
  const { syntax, fields, rows, names: header, ...place } = detectDialect(text, whole, known, reading);
  const first = header ?? rows[0];
  if (first === undefined)
    throw inputRejected('INPUT_NO_RECORDS', `${file.name} holds no readable record: is it a text file?`);
  if (first.length < 2)
    throw inputRejected(
      'INPUT_ONE_COLUMN',
      `${file.name} has a single column: none of comma, tab, semicolon, bar splits its lines. The first is: ${shown(first[0])}`,
      'Expected a table of at least two columns; if another character stands between them: --delimiter.',
    );
  if (header !== undefined && rows.length === 0 && whole && fields >= 2 && place.lastRecord)
    throw inputRejected(
      'INPUT_HEADER_ONLY',
      `${file.name} has a header (${first.map((name) => name.trim()).join(', ')}) and no rows.`,
    );
  const notes: string[] = [];
  const names = header === undefined ? first.map((_, c) => `column_${c + 1}`) : uniqueNames(first, notes);
  if (header === undefined) notes.push(`no header: the columns are named column_1 to column_${names.length}`);
  if (place.preamble > 0) notes.push(`${place.preamble} lines above the header passed over`);
  if (place.headerRows > 1) notes.push(`the header is ${place.headerRows} lines`);
  const dialect: CsvDialect = { ...syntax, ...found, ...place };
  const columns = names.map((name) => ({ name, fileName: name, type: 'VARCHAR' }));
  const input = classify({ format: 'csv', file, dialect, columns, values: PLAIN_VALUES }, options, notes);
  return { ...input, ...valuesOf(input, rows, reading, notes), notes };
}

/** How the values are written: as given, else as the first rows show. */
function valuesOf(
  { kind, columns, file }: DetectedInput,
  rows: readonly (readonly string[])[],
  reading: GivenReading,
  notes: string[],
): { readonly values: ValueFormat } {
  const timeColumn = kind === 'events' ? columns.findIndex(({ name }) => name === 'event_time') : -1;
  // Of events only the price is a number and only one column a time: the ids look like both.
  const price = columns.findIndex(({ name }) => name === 'price');
  const judged =
    kind === 'events' ? rows.map((row) => row.map((cell, c) => (c === timeColumn || c === price ? cell : ''))) : rows;
  const { format, ambiguousDates } = detectValues(judged, timeColumn);
  const values = { ...format, decimal: reading.decimal ?? format.decimal, date: reading.date ?? format.date };
  if (reading.date === undefined && ambiguousDates.length > 0 && format.date === 'iso') {
    const [c] = ambiguousDates;
    const example = rows.map((row) => row[c]).find((cell) => cell.trim() !== '');
    if (c === timeColumn)
      throw inputRejected(
        'INPUT_AMBIGUOUS_TIME',
        `${file.name}: event_time is written as "${example}", and nothing in the first rows tells day from month.`,
        'Say which comes first: --date-format day-first or --date-format month-first.',
      );
    notes.push(
      `dates as "${example}" (${columns[c].name}) are read as text: --date-format day-first or month-first tells`,
    );
  }
  if (values.date !== 'iso') notes.push(`dates are read as ${DATE_WORDS[values.date]}`);
  if (values.decimal === ',') notes.push('the decimal mark is the comma');
  return { values };
}

const DATE_WORDS: Readonly<Record<DateFormat, string>> = {
  iso: 'ISO 8601',
  'day-first': 'day, month, year',
  'month-first': 'month, day, year',
  'year-first': 'year, month, day',
  'epoch-s': 'seconds since 1970',
  'epoch-ms': 'milliseconds since 1970',
  'epoch-us': 'microseconds since 1970',
};

async function detectParquet(db: Database, file: InputFile, options: DetectOptions): Promise<DetectedInput> {
  const { reading = {} } = options;
  const values = { ...PLAIN_VALUES, decimal: reading.decimal ?? '.', date: reading.date ?? 'iso' } as const;
  const columns = (await parquetColumns(db, file)).map(({ name, type }) => ({ name, fileName: name, type }));
  const written = (await parquetMetadata(db, file)).get(PARQUET_KIND_KEY);
  if (written === 'table' || (written === 'clean-events' && options.asTable === true)) {
    // The number a row had in the input of `clean`; as an input of its own, its rows count anew.
    const own = columns.filter(({ name }) => name !== 'source_row');
    return classify({ format: 'parquet', file, columns: own, values }, options, []);
  }
  const input = { format: 'parquet', file, columns, values } as const;
  if (written === 'clean-events' || written === 'features') return { ...input, kind: written, notes: [] };
  return classify(input, options, []);
}

function classify(
  input: Pick<DetectedInput, 'format' | 'file' | 'dialect' | 'columns' | 'values'>,
  { map: given = {}, columnNames = {}, made = [], target, asTable }: DetectOptions,
  notes: string[],
): DetectedInput {
  const map = { ...presentNames(input.columns, columnNames), ...given };
  const { columns, aliases } = renamed(input.file.name, input.columns, map);
  const names = columns.map(({ name }) => name);
  if (target !== undefined) {
    if (!names.includes(target)) throw missingColumn(input.file.name, target, names, 'The target column is');
    return { ...input, columns, kind: 'table', notes };
  }
  if (asTable === true) return { ...input, columns, kind: 'table', notes };
  const canonical = columns.map((column) => {
    const name = EVENT_COLUMNS.find((event) => event === column.name.trim().toLowerCase());
    if (name === undefined || names.includes(name)) return column;
    notes.push(`column "${column.fileName}" is read as ${name}`);
    return { ...column, name };
  });
  const present = new Set([...canonical.map(({ name }) => name), ...Object.keys(aliases)]);
  const missing = REQUIRED_EVENT_COLUMNS.filter((name) => !present.has(name) && !made.includes(name));
  const matched = EVENT_COLUMNS.filter((name) => present.has(name)).length;
  if (missing.length > 0) {
    if (matched < EVENT_LIKE && !EVENT_COLUMNS.some((name) => name in map))
      return { ...input, columns, kind: 'table', notes };
    const free = names.filter((name) => !(EVENT_COLUMNS as readonly string[]).includes(name));
    throw missingColumn(input.file.name, missing[0], free.length > 0 ? free : names, 'Events need', names);
  }
  for (const name of EVENT_COLUMNS)
    if (!present.has(name) && !made.includes(name)) notes.push(`no column ${name}: it is missing in every row`);
  const found = { ...input, columns: canonical, kind: 'events', notes } as const;
  return Object.keys(aliases).length === 0 ? found : { ...found, aliases };
}

/** Canonical column → the first of its names that the file has, in any case of letters. */
function presentNames(
  columns: readonly InputColumn[],
  names: NonNullable<DetectOptions['columnNames']>,
): Record<string, string> {
  const found = Object.entries(names).flatMap(([canonical, theirs = []]) => {
    const name = theirs
      .map((wanted) => columns.find(({ fileName }) => fileName.toLowerCase() === wanted.toLowerCase())?.fileName)
      .find((fileName) => fileName !== undefined);
    return name === undefined ? [] : [[canonical, name] as const];
  });
  return Object.fromEntries(found);
}

function renamed(
  file: string,
  columns: readonly InputColumn[],
  map: Readonly<Record<string, string>>,
): { columns: InputColumn[]; aliases: Record<string, string> } {
  const fileNames = columns.map(({ fileName }) => fileName);
  const canonicalOf = new Map<string, string>();
  const aliases: Record<string, string> = {};
  for (const [canonical, theirs] of Object.entries(map)) {
    if (!fileNames.includes(theirs)) throw missingColumn(file, theirs, fileNames, `--map ${canonical}=${theirs} names`);
    const first = canonicalOf.get(theirs);
    if (first === undefined) canonicalOf.set(theirs, canonical);
    else aliases[canonical] = first;
  }
  // A column that already bears a mapped name gives way to the mapping.
  const taken = new Set(Object.keys(map));
  const result = columns.map((column) => {
    const name = canonicalOf.get(column.fileName);
    if (name !== undefined) return { ...column, name };
    return taken.has(column.name) ? { ...column, name: `${column.name} (file)` } : column;
  });
  const repeated = result.find(({ name }, c) => result.findIndex((other) => other.name === name) !== c);
  if (repeated !== undefined)
    throw inputRejected('INPUT_REPEATED_COLUMN', `${file} has more than one column named "${repeated.name}".`);
  return { columns: result, aliases };
}

function missingColumn(file: string, name: string, candidates: readonly string[], who: string, all = candidates) {
  const nearest = closest(name, [...candidates]);
  return inputRejected(
    'INPUT_MISSING_COLUMN',
    `${who} "${name}", and ${file} has no such column. Found: ${all.join(', ')}. The nearest is "${nearest}".`,
    who.startsWith('Events') ? `If that is it: --map ${name}=${nearest}` : undefined,
  );
}

/** Names without control characters, no two alike in any case of letters: DuckDB tells them apart by neither. */
function uniqueNames(header: readonly string[], notes: string[]): string[] {
  const names: string[] = [];
  const taken = new Set<string>();
  for (const [c, field] of header.entries()) {
    const plain = field.replaceAll(CONTROLS, '').trim();
    const wanted = plain === '' ? `column_${c + 1}` : plain;
    let name = wanted;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wanted}_${n}`;
    if (name !== field.trim()) notes.push(`header field ${c + 1} ("${plain}") is named ${name}`);
    names.push(name);
    taken.add(name.toLowerCase());
  }
  return names;
}

const CONTROLS = /\p{Cc}/gu;

/** The sample up to its last ASCII byte: a character cut in two at its end says nothing of the encoding. */
function withoutCutTail(sample: Uint8Array): Uint8Array {
  let end = sample.length;
  while (end > sample.length - 4 && sample[end - 1] >= 0x80) end--;
  return sample.subarray(0, end);
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

const KIND_WORDS: Readonly<Record<InputKind, string>> = {
  events: 'raw events',
  'clean-events': 'clean events',
  features: 'features',
  table: 'a table',
};
const DELIMITER_WORDS: Readonly<Record<string, string>> = {
  ',': 'comma',
  '\t': 'tab',
  ';': 'semicolon',
  '|': 'bar',
  ' ': 'space',
  '\u0001': 'Ctrl-A',
};

const QUOTE_WORDS: Readonly<Record<string, string>> = { "'": 'single quotes', '': 'no quotes' };

/** One line for the user: `raw events, CSV (comma, CRLF, UTF-8, header), gzip, 9 columns`. */
export function describeInput({ kind, format, file, dialect, columns }: DetectedInput): string {
  const parts = [KIND_WORDS[kind]];
  if (dialect === undefined) parts.push(format === 'parquet' ? 'Parquet' : 'CSV');
  else {
    const encoding = dialect.encoding === 'windows-1252' ? 'Latin-1 (windows-1252)' : dialect.encoding.toUpperCase();
    const details = [
      DELIMITER_WORDS[dialect.delimiter] ?? `"${dialect.delimiter}"`,
      ...(dialect.quote === '"' ? [] : [QUOTE_WORDS[dialect.quote] ?? `quote ${dialect.quote}`]),
      ...(dialect.backslash === true ? ['backslash escapes'] : []),
      dialect.newline.toUpperCase(),
      encoding + (dialect.bomBytes > 0 ? ' with BOM' : ''),
      dialect.header ? 'header' : 'no header',
    ];
    parts.push(`CSV (${details.join(', ')})`);
  }
  if (file.compression !== 'none') parts.push(file.compression);
  parts.push(`${columns.length} columns`);
  return parts.join(', ');
}
