/**
 * A query's result as a Frame, or as plain columns of texts or 64-bit integers: chunks are streamed out of DuckDB into
 * typed arrays, in the order of the query. It adds no ORDER BY (see duckdb.ts on row order) and knows no target.
 *
 * Categories are sorted by code point, so codes depend on the set of texts alone, never on threads or row order.
 */
import { EcommlError } from '../base/errors.js';
import { compareCodePoints } from './code-points.js';
import { type Database, identifier } from './duckdb.js';
import type { Frame, FrameColumn } from './frame.js';

export type ColumnKind = FrameColumn['kind'];

const NUMERIC_TYPE = /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;
const TEMPORAL_TYPE = /^(TIMESTAMP|DATE|TIME)/;

/**
 * The rows of `sql` as a Frame, its columns in the query's order.
 *
 * A column is numeric if its type is a number or BOOLEAN (TRUE is 1), else categorical by its text; `columnKinds` decides
 * otherwise for the columns it names. NULL is NaN, or code −1. A number as categorical is its shortest text. A date or
 * time needs a kind: as numeric it is seconds since 1970 (UTC). A text column asked for as numeric must hold numbers:
 * a cell that does not is `FRAME_NOT_A_NUMBER`.
 */
export async function readFrame(
  db: Database,
  sql: string,
  columnKinds: Readonly<Record<string, ColumnKind>> = {},
): Promise<Frame> {
  const columns = await db.describe(sql);
  checkNames(columns, sql);
  const kinds = columns.map(({ name, type }) => columnKinds[name] ?? kindOf(name, type));
  const select = columns.map(({ name, type }, c) => {
    const column = identifier(name);
    if (kinds[c] === 'categorical') return `CAST(${column} AS VARCHAR) AS ${column}`;
    if (TEMPORAL_TYPE.test(type)) return `coalesce(epoch(${column}), 'nan'::DOUBLE) AS ${column}`;
    return `coalesce(CAST(${column} AS DOUBLE), 'nan'::DOUBLE) AS ${column}`;
  });
  const builders = kinds.map((kind) => (kind === 'numeric' ? new DoubleBuilder() : new CategoryBuilder()));
  let rows = 0;
  try {
    for await (const { chunk } of db.stream(`SELECT ${select.join(', ')} FROM (${sql}\n)`)) {
      for (let c = 0; c < builders.length; c++) {
        const vector = chunk.getColumnVector(c);
        builders[c].append(vector.itemCount, (row) => vector.getItem(row) as never);
      }
      rows += chunk.rowCount;
    }
  } catch (error) {
    if (error instanceof EcommlError && /Could not convert string|Conversion Error/.test(error.message))
      throw new EcommlError('FRAME_NOT_A_NUMBER', `A column read as numeric holds text. ${error.message}`, {
        cause: error,
      });
    throw error;
  }
  return { rows, columns: builders.map((builder, c) => builder.finish(columns[c].name)) };
}

export interface TextColumn {
  readonly name: string;
  /** One text a row; null is NULL. Repeated texts share one string. */
  readonly values: readonly (string | null)[];
}

/** The rows of `sql`, every column as text: ids, keys and labels that must come back exactly as they are. */
export async function readTextColumns(
  db: Database,
  sql: string,
): Promise<{ rows: number; columns: readonly TextColumn[] }> {
  const columns = await db.describe(sql);
  checkNames(columns, sql);
  const select = columns.map(({ name }) => `CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`);
  const values: (string | null)[][] = columns.map(() => []);
  let rows = 0;
  for await (const { chunk } of db.stream(`SELECT ${select.join(', ')} FROM (${sql}\n)`)) {
    for (let c = 0; c < values.length; c++) {
      const vector = chunk.getColumnVector(c);
      for (let row = 0; row < vector.itemCount; row++) values[c].push(vector.getItem(row) as string | null);
    }
    rows += chunk.rowCount;
  }
  return { rows, columns: values.map((column, c) => ({ name: columns[c].name, values: column })) };
}

