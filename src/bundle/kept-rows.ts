/**
 * Rows that a bundle keeps so that answers can be explained long after training: a background of training rows (what is
 * normal) and rows of the test (what no training saw), each a bounded random sample. Cells are kept encoded; a category's code
 * and the bundle's encoder give back the text the user knows. A bundle without the file was written by an older ecomml.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EcommlError } from '../base/errors.js';
import { Random } from '../base/random.js';
import type { Encoder } from '../features/encoder.js';
import { type Matrix, takeRows } from '../table/matrix.js';
import { sampleRowsJson, sampleRowsMatrix } from './sample-rows.js';

export const KEPT_ROWS = 'kept-rows.json.gz';
const KEPT_ROWS_FORMAT = 1;

export const BACKGROUND_ROWS = 1000;
export const KEPT_TEST_ROWS = 4000;
/** Cells of both parts at most: wide tables keep fewer rows. */
const KEPT_CELLS = 2 ** 20;

export interface KeptPart {
  readonly matrix: Matrix;
  /** Rows it was drawn from. */
  readonly of: number;
  /** 0 or 1 a row. */
  readonly label: Float64Array;
  /** Rows of one session share a number; absent: every row stands alone. */
  readonly unit?: Int32Array;
}

export interface KeptRows {
  readonly background: KeptPart;
  readonly test: KeptPart;
}

/** A seeded sample without repetition, ascending; `stream` tells samples of one seed apart. */
export function drawRows(rows: number, wanted: number, seed: number, stream: number): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= wanted) return all;
  const random = new Random(seed, stream);
  // The first `wanted` places of a Fisher–Yates shuffle from the front.
  for (let i = 0; i < wanted; i++) {
    const j = i + random.below(rows - i);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, wanted).sort();
}

/** The sample of one part; `columns` is the width of the table. */
export function keepPart(part: Omit<KeptPart, 'of'>, name: 'background' | 'test', seed: number): KeptPart {
  const { matrix, label, unit } = part;
  const share = name === 'background' ? 1 / 5 : 4 / 5;
  const fits = Math.max(100, Math.floor((KEPT_CELLS * share) / Math.max(1, matrix.columns.length)));
  const most = name === 'background' ? BACKGROUND_ROWS : KEPT_TEST_ROWS;
  const rows = drawRows(matrix.rows, Math.min(most, fits), seed, name === 'background' ? 0x62676e64 : 0x74657374);
  return {
    matrix: takeRows(matrix, rows),
    of: matrix.rows,
    label: Float64Array.from(rows, (row) => label[row]),
    ...(unit === undefined ? {} : { unit: Int32Array.from(rows, (row) => unit[row]) }),
  };
}

export function writeKeptRows(folder: string, kept: KeptRows): void {
  const plain = (part: KeptPart) =>
    `{"of":${part.of},"label":${JSON.stringify([...part.label])},"unit":${JSON.stringify(
      part.unit === undefined ? null : renumbered(part.unit),
    )},"cells":${sampleRowsJson(part.matrix).trim()}}`;
  const json = `{"format":${KEPT_ROWS_FORMAT},"background":${plain(kept.background)},"test":${plain(kept.test)}}\n`;
  const bytes = gzipSync(json, { level: 9 });
  // The header's operating system byte is the machine's own: written as "unknown", the same everywhere.
  bytes[9] = 255;
  writeFileSync(join(folder, KEPT_ROWS), bytes);
}

/** Numbers by first appearance: session codes of the whole table mean nothing in a sample. */
function renumbered(unit: Int32Array): number[] {
  const numbers = new Map<number, number>();
  return Array.from(unit, (code) => {
    const known = numbers.get(code) ?? numbers.size;
    numbers.set(code, known);
    return known;
  });
}

interface PlainPart {
  readonly of: number;
  readonly label: number[];
  readonly unit: number[] | null;
  readonly cells: unknown;
}

/** `file`: the bundle's own path of it. Throws `DAMAGED_BUNDLE`, `NEWER_BUNDLE`. */
export function readKeptRows(file: string, encoder: Encoder): KeptRows {
  let plain: { format?: number; background: PlainPart; test: PlainPart };
  try {
    plain = JSON.parse(gunzipSync(readFileSync(file)).toString());
  } catch (cause) {
    throw new EcommlError('DAMAGED_BUNDLE', `${file} is cut short or no gzipped JSON.`, { cause });
  }
  if (plain.format !== KEPT_ROWS_FORMAT)
    throw new EcommlError('NEWER_BUNDLE', `${file} has format ${plain.format}; this ecomml reads format 1.`, {
      hint: 'Update ecomml, or train the bundle again with this version.',
    });
  const part = ({ of, label, unit, cells }: PlainPart): KeptPart => ({
    matrix: sampleRowsMatrix(cells, encoder.columns),
    of,
    label: Float64Array.from(label),
    ...(unit === null ? {} : { unit: Int32Array.from(unit) }),
  });
  return { background: part(plain.background), test: part(plain.test) };
}
