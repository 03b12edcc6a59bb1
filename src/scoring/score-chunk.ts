/** One chunk of rows from cells to CSV lines: plain data in, text out. It reads no file and keeps nothing between chunks. */
import { asCategorical } from '../features/table-target.js';
import type { Family } from '../forest/forest.js';
import type { FrameColumn } from '../table/frame.js';
import { csvCell } from './csv-cell.js';
import type { ModelScorer } from './scoring-model.js';

/** Cells as they were read: what passes through as text, and the features. */
export interface RowChunk {
  readonly rows: number;
  readonly passed: readonly (readonly (string | null)[])[];
  readonly features: readonly ChunkColumn[];
}

export type ChunkColumn =
  | { readonly kind: 'numeric'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly name: string; readonly texts: readonly (string | null)[] };

export interface ScoredChunk {
  readonly rows: number;
  /** CSV lines, each ended by \n. */
  readonly text: string;
}

/** The columns that scoring adds, in their order. A family's column is its name with `_` for `-`. */
export function scoreColumns(families: readonly Family[]): string[] {
  return ['purchase_probability', 'confidence', ...families.map((family) => family.replaceAll('-', '_'))];
}

/** Numbers are written in their shortest form that reads back to the same double. */
export function scoreChunk(scorer: ModelScorer, families: readonly Family[], chunk: RowChunk): ScoredChunk {
  const scores = scorer.scoreFrame({
    rows: chunk.rows,
    columns: chunk.features.map((column) => frameColumn(column, scorer)),
  });
  const numbers = [scores.probability, scores.confidence, ...families.map((family) => scores.members[family])];
  const lines: string[] = new Array(chunk.rows);
  for (let row = 0; row < chunk.rows; row++) {
    let line = '';
    for (const column of chunk.passed) line += `${csvCell(column[row])},`;
    line += numbers[0][row];
    for (let i = 1; i < numbers.length; i++) line += `,${numbers[i][row]}`;
    lines[row] = line;
  }
  return { rows: chunk.rows, text: chunk.rows === 0 ? '' : `${lines.join('\n')}\n` };
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