/** A query of one column of 64-bit integers (row numbers, counts, epoch microseconds), exact; NULL is an error. */
export async function readBigIntColumn(db: Database, sql: string): Promise<BigInt64Array> {
  const columns = await db.describe(sql);
  if (columns.length !== 1)
    throw new EcommlError('FRAME_ONE_COLUMN', `Expected a query of one column, got ${columns.length}: ${sql}`);
  const select = `SELECT CAST(${identifier(columns[0].name)} AS BIGINT) AS value FROM (${sql}\n)`;
  let values = new BigInt64Array(2048);
  let rows = 0;
  for await (const { chunk } of db.stream(select)) {
    if (rows + chunk.rowCount > values.length) {
      const larger = new BigInt64Array(values.length * 2);
      larger.set(values);
      values = larger;
    }
    const vector = chunk.getColumnVector(0);
    for (let row = 0; row < vector.itemCount; row++) {
      const value = vector.getItem(row) as bigint | null;
      if (value === null)
        throw new EcommlError('FRAME_NULL_INTEGER', `Row ${rows + 1} of "${columns[0].name}" is NULL: ${sql}`);
      values[rows + row] = value;
    }
    rows += chunk.rowCount;
  }
  return values.slice(0, rows);
}

function kindOf(name: string, type: string): ColumnKind {
  if (NUMERIC_TYPE.test(type)) return 'numeric';
  if (TEMPORAL_TYPE.test(type))
    throw new EcommlError('FRAME_TEMPORAL_COLUMN', `Column "${name}" is a ${type}: say how to read it.`, {
      hint: 'Turn it into features in SQL, or give its kind: numeric (seconds since 1970) or categorical.',
    });
  return 'categorical';
}

function checkNames(columns: readonly { name: string }[], sql: string): void {
  const names = columns.map(({ name }) => name);
  const repeated = names.find((name, c) => names.indexOf(name) !== c);
  if (repeated !== undefined)
    throw new EcommlError('FRAME_REPEATED_COLUMN', `The query gives two columns the name "${repeated}": ${sql}`);
}

/** Doubles of a growing column; the NULLs were made NaN in SQL. */
class DoubleBuilder {
  private values = new Float64Array(2048);
  private rows = 0;

  append(count: number, item: (row: number) => number): void {
    if (this.rows + count > this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    for (let row = 0; row < count; row++) this.values[this.rows + row] = item(row);
    this.rows += count;
  }

  finish(name: string): FrameColumn {
    return { kind: 'numeric', name, values: this.values.slice(0, this.rows) };
  }
}

/** Codes in order of first appearance, renumbered by code point at the end. */
class CategoryBuilder {
  private codes = new Int32Array(2048);
  private rows = 0;
  private readonly codeOf = new Map<string, number>();

  append(count: number, item: (row: number) => string | null): void {
    if (this.rows + count > this.codes.length) {
      const larger = new Int32Array(this.codes.length * 2);
      larger.set(this.codes);
      this.codes = larger;
    }
    for (let row = 0; row < count; row++) {
      const text = item(row);
      let code = -1;
      if (text !== null) {
        const known = this.codeOf.get(text);
        code = known ?? this.codeOf.size;
        if (known === undefined) this.codeOf.set(text, code);
      }
      this.codes[this.rows + row] = code;
    }
    this.rows += count;
  }

  finish(name: string): FrameColumn {
    const categories = [...this.codeOf.keys()].sort(compareCodePoints);
    const renumbered = new Int32Array(categories.length);
    for (let code = 0; code < categories.length; code++) renumbered[this.codeOf.get(categories[code])!] = code;
    const codes = this.codes.slice(0, this.rows);
    for (let row = 0; row < codes.length; row++) if (codes[row] >= 0) codes[row] = renumbered[codes[row]];
    return { kind: 'categorical', name, codes, categories };
  }
}
