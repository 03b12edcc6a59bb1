/**
 * Any labelled table to the relation `clean_table` (source_row BIGINT, then the columns of the input in their order and
 * their inferred or given types, ordered by source_row), and what was rejected to `clean_rejects`. Missing cells are
 * NULL. Set-based SQL over the texts of `raw_input`; it writes no file and knows no event.
 *
 * Rejected: broken records; a cell that does not fit its column's type (column-types.ts); a missing target, when a
 * target is named. Exact copies of an earlier row are counted and kept: without a key, equal rows of a real table are
 * usually two cases that look alike.
 */
import { inputRejected } from '../base/errors.js';
import { suggest } from '../base/suggest.js';
import { FAULT } from '../table/csv-layout.js';
import { type DetectedInput, describeInput } from '../table/detect-input.js';
import { type Database, identifier, literal } from '../table/duckdb.js';
import { RAW_TABLE, readRaw } from '../table/read-raw.js';
import { BROKEN_MARK, type ScanOptions, scanRecords } from '../table/spool-csv.js';
import type { ValueFormat } from '../table/value-format.js';
import { CLEAN_REJECTS } from './clean-events.js';
import {
  cellBooleanSql,
  cellNumberSql,
  cellTimeSql,
  type InferredColumn,
  inferTypes,
  type TableColumn,
} from './column-types.js';
import { checkConservation, countRejects, type QualitySummary, summariseColumns } from './quality-summary.js';
import { TableCells } from './table-cells.js';

export const CLEAN_TABLE = 'clean_table';

export interface CleanTableOptions extends ScanOptions {
  /** Rows without it are rejected. */
  readonly target?: string;
  /** Types to read by instead of inferring them; every column named must be there, others are inferred. */
  readonly schema?: readonly TableColumn[];
  /** A column whose every cell must be a finite number of at least 0. */
  readonly weight?: string;
  /** Numeric columns of `schema` that hold whole numbers alone are BIGINT, as they are without a schema. */
  readonly keepIntegers?: boolean;
  /** Called when the relations stand and nothing is counted yet: it may move rows from the clean ones to the rejects. */
  readonly judge?: (columns: readonly TableColumn[]) => Promise<void>;
}

export interface CleanedTable {
  readonly kind: 'table';
  readonly relation: typeof CLEAN_TABLE;
  readonly rejects: typeof CLEAN_REJECTS;
  /** The columns of `clean_table` after source_row. */
  readonly columns: readonly TableColumn[];
  /** How the file spells a target of true and false. */
  readonly booleanTarget?: BooleanWords;
  readonly summary: QualitySummary;
}

export interface BooleanWords {
  readonly yes: string;
  readonly no: string;
}

export async function cleanTable(
  db: Database,
  input: DetectedInput,
  options: CleanTableOptions = {},
): Promise<CleanedTable> {
  checkColumns(input, options);
  const raw = await readRaw(db, input, options);
  options.signal?.throwIfAborted();
  const cells = await TableCells.create(db, input, options.signal);
  if (options.weight !== undefined) await checkWeights(db, input, cells, options.weight, options.signal);
  const inferred = await inferTypes(db, input, (column) => cells.of(column));
  const columns = inferred.map((column): InferredColumn => {
    const given = options.schema?.find(({ name }) => name === column.name);
    return given === undefined || given.type === 'empty'
      ? column
      : { ...column, integers: options.keepIntegers === true && given.type === 'numeric' && column.integers, ...given };
  });
  await writeRejects(db, cells, columns, options.target, input.values);
  options.signal?.throwIfAborted();
  await writeTable(db, cells, columns, input.values);
  await options.judge?.(columns);
  options.signal?.throwIfAborted();
  const summary = await summarise(db, input, cells, columns, raw.rows, raw.blankLines);
  const booleanTarget = await spellings(db, cells, columns, options.target);
  await cells.drop();
  return {
    kind: 'table',
    relation: CLEAN_TABLE,
    rejects: CLEAN_REJECTS,
    columns: columns.map(({ name, type }) => ({ name, type })),
    ...(booleanTarget === undefined ? {} : { booleanTarget }),
    summary,
  };
}

