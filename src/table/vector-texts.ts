/**
 * The texts of a VARCHAR vector of DuckDB as UTF-8, all at once. A string of JavaScript for each, by way of a buffer of its
 * own as the driver makes it, costs ten times as much and keeps the garbage collector busy.
 *
 * The driver's layout (DuckDB's string_t): 16 bytes a text, u32 its length, then the text itself where it has at most 12
 * bytes, else 4 bytes of it and a pointer to the whole.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';

/** Cell r is bytes [starts[r], ends[r]); of NULL both are 0, and of no text. */
export interface Utf8Cells {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Whether a cell is an empty text, not NULL. */
  readonly emptyTexts: boolean;
}

const ENTRY_BYTES = 16;
const INLINE_BYTES = 12;
/**
 * Texts no further apart than this are read as one stretch. Less than a page of memory: what lies between two texts is then
 * on their own pages, and can be read.
 */
const NEAR = 1024;

/** Texts that lie near each other: one stretch of memory. */
interface Run {
  low: number;
  high: number;
  /** Entry whose pointer is `low`. */
  first: number;
  /** Where the stretch begins among the bytes. */
  at: number;
}

/** The texts of a chunk's column of VARCHAR; a copy, which outlives the chunk. */
export function vectorTexts({ chunk, rowCount }: DuckDBDataChunk, column: number): Utf8Cells {
  const vector = bindings.data_chunk_get_vector(chunk, column);
  const entries = bindings.vector_get_data(vector, rowCount * ENTRY_BYTES);
  const validity = bindings.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8) as Uint8Array | null;
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const starts = new Uint32Array(rowCount);
  const ends = new Uint32Array(rowCount);
  const pointers = new Float64Array(rowCount);
  const runOf = new Uint16Array(rowCount);
  const runs: Run[] = [];
  let emptyTexts = false;
  for (let row = 0; row < rowCount; row++) {
    if (validity !== null && ((validity[row >> 3] >> (row & 7)) & 1) === 0) continue;
    const entry = row * ENTRY_BYTES;
    const length = view.getUint32(entry, true);
    ends[row] = length;
    if (length === 0) emptyTexts = true;
    if (length <= INLINE_BYTES) starts[row] = entry + 4;
    else {
      pointers[row] = view.getUint32(entry + 8, true) + view.getUint32(entry + 12, true) * 2 ** 32;
      runOf[row] = placeInRun(runs, pointers[row], length, row);
    }
  }
  let size = entries.length;
  for (const run of runs) {
    run.at = size;
    size += run.high - run.low;
  }
  const bytes = new Uint8Array(size);
  bytes.set(entries);
  for (const { low, high, first, at } of runs) {
    const offset = entries.byteOffset + first * ENTRY_BYTES + 8;
    bytes.set(bindings.get_data_from_pointer(entries.buffer as ArrayBuffer, offset, high - low), at);
  }
  for (let row = 0; row < rowCount; row++) {
    const run = runs[runOf[row]];
    if (pointers[row] > 0) starts[row] = run.at + (pointers[row] - run.low);
    ends[row] += starts[row];
  }
  return { bytes, starts, ends, emptyTexts };
}

/** The last run grows at either end, or another begins. */
function placeInRun(runs: Run[], pointer: number, length: number, row: number): number {
  const last = runs.at(-1);
  const end = pointer + length;
  if (last === undefined || pointer >= last.high + NEAR || end + NEAR <= last.low)
    return runs.push({ low: pointer, high: end, first: row, at: 0 }) - 1;
  if (pointer < last.low) {
    last.low = pointer;
    last.first = row;
  }
  if (end > last.high) last.high = end;
  return runs.length - 1;
}
