/** One chunk of rows from cells to columns of results: plain data in, plain data out. It reads no file and keeps nothing between chunks. */
import { encodeFrame } from '../features/encoder.js';
import { asCategorical } from '../features/table-target.js';
import type { Family } from '../forest/forest.js';
import type { FrameColumn } from '../table/frame.js';
import type { Matrix } from '../table/matrix.js';
import type { ResultColumn, ResultField, Results } from './results.js';
import type { ModelScorer, ScoringModel } from './scoring-model.js';

/** Cells as a query read them: what passes through as text, and the features. */
export interface RowChunk {
  readonly kind: 'rows';
  readonly rows: number;
  readonly passed: readonly (readonly (string | null)[])[];
  readonly features: readonly ChunkColumn[];
}

export type ChunkColumn =
  | { readonly kind: 'numeric'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly name: string; readonly texts: readonly (string | null)[] };

/** Rows ready to be scored: encoded features, and the columns that stand before the scores in the output. */
export interface EncodedRows {
  readonly rows: number;
  readonly passed: readonly ResultColumn[];
  readonly matrix: Matrix;
}

/**
 * The columns that scoring adds, in their order: what reasons, ranks or actions add goes here and into `scoreRows`, side by
 * side, with what they need in the ScoringJob. A family's column is its name with `_` for `-`.
 */
export function scoreFields(families: readonly Family[]): ResultField[] {
  const names = ['purchase_probability', 'confidence', ...families.map((family) => family.replaceAll('-', '_'))];
  return names.map((name) => ({ name, type: 'number' }));
}

/** The chunk's rows with the model's columns behind what passes through. */
export function scoreRows(scorer: ModelScorer, families: readonly Family[], rows: EncodedRows): Results {
  const scores = scorer.scoreMatrix(rows.matrix);
  const values = [scores.probability, scores.confidence, ...families.map((family) => scores.members[family])];
  const added = scoreFields(families).map(({ name }, c): ResultColumn => ({ kind: 'number', name, values: values[c] }));
  return { rows: rows.rows, columns: [...rows.passed, ...added] };
}

/** Rows of a query encoded as in training. `passedNames`: the names of what passes through. */
export function encodeRows(
  chunk: RowChunk,
  passedNames: readonly string[],
  { encoder }: ScoringModel,
  scorer: ModelScorer,
): EncodedRows {
  const columns = chunk.features.map((column) => frameColumn(column, scorer));
  return {
    rows: chunk.rows,
    passed: chunk.passed.map((texts, c) => ({ kind: 'text', name: passedNames[c], texts })),
    matrix: encodeFrame({ rows: chunk.rows, columns }, encoder),
  };
}

/** A column of numbers that the model takes as categories becomes text here, as it did in training. */
function frameColumn(column: ChunkColumn, scorer: ModelScorer): FrameColumn {
  if (column.kind === 'numeric') return scorer.isCategorical(column.name) ? asCategorical(column) : column;
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