/** One bad weight refuses the input: a model that passes over rows it was told to count would be another model. */
async function checkWeights(
  db: Database,
  input: DetectedInput,
  cells: TableCells,
  weight: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const c = input.columns.findIndex(({ name }) => name === weight);
  const number = cellNumberSql(`v${c}`, input.values);
  const faulty = `NOT broken AND NOT coalesce(${number} >= 0 AND NOT isinf(${number}), false)`;
  const count = await db.number(`SELECT count(*) FROM ${cells.of(c)} WHERE ${faulty}`);
  if (count === 0) return;
  const first = await db.row(
    `SELECT source_row, v${c} AS text FROM ${cells.of(c)} WHERE ${faulty} ORDER BY source_row LIMIT 1`,
  );
  const line = await lineOfRecord(input, Number(first.source_row), signal);
  const found = first.text === null ? 'missing' : `"${first.text}"`;
  const more = count === 1 ? '' : ` ${count} rows have such a weight.`;
  throw inputRejected(
    'BAD_WEIGHT',
    `${input.file.name}, ${line}: the weight in column "${weight}" is ${found}, but must be a finite number of at least 0.${more}`,
    'Mend the weights; 0 leaves a row out.',
  );
}

/** Where a record stands: its physical line, or its row number in a Parquet file. */
async function lineOfRecord(input: DetectedInput, wanted: number, signal: AbortSignal | undefined): Promise<string> {
  if (input.dialect === undefined) return `row ${wanted}`;
  let line = 0;
  const visit = (_: Uint8Array, scanner: { readonly line: number }, record: number) => {
    if (record === wanted) line = scanner.line;
    return record < wanted;
  };
  await scanRecords(input.file, input.dialect, input.columns.length, visit, signal === undefined ? {} : { signal });
  return `line ${line}`;
}

/** Throws when the input lacks a column that is named, or has one called source_row. */
export function checkColumns(input: DetectedInput, { target, weight, schema = [] }: CleanTableOptions): void {
  const names = input.columns.map(({ name }) => name);
  const named = [target, weight].filter((name) => name !== undefined);
  const wanted = [...schema.map(({ name }) => name), ...named];
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw inputRejected(
      'INPUT_MISSING_COLUMN',
      `${input.file.name} lacks ${listed(missing.map((name) => `"${name}"${nearest(name, names)}`))}. Found: ${listed(names)}.`,
      'Rename the columns, or name them with --map wanted=theirs.',
    );
  if (names.includes('source_row'))
    throw inputRejected(
      'INPUT_RESERVED_COLUMN',
      `${input.file.name} has a column source_row, a name ecomml keeps for the row's number in the input.`,
      'Rename it, or: --map row=source_row',
    );
}

const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return more > 0 ? `${names.slice(0, MOST_LISTED).join(', ')} and ${more} more` : names.join(', ');
}

/** ` (nearest: "x")`, or nothing when no column of the file is spelled alike. */
function nearest(name: string, names: readonly string[]): string {
  const found = suggest(name, names);
  return found === undefined ? '' : ` (nearest: "${found}")`;
}

/** `clean_rejects`: of each row's faults the first in the order of the columns. */
async function writeRejects(
  db: Database,
  cells: TableCells,
  columns: readonly InferredColumn[],
  target: string | undefined,
  values: ValueFormat,
): Promise<void> {
  const faultsOf = ({ name, type }: InferredColumn, c: number): string[] => {
    const found: string[] = [];
    if (name === target) found.push(`WHEN v${c} IS NULL THEN [${literal(name)}, 'missing target']`);
    const parsed = parsedSql(type, `v${c}`, values);
    if (parsed !== undefined)
      found.push(
        `WHEN v${c} IS NOT NULL AND (${parsed}) IS NULL THEN [${literal(name)}, '${FAULT[type as keyof typeof FAULT]}']`,
      );
    return found;
  };
  const broken = `WHEN broken THEN string_split((SELECT c0 FROM ${RAW_TABLE} r WHERE r.rowid + 1 = t.source_row), ${literal(BROKEN_MARK)})[2:3]`;
  const faulty = cells.parts.flatMap((part, p) => {
    const faults = columns.flatMap((column, c) => (cells.of(c) === part ? faultsOf(column, c) : []));
    const cases = p === 0 ? [broken, ...faults] : faults;
    return cases.length === 0
      ? []
      : [
          `SELECT source_row, ${p} AS part, CASE ${cases.join(' ')} END AS fault FROM ${part} t ${p === 0 ? '' : 'WHERE NOT broken'}`,
        ];
  });
  await db.run('CREATE OR REPLACE TABLE table_faults (source_row BIGINT, part INTEGER, fault VARCHAR[])');
  for (const select of faulty) await db.run(`INSERT INTO table_faults FROM (${select}) WHERE fault IS NOT NULL`);
  await db.run(`CREATE OR REPLACE TABLE ${CLEAN_REJECTS} AS
    SELECT source_row, fault[1] AS "column", fault[2] AS reason
    FROM (SELECT source_row, arg_min(fault, part) AS fault FROM table_faults GROUP BY source_row)
    ORDER BY source_row`);
  await db.run('DROP TABLE table_faults');
}

