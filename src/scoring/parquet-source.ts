/**
 * Parquet tables, one after another, as a chunk source: rows streamed in a file's order, none held but those of the chunk that is made.
 * Cells follow the rules of cell-values.ts, as those of CSV do: numbers of a numeric type are taken as they are, everything
 * else as text. Rows with a cell that does not fit leave as rejects. It detects nothing: which columns there are is given.
 */
import { statSync } from 'node:fs';
import { numberOf, presentText, timeOf, truthOf } from '../table/cell-values.js';
import { csvCell } from '../table/csv-cell.js';
import { type CsvRead, FAULT } from '../table/csv-layout.js';
import { type Database, identifier, literal, type StreamedChunk } from '../table/duckdb.js';
import { rejectLine } from '../table/reject-line.js';
import type { ValueFormat } from '../table/value-format.js';
import type { ChunkSource, SourcePosition } from './chunk-source.js';
import { inputChanged } from './csv-source.js';
import { CHUNK_ROWS } from './query-source.js';
import type { RejectedFault } from './rejected-rows.js';
import type { ChunkColumn, RowChunk } from './score-chunk.js';

export interface ParquetTable {
  readonly name: string;
  readonly path: string;
  /** Of the file, as it was when its rows were counted. */
  readonly bytes: number;
  /** The part that is scored: rows [from, to), counted from 0. */
  readonly from: number;
  readonly to: number;
  /** In the file's order: canonical name, the file's, and DuckDB's type. */
  readonly columns: readonly { readonly name: string; readonly fileName: string; readonly type: string }[];
  /** What the model reads, in its order. */
  readonly read: readonly Pick<CsvRead, 'column' | 'type'>[];
  /** What passes through behind source_row, by position in the file; undefined: nothing in any row. */
  readonly kept: readonly (number | undefined)[];
  readonly values: ValueFormat;
}

/** Columns by which a file's rows are numbered: a file with a column of this name is not read here. */
export const ROW_NUMBER_COLUMN = 'file_row_number';

/**
 * `open`: a database of the source's own, asked for with the first chunk. Of several tables the rows, and rejects, begin with
 * the file's name. A position is the table's number and the number of its rows taken.
 */
export function parquetSource(tables: readonly ParquetTable[], open: () => Promise<Database>): ChunkSource {
  const total = tables.reduce((sum, { from, to }) => sum + to - from, 0);
  const named = tables.length > 1;
  let db: Database | undefined;
  return {
    unit: 'rows',
    total,
    chunks: async function* (after?: SourcePosition) {
      db = await open();
      const { table: first, rows } = after ?? { table: 0, rows: tables[0].from };
      let done = tables.slice(0, first).reduce((sum, { from, to }) => sum + to - from, 0) + rows - tables[first].from;
      for (let t = first; t < tables.length; t++) {
        const { name, path, bytes, from } = tables[t];
        let taken = t === first ? rows : from;
        for await (const { rows: count, chunk } of parquetChunks(db, tables[t], taken, named)) {
          taken += count;
          done += count;
          yield { chunk, position: { table: t, rows: taken }, done };
        }
        if (statSync(path).size !== bytes) throw inputChanged(name);
      }
    },
    counts: () => ({ rejected: 0, passedOver: {}, rowsIn: total }),
    close: async () => db?.close(),
  };
}

/** `rows`: those of the file, rejected ones too. */
async function* parquetChunks(
  db: Database,
  table: ParquetTable,
  from: number,
  named: boolean,
): AsyncGenerator<{ rows: number; chunk: RowChunk }> {
  if (from >= table.to) return;
  let chunk = new GrowingChunk(table, named);
  for await (const { chunk: vectors } of db.stream(rowsQuery(table, from))) {
    chunk.add(vectors);
    if (chunk.taken < CHUNK_ROWS) continue;
    yield { rows: chunk.taken, chunk: chunk.finish() };
    chunk = new GrowingChunk(table, named);
  }
  if (chunk.taken > 0) yield { rows: chunk.taken, chunk: chunk.finish() };
}

/** Row number, what passes through, what the model reads, and, where a cell may not fit, all cells of the row as a list. */
function rowsQuery(table: ParquetTable, from: number): string {
  const { columns, read, kept, path, to } = table;
  const text = (column: number) => textSql(columns[column]);
  const select = [
    `CAST(${ROW_NUMBER_COLUMN} AS DOUBLE)`,
    ...kept.map((column) => (column === undefined ? 'CAST(NULL AS VARCHAR)' : text(column))),
    ...read.map((one) => (isNumber(table, one) ? numberSql(columns[one.column]) : text(one.column))),
    ...(read.some((one) => mayNotFit(table, one)) ? [`[${columns.map((_, c) => text(c)).join(', ')}]`] : []),
  ];
  const rows = `${ROW_NUMBER_COLUMN} >= ${from} AND ${ROW_NUMBER_COLUMN} < ${to}`;
  return `SELECT ${select.join(', ')} FROM read_parquet(${literal(path)}, ${ROW_NUMBER_COLUMN} = true) WHERE ${rows}`;
}

/** A float32 is the double of the same value, not the double its shortest text would name. */
function textSql({ fileName, type }: ParquetTable['columns'][number]): string {
  const column = identifier(fileName);
  return `CAST(${type === 'FLOAT' ? `CAST(${column} AS DOUBLE)` : column} AS VARCHAR)`;
}

function numberSql({ fileName }: ParquetTable['columns'][number]): string {
  return `coalesce(CAST(${identifier(fileName)} AS DOUBLE), 'nan'::DOUBLE)`;
}

/** Types of which the cast to a double is the double that the number's text names. */
const NUMBER = /^(U?(TINY|SMALL|BIG)?INT(EGER)?|U?INTEGER|FLOAT|DOUBLE)$/;

