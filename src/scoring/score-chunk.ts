/** A chunk of rows from cells to encoded features: plain data in, plain data out. It reads no file and keeps nothing between chunks. */
import { type Encoder, encodeFrame } from '../features/encoder.js';
import { asCategorical } from '../features/table-target.js';
import type { FrameColumn } from '../table/frame.js';
import type { Matrix, MatrixColumn } from '../table/matrix.js';
import type { RejectedRows } from './rejected-rows.js';
import type { ResultColumn } from './results.js';

/** Cells as a query read them: what passes through as text, and the features; and the rows that its source rejected among them. */
export interface RowChunk extends Partial<RejectedRows> {
  readonly kind: 'rows';
  readonly rows: number;
  readonly passed: readonly (readonly (string | null)[])[];
  readonly features: readonly ChunkColumn[];
}

/** Rows that their source encoded itself: a column of values for each of the encoder's, and what passes through. */
export interface EncodedChunk {
  readonly kind: 'encoded';
  readonly rows: number;
  readonly passed: readonly ResultColumn[];
  /** As a Matrix holds them, over shared memory. */
  readonly columns: readonly Float64Array[];
}

export type ChunkColumn =
  | { readonly kind: 'numeric'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly name: string; readonly texts: readonly (string | null)[] };

/**
 * Rows ready to be scored: encoded features, and the columns that stand before the scores in the output, those that are
 * read for actions and reasons alone behind them.
 */
export interface EncodedRows {
  readonly rows: number;
  readonly passed: readonly ResultColumn[];
  readonly matrix: Matrix;
  /** The texts of categorical features, where they were at hand. */
  readonly texts?: ReadonlyMap<string, readonly (string | null)[]>;
}

/** What a source rejected among the rows of a chunk. */
export function rejectsOf(chunk: RowChunk | EncodedChunk): RejectedRows {
  if (chunk.kind === 'encoded') return { rejected: 0 };
  const { rejected = 0, rejects, faults } = chunk;
  return { rejected, ...(rejects === undefined ? {} : { rejects }), ...(faults === undefined ? {} : { faults }) };
}

/** An encoded chunk with the names and categories of its columns. */
export function encodedRows({ rows, passed, columns }: EncodedChunk, encoder: Encoder): EncodedRows {
  const named = encoder.columns.map((column, c): MatrixColumn => ({ ...column, values: columns[c] }));
  return { rows, passed: passed.map(withBuffer), matrix: { rows, columns: named } };
}

/** A message between threads makes plain bytes of a buffer. */
function withBuffer(column: ResultColumn): ResultColumn {
  if (column.kind !== 'utf8') return column;
  const { buffer, byteOffset, length } = column.bytes;
  return { ...column, bytes: Buffer.from(buffer, byteOffset, length) };
}

/** Rows of a query encoded as in training. `passedNames`: the names of what passes through. */
export function encodeRows(chunk: RowChunk, passedNames: readonly string[], encoder: Encoder): EncodedRows {
  const kindOf = new Map(encoder.columns.map(({ name, kind }) => [name, kind]));
  const columns = chunk.features.map((column) => frameColumn(column, kindOf.get(column.name) === 'categorical'));
  const texts = chunk.features.flatMap((column) =>
    column.kind === 'categorical' ? [[column.name, column.texts] as const] : [],
  );
  return {
    rows: chunk.rows,
    passed: chunk.passed.map((texts, c) => ({ kind: 'text', name: passedNames[c], texts })),
    matrix: encodeFrame({ rows: chunk.rows, columns }, encoder),
    texts: new Map(texts),
  };
}

/** A column of numbers that the model takes as categories becomes text here, as it did in training. */
function frameColumn(column: ChunkColumn, categorical: boolean): FrameColumn {
  if (column.kind === 'numeric') return categorical ? asCategorical(column) : column;
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(column.texts.length);
  column.texts.forEach((text, row) => {
    let code = -1;
    if (text !== null) {
      code = codeOf.get(text) ?? codeOf.size;
      if (code === codeOf.size) codeOf.set(text, code);
    }
    codes[row] = code;
  });
  return { kind: 'categorical', name: column.name, codes, categories: [...codeOf.keys()] };
}