/** `clean_table`: the rows without a fault, their cells as values, made part by part. */
async function writeTable(
  db: Database,
  cells: TableCells,
  columns: readonly InferredColumn[],
  values: ValueFormat,
): Promise<void> {
  const rejects = await db.number(`SELECT count(*) FROM ${CLEAN_REJECTS}`);
  // The anti-join may shuffle rows, so it is paid for only when there is something to leave out.
  const where =
    rejects > 0 ? `WHERE source_row NOT IN (SELECT source_row FROM ${CLEAN_REJECTS}) ORDER BY source_row` : '';
  const valuesOf = (part: string) =>
    columns.flatMap((column, c) => {
      if (cells.of(c) !== part) return [];
      const parsed = parsedSql(column.type, `v${c}`, values) ?? `v${c}`;
      return [
        `${column.type === 'numeric' && column.integers ? `CAST(${parsed} AS BIGINT)` : parsed} AS ${identifier(column.name)}`,
      ];
    });
  const typed: string[] = [];
  for (const part of cells.parts) {
    const into = cells.parts.length === 1 ? CLEAN_TABLE : `typed_${part}`;
    await db.run(
      `CREATE OR REPLACE TABLE ${into} AS SELECT source_row, ${valuesOf(part).join(', ')} FROM ${part} ${where}`,
    );
    typed.push(into);
  }
  if (typed.length === 1) return;
  await db.run(`CREATE OR REPLACE TABLE ${CLEAN_TABLE} AS SELECT * FROM ${sideBySide(typed)}`);
  for (const part of typed) await db.run(`DROP TABLE ${part}`);
}

/** Tables of the same rows in the same order, for a FROM; source_row once. */
function sideBySide([first, ...others]: readonly string[]): string {
  return [first, ...others.map((part) => `(SELECT * EXCLUDE (source_row) FROM ${part})`)].join(' POSITIONAL JOIN ');
}

/** How the file spells the two values of a boolean target, the commoner spelling where there are several. */
async function spellings(
  db: Database,
  cells: TableCells,
  columns: readonly InferredColumn[],
  target: string | undefined,
): Promise<BooleanWords | undefined> {
  const c = columns.findIndex(({ name }) => name === target);
  if (c < 0 || columns[c].type !== 'boolean') return undefined;
  const commonest = async (word: 'true' | 'false') => {
    const [row] = await db.rows(
      `SELECT v${c} AS word FROM ${cells.of(c)} WHERE NOT broken AND lower(v${c}) = '${word}'
       GROUP BY v${c} ORDER BY count(*) DESC, v${c} LIMIT 1`,
    );
    return row === undefined ? word : String(row.word);
  };
  return { yes: await commonest('true'), no: await commonest('false') };
}

function parsedSql(type: string, text: string, values: ValueFormat): string | undefined {
  if (type === 'numeric') return cellNumberSql(text, values);
  if (type === 'boolean') return cellBooleanSql(text);
  return type === 'time' ? cellTimeSql(text, values) : undefined;
}

async function summarise(
  db: Database,
  input: DetectedInput,
  cells: TableCells,
  columns: readonly InferredColumn[],
  rows: number,
  blankLines: number,
): Promise<QualitySummary> {
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  // Copies by 64-bit hash: among a million rows two different ones meet with probability 3e-8.
  const copies = await db.row(
    `SELECT count(*) AS kept, count(DISTINCT hash(${names})) AS distinct_rows FROM ${CLEAN_TABLE}`,
  );
  const kept = Number(copies.kept);
  const spaced = await db.number(
    `SELECT count(*) FROM (${cells.spacedRows}) WHERE source_row NOT IN (SELECT source_row FROM ${CLEAN_REJECTS})`,
  );
  const summary: QualitySummary = {
    format: 1,
    kind: 'table',
    input: describeInput(input),
    rows: {
      in: rows,
      kept,
      rejected: await db.number(`SELECT count(*) FROM ${CLEAN_REJECTS}`),
      duplicatesRemoved: 0,
      duplicatesKept: kept - Number(copies.distinct_rows),
      blankLines,
    },
    rejected: await countRejects(db, CLEAN_REJECTS),
    repairs: spaced > 0 ? [{ rule: 'spaces around a value removed', rows: spaced }] : [],
    notices: [],
    columns: await summariseColumns(db, CLEAN_TABLE, columns),
    notes: input.notes,
  };
  checkConservation(summary);
  return summary;
}