function isNumber({ columns }: ParquetTable, { column, type }: ParquetTable['read'][number]): boolean {
  return type === 'numeric' && NUMBER.test(columns[column].type);
}

function mayNotFit(table: ParquetTable, one: ParquetTable['read'][number]): boolean {
  return one.type in FAULT && !isNumber(table, one);
}

type Vectors = StreamedChunk['chunk'];

interface ListCell {
  readonly items: readonly unknown[];
}

type Column =
  | { readonly kind: 'numeric'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly name: string; readonly texts: (string | null)[] };

/** DuckDB gives so many rows at once, at most. */
const VECTOR_ROWS = 2048;

class GrowingChunk {
  /** Rows of the file that it has taken, rejected ones too. */
  taken = 0;
  #rows = 0;
  readonly #passed: (string | null)[][];
  readonly #columns: readonly Column[];
  readonly #rejects: Uint8Array[] = [];
  readonly #faults = new Map<string, RejectedFault>();
  /** The model's columns that may not fit, as they stand in the file. */
  readonly #judged: readonly number[];

  constructor(
    private readonly table: ParquetTable,
    private readonly named: boolean,
  ) {
    const { columns, read, kept } = table;
    this.#passed = Array.from({ length: kept.length + 1 }, () => []);
    this.#columns = read.map(({ column, type }): Column => {
      const { name } = columns[column];
      return type === 'categorical'
        ? { kind: 'categorical', name, texts: [] }
        : { kind: 'numeric', name, values: new Float64Array(CHUNK_ROWS + VECTOR_ROWS) };
    });
    const judged = read.map((_, r) => r).filter((r) => mayNotFit(table, read[r]));
    this.#judged = judged.sort((a, b) => read[a].column - read[b].column);
  }

  add(vectors: Vectors): void {
    const { read, kept } = this.table;
    const first = 1 + kept.length;
    const numbers = (column: number) =>
      (vectors.getColumnVector(column) as unknown as { readonly items: Float64Array }).items;
    const rowNumbers = numbers(0);
    const good = this.#fitting(vectors, rowNumbers, first);
    for (const row of good) this.#passed[0].push(String(rowNumbers[row] + 1));
    for (let k = 0; k < kept.length; k++) {
      const vector = vectors.getColumnVector(1 + k);
      for (const row of good) this.#passed[1 + k].push(vector.getItem(row) as string | null);
    }
    const judged = new Set(this.#judged);
    for (let r = 0; r < read.length; r++) {
      const into = this.#columns[r];
      // Written by #fitting.
      if (judged.has(r)) continue;
      if (into.kind === 'categorical') {
        const vector = vectors.getColumnVector(first + r);
        for (const row of good) {
          const text = vector.getItem(row) as string | null;
          into.texts.push(text === null ? null : presentText(text));
        }
      } else if (read[r].type === 'empty') into.values.fill(Number.NaN, this.#rows, this.#rows + good.length);
      else {
        const items = numbers(first + r);
        for (let i = 0; i < good.length; i++) into.values[this.#rows + i] = items[good[i]];
      }
    }
    this.#rows += good.length;
    this.taken += vectors.rowCount;
  }

  finish(): RowChunk {
    const features = this.#columns.map(
      (column): ChunkColumn =>
        column.kind === 'categorical' ? column : { ...column, values: column.values.slice(0, this.#rows) },
    );
    const faults = [...this.#faults.values()];
    return {
      kind: 'rows',
      rows: this.#rows,
      passed: this.named ? [new Array(this.#rows).fill(this.table.name), ...this.#passed] : this.#passed,
      features,
      rejected: this.taken - this.#rows,
      ...(faults.length === 0 ? {} : { rejects: Buffer.concat(this.#rejects), faults }),
    };
  }

  /** The rows whose every cell fits, in their order; the judged cells of those are written, the other rows are rejected. */
  #fitting(vectors: Vectors, rowNumbers: Float64Array, first: number): number[] {
    const { read, columns, values } = this.table;
    const judged = this.#judged.map((r) => ({
      r,
      vector: vectors.getColumnVector(first + r),
      into: (this.#columns[r] as Extract<Column, { kind: 'numeric' }>).values,
    }));
    const good: number[] = [];
    for (let row = 0; row < vectors.rowCount; row++) {
      const misfit = judged.find(({ r, vector, into }) => {
        const value = cellValue(read[r].type, vector.getItem(row) as string | null, values);
        if (value !== undefined) into[this.#rows + good.length] = value;
        return value === undefined;
      });
      if (misfit === undefined) good.push(row);
      else {
        const { column, type } = read[misfit.r];
        const cells = vectors.getColumnVector(first + read.length).getItem(row) as ListCell;
        this.#reject(rowNumbers[row] + 1, columns[column].name, FAULT[type as keyof typeof FAULT], cells);
      }
    }
    return good;
  }

  #reject(line: number, column: string, reason: string, { items }: ListCell): void {
    const fields = items.map((cell) => csvCell((cell as string | null) || null));
    if (this.named) this.#rejects.push(Buffer.from(`${csvCell(this.table.name)},`));
    this.#rejects.push(...rejectLine(line, column, reason, Buffer.from(fields.join(','))));
    const key = JSON.stringify([column, reason]);
    this.#faults.set(key, { column, reason, rows: (this.#faults.get(key)?.rows ?? 0) + 1 });
  }
}

/** NaN when missing, undefined when the cell does not fit. */
function cellValue(type: CsvRead['type'], cell: string | null, values: ValueFormat): number | undefined {
  const text = cell === null ? null : presentText(cell);
  if (text === null) return Number.NaN;
  if (type === 'boolean') return truthOf(text);
  return type === 'time' ? timeOf(text) : numberOf(text, values);
}
