/**
 * What was found in an input and what was done about it: a plain value, the same for any number of threads, written as
 * quality.json and shown by the terminal and the report. It is computed from clean relations; it repairs nothing.
 */
import { EcommlError, inputRejected } from '../base/errors.js';
import { type Database, identifier } from '../table/duckdb.js';
import { byColumns } from './column-types.js';
import type { Expectation } from './expectation.js';

export interface CountedRule {
  readonly rule: string;
  readonly rows: number;
}

export interface RejectCount {
  /** The column at fault; empty when the whole line is. */
  readonly column: string;
  readonly reason: string;
  readonly rows: number;
}

export interface ColumnSummary {
  readonly name: string;
  /** numeric, boolean, categorical, time, or empty (missing in every row). */
  readonly type: string;
  readonly missing: number;
  /** Of the kept rows, 0 to 1. */
  readonly missingShare: number;
  readonly distinct: number;
  /** Numbers as numbers (infinities as text), times and texts as text; null when every row is missing. */
  readonly min: number | string | null;
  readonly max: number | string | null;
  /** What the user should know about how the column was read. */
  readonly note?: string;
}

export interface QualitySummary {
  readonly format: 1;
  readonly kind: 'events' | 'table';
  /** How the input was read, as `describeInput` says it. */
  readonly input: string;
  /** in = kept + rejected + duplicatesRemoved + passedOver, always. */
  readonly rows: {
    readonly in: number;
    readonly kept: number;
    readonly rejected: number;
    readonly duplicatesRemoved: number;
    /** Events of types that nobody needs; absent when there are none. */
    readonly passedOver?: number;
    /** Exact copies of an earlier row that were kept (tables). */
    readonly duplicatesKept: number;
    /** Empty lines, which are no rows. */
    readonly blankLines: number;
  };
  /** Most frequent first. */
  readonly rejected: readonly RejectCount[];
  /** Kept rows that were changed, by rule. */
  readonly repairs: readonly CountedRule[];
  /** Kept rows worth knowing about that were not changed. */
  readonly notices: readonly CountedRule[];
  readonly columns: readonly ColumnSummary[];
  /** Events: first and last time of the kept rows, UTC. */
  readonly time?: { readonly from: string; readonly to: string };
  /** Events: kept rows by type, the most frequent first. */
  readonly eventTypes?: readonly { readonly type: string; readonly rows: number }[];
  readonly notes: readonly string[];
  /** How the rows met a schema, where they were held against one. */
  readonly expectations?: readonly Expectation[];
}

/** Rejects by column and reason, the most frequent first. */
export async function countRejects(db: Database, rejects: string): Promise<RejectCount[]> {
  const rows = await db.rows(
    `SELECT "column", reason, count(*)::INTEGER AS n FROM ${rejects} GROUP BY ALL ORDER BY n DESC, "column", reason`,
  );
  return rows.map((row) => ({ column: String(row.column), reason: String(row.reason), rows: Number(row.n) }));
}

/** The summary of each column of `relation`. `types` are the words of ColumnSummary.type. */
export async function summariseColumns(
  db: Database,
  relation: string,
  columns: readonly { readonly name: string; readonly type: string; readonly note?: string }[],
): Promise<ColumnSummary[]> {
  const all = columns.map((_, c) => c);
  const summaryOf = (c: number) => {
    const column = identifier(columns[c].name);
    return [
      `count(${column}) AS n${c}`,
      `count(DISTINCT ${column}) AS d${c}`,
      `min(${column}) AS a${c}`,
      `max(${column}) AS z${c}`,
    ];
  };
  const row = await byColumns(all, (some) =>
    db.row(`SELECT count(*) AS rows, ${some.flatMap(summaryOf).join(', ')} FROM ${relation}`),
  );
  const rows = Number(row.rows);
  return columns.map(({ name, type, note }, c) => {
    const missing = rows - Number(row[`n${c}`]);
    const bound = (value: unknown): number | string | null => {
      if (value === null || value === undefined) return null;
      const number = type === 'numeric' ? Number(value) : Number.NaN;
      return Number.isFinite(number) ? number : String(value);
    };
    return {
      name,
      type,
      missing,
      missingShare: rows === 0 ? 0 : missing / rows,
      distinct: Number(row[`d${c}`]),
      min: bound(row[`a${c}`]),
      max: bound(row[`z${c}`]),
      ...(note === undefined ? {} : { note }),
    };
  });
}

/** Throws `CLEAN_NOT_CONSERVED` if a row was lost or counted twice: a defect of ecomml, never of the input. */
export function checkConservation({ rows }: QualitySummary): void {
  const passedOver = rows.passedOver ?? 0;
  if (rows.in !== rows.kept + rows.rejected + rows.duplicatesRemoved + passedOver)
    throw new EcommlError(
      'CLEAN_NOT_CONSERVED',
      `${rows.in} rows went in, but ${rows.kept} kept + ${rows.rejected} rejected + ${rows.duplicatesRemoved} duplicates + ${passedOver} passed over came out.`,
      { hint: 'This is a defect of ecomml: please report it with the file.' },
    );
}

export interface BadRows {
  readonly rows: Pick<QualitySummary['rows'], 'in' | 'kept' | 'rejected'>;
  readonly rejected: readonly RejectCount[];
}

/**
 * Throws `INPUT_TOO_MANY_BAD_ROWS` (exit code 3) when more rows were rejected than `maxBadRows` allows: below 1 a share
 * of the rows in, from 1 up a number of rows.
 */
export function checkBadRows({ rows, rejected }: BadRows, maxBadRows: number, rejectsPath?: string): void {
  const allowed = maxBadRows < 1 ? maxBadRows * rows.in : maxBadRows;
  if (rows.rejected <= allowed && rows.kept > 0) return;
  const percent = ((100 * rows.rejected) / rows.in).toFixed(rows.rejected === rows.in ? 0 : 2);
  const top = rejected.slice(0, 3).map(({ column, reason, rows: n }) => `${column && `${column}: `}${reason} (${n})`);
  const limit = maxBadRows < 1 ? `${100 * maxBadRows}%` : String(maxBadRows);
  throw inputRejected(
    'INPUT_TOO_MANY_BAD_ROWS',
    `${rows.rejected} of ${rows.in} rows (${percent}%) are bad, ${limit} allowed. ${top.join('; ')}.`,
    rejectsPath === undefined
      ? 'Mend the rows, or raise --max-bad-rows.'
      : `Every bad row is in ${rejectsPath} with its reason. Mend them, or raise --max-bad-rows.`,
  );
}

/** `17,435 rows in = 17,429 kept + 1 rejected + 5 duplicates removed`. */
export function rowsSentence({ rows }: QualitySummary): string {
  const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${grouped(rows.in)} rows in = ${grouped(rows.kept)} kept + ${grouped(rows.rejected)} rejected + ${grouped(rows.duplicatesRemoved)} duplicates removed${rows.passedOver === undefined ? '' : ` + ${grouped(rows.passedOver)} passed over`}`;
}
