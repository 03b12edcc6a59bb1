/**
 * Reads chunks of whole CSV records into columns of doubles, straight from bytes: a kernel reads plain records, and any
 * other record (quotes in quotes, odd spellings, broken structure) is read here by the rules of RecordScanner and
 * cell-values.ts, which alone decide what is rejected. It opens no file.
 */
import { isUtf8 } from 'node:buffer';
import { EcommlError } from '../base/errors.js';
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import { MISSING_WORDS, numberOf, presentText, timeOf, truthOf } from './cell-values.js';
import { type KeyTable, placeKeys } from './csv-key-table.js';
import { type CsvFault, type CsvLayout, type CsvRead, FAULT } from './csv-layout.js';
import { placeDecimalTables } from './decimal-tables.js';
import { UNSEEN_CATEGORY } from './matrix.js';
import { RecordScanner, splitRecord } from './record-scanner.js';
import { HEADER_AGAIN, isHeaderAgain } from './spool-csv.js';
import type { ValueFormat } from './value-format.js';

/** Kinds of bytes and columns, and the job's words, as kernels/assembly/csv-cells.ts has them. */
const BYTE = { ordinary: 0, delimiter: 1, lineFeed: 2, return: 3, high: 4, refused: 5 } as const;
const KIND = { empty: 0, numeric: 1, boolean: 2, categorical: 3, time: 4 } as const;
const SPANS = 8;
const NO_QUOTE = 256;
const SPEC_WORDS = 6;
const JOB_WORDS = 11;

export interface ChunkToRead {
  /** Bytes of the records, and of what they are read with behind them (CutChunk.extent). */
  readonly bytes: number;
  readonly extent: number;
  readonly final: boolean;
  /** Of the first record. */
  readonly record: number;
  readonly line: number;
  readonly records: number;
}

/** Views that hold until the next chunk is read. */
export interface CsvRows {
  readonly rows: number;
  /** The record number of each row. */
  readonly records: Float64Array;
  /** One column for each of the layout's `read`, in its order. */
  readonly values: readonly Float64Array[];
  /** Text that the spans of kept columns point into. */
  readonly text: Buffer;
  /** One for each of the layout's `kept`: row r is bytes [starts[r], ends[r]), unquoted. */
  readonly kept: readonly { readonly starts: Uint32Array; readonly ends: Uint32Array }[];
  readonly faults: readonly CsvFault[];
}

interface Reading extends CsvRead {
  readonly name: string;
  readonly codeOf: ReadonlyMap<string, number> | undefined;
  /** Codes of numbers that are categories. */
  readonly codeOfNumber: ReadonlyMap<number, number> | undefined;
  readonly table: KeyTable | undefined;
}

export class CsvTableReader {
  readonly #layout: CsvLayout;
  readonly #readings: readonly Reading[];
  /** The same in the order of the file, which is the order in which faults are looked for. */
  readonly #inOrder: readonly number[];
  readonly #scanner: RecordScanner;
  readonly #job: number;
  readonly #specs: number;
  readonly #mark: number;
  #textCapacity = 0;
  #rowCapacity = 0;
  #text = 0;
  #values: number[] = [];
  #starts: number[] = [];
  #ends: number[] = [];

  /** `memory` is the reader's alone. */
  constructor(
    layout: CsvLayout,
    private readonly memory: KernelMemory,
    private readonly kernels: Kernels,
  ) {
    const { dialect, columns, read } = layout;
    this.#layout = layout;
    this.#scanner = new RecordScanner(dialect, columns.length);
    this.#readings = read.map((one) => reading(one, columns[one.column].name, memory));
    this.#inOrder = read.map((_, r) => r).sort((a, b) => read[a].column - read[b].column);
    this.#job = memory.alloc(JOB_WORDS * 4);
    this.#specs = memory.alloc(columns.length * SPEC_WORDS * 4);
    const missing = placeKeys(new Map(MISSING_WORDS.map((word) => [word, Number.NaN])), memory);
    memory
      .u32(this.#job, JOB_WORDS)
      .set([
        0,
        columns.length,
        this.#specs,
        placeKinds(layout, memory),
        dialect.quote === '' ? NO_QUOTE : dialect.quote.charCodeAt(0),
        0,
        missing.address,
        missing.mask,
        placeDecimalTables(memory),
      ]);
    this.#mark = memory.mark();
  }

  /** Where to put the chunk's bytes [0, extent) before `read`. */
  place({ extent, records }: Pick<ChunkToRead, 'extent' | 'records'>): Uint8Array {
    if (extent > this.#textCapacity || records > this.#rowCapacity) this.#grow(extent, records);
    return this.memory.u8(this.#text, extent);
  }

  read(chunk: ChunkToRead): CsvRows {
    const { memory, kernels } = this;
    const scanner = this.#scanner;
    const text = Buffer.from(memory.memory.buffer, this.#text, 2 * this.#textCapacity);
    const given = memory.u8(this.#text, chunk.extent);
    const job = memory.u32(this.#job, JOB_WORDS);
    const records = new Float64Array(chunk.records);
    const faults: CsvFault[] = [];
    job[5] = isUtf8(given.subarray(0, chunk.bytes)) ? 1 : 0;
    const plain = this.#isPlain(text.subarray(0, chunk.bytes));
    let { record, line } = chunk;
    let rows = 0;
    let at = 0;
    let spare = chunk.extent;
    while (at < chunk.bytes) {
      if (plain) {
        const before = rows;
        rows = kernels.readCsvCells(this.#job, at, chunk.bytes, rows, chunk.records - faults.length);
        for (let row = before; row < rows; row++) records[row] = record++;
        line += rows - before + job[10];
        at = job[9];
        if (at >= chunk.bytes) break;
      }
      scanner.nextLine = line;
      const found = scanner.scan(given, at, chunk.final);
      at = scanner.next;
      line = scanner.nextLine;
      if (!found || scanner.start >= chunk.bytes) break;
      const fault = this.#readRecord(given, rows);
      if (fault !== undefined)
        faults.push({ ...fault, record, line: scanner.line, start: scanner.start, end: scanner.end });
      else if (rows + faults.length < chunk.records) {
        spare = this.#keepTexts(given, text, spare, rows);
        records[rows++] = record;
      }
      record++;
    }
    if (record - chunk.record !== chunk.records) throw recordsLost(chunk, record - chunk.record);
    this.#numbersToCodes(rows);
    return {
      rows,
      records: records.subarray(0, rows),
      values: this.#values.map((address) => memory.f64(address, rows)),
      text,
      kept: this.#layout.kept.map((_, k) => ({
        starts: memory.u32(this.#starts[k], rows),
        ends: memory.u32(this.#ends[k], rows),
      })),
      faults,
    };
  }

  /** Whether the kernel may look at the chunk at all: the usual syntax, and nowhere the header once more. */
  #isPlain(text: Buffer): boolean {
    const { newline, spaced, headerText } = this.#layout.dialect;
    if (newline === 'cr' || spaced === true || !this.#scanner.usual) return false;
    return headerText === undefined || !text.includes(headerText);
  }

  /** A record of any form: its numbers into `row`, or what is wrong with it. */
  #readRecord(given: Uint8Array, row: number): Pick<CsvFault, 'column' | 'reason'> | undefined {
    const { start, end, problem, problemField } = this.#scanner;
    const { columns, dialect, values } = this.#layout;
    if (problem !== undefined) return { column: columns[problemField]?.fileName ?? '', reason: problem };
    if (isHeaderAgain(given, this.#scanner, dialect)) return { column: '', reason: HEADER_AGAIN };
    const fields = splitRecord(given, start, end, dialect);
    for (const r of this.#inOrder) {
      const one = this.#readings[r];
      const value = cellValue(one, fields[one.column], values);
      if (value === undefined) return { column: one.name, reason: FAULT[one.type as keyof typeof FAULT] };
      this.memory.f64(this.#values[r] + row * 8, 1)[0] = value;
    }
    return undefined;
  }

  /** The kept cells of the record that was just read, unquoted, behind the chunk's text; where the next may go. */
  #keepTexts(given: Uint8Array, text: Buffer, spare: number, row: number): number {
    const { kept, dialect } = this.#layout;
    if (kept.length === 0) return spare;
    const fields = splitRecord(given, this.#scanner.start, this.#scanner.end, dialect);
    let at = spare;
    for (const [k, column] of kept.entries()) {
      const length = text.write(fields[column], at);
      this.memory.u32(this.#starts[k] + row * 4, 1)[0] = at;
      at += length;
      this.memory.u32(this.#ends[k] + row * 4, 1)[0] = at;
    }
    return at;
  }

  #numbersToCodes(rows: number): void {
    for (const [r, { codeOfNumber }] of this.#readings.entries()) {
      if (codeOfNumber === undefined) continue;
      const values = this.memory.f64(this.#values[r], rows);
      for (let row = 0; row < rows; row++) {
        const value = values[row];
        if (!Number.isNaN(value)) values[row] = codeOfNumber.get(value) ?? UNSEEN_CATEGORY;
      }
    }
  }

  /** Where 1.234 may be a thousand and more, numbers are read in TypeScript, as times are. */
  #kindOf(type: CsvRead['type']): number {
    return type === 'numeric' && this.#layout.values.decimal === ',' ? KIND.time : KIND[type];
  }

  #grow(extent: number, records: number): void {
    const { memory } = this;
    const { columns, kept } = this.#layout;
    memory.release(this.#mark);
    this.#textCapacity = Math.max(this.#textCapacity, Math.ceil(extent * 1.25));
    this.#rowCapacity = Math.max(this.#rowCapacity, Math.ceil(records * 1.25) + 16);
    const rows = this.#rowCapacity;
    this.#text = memory.alloc(2 * this.#textCapacity);
    this.#values = this.#readings.map(() => memory.alloc(rows * 8));
    this.#starts = kept.map(() => memory.alloc(rows * 4));
    this.#ends = kept.map(() => memory.alloc(rows * 4));
    memory.u32(this.#job, 1)[0] = this.#text;
    const specs = memory.u32(this.#specs, columns.length * SPEC_WORDS).fill(0);
    for (const [r, { column, type, table }] of this.#readings.entries()) {
      const categories = table ?? { address: 0, mask: 0 };
      specs.set([this.#kindOf(type), this.#values[r], categories.address, categories.mask], column * SPEC_WORDS);
      if (type === 'empty') memory.f64(this.#values[r], rows).fill(Number.NaN);
    }
    for (const [k, column] of kept.entries()) {
      specs[column * SPEC_WORDS] |= SPANS;
      specs.set([this.#starts[k], this.#ends[k]], column * SPEC_WORDS + 4);
    }
  }
}

/** NaN when missing, undefined when the cell does not fit. */
function cellValue({ type, codeOf }: Reading, cell: string, values: ValueFormat): number | undefined {
  const text = type === 'empty' ? null : presentText(cell);
  if (text === null) return Number.NaN;
  if (type === 'numeric') return numberOf(text, values);
  if (type === 'boolean') return truthOf(text);
  return type === 'time' ? timeOf(text) : (codeOf?.get(text) ?? UNSEEN_CATEGORY);
}

function reading(one: CsvRead, name: string, memory: KernelMemory): Reading {
  const { type, categories } = one;
  const codeOf = categories && new Map(categories.map((category, code) => [category, code]));
  const isText = type === 'categorical';
  const known = isText && codeOf !== undefined;
  return {
    ...one,
    name,
    codeOf: isText ? codeOf : undefined,
    codeOfNumber: isText || codeOf === undefined ? undefined : numberCodes(codeOf),
    table: known ? placeKeys(withMissing(codeOf), memory) : undefined,
  };
}

/** Only spellings that JavaScript itself gives a number can meet one. */
function numberCodes(codeOf: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
  return new Map(
    [...codeOf].filter(([text]) => String(Number(text)) === text).map(([text, code]) => [Number(text), code]),
  );
}

function withMissing(codeOf: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...codeOf, ...MISSING_WORDS.map((word): [string, number] => [word, Number.NaN])]);
}

function placeKinds({ dialect }: CsvLayout, memory: KernelMemory): number {
  const address = memory.alloc(256);
  const kinds = memory.u8(address, 256);
  for (let byte = 0; byte < 256; byte++)
    kinds[byte] =
      byte >= 0x80 ? BYTE.high : byte === 0x7f || (byte < 0x20 && byte !== 9) ? BYTE.refused : BYTE.ordinary;
  kinds[10] = BYTE.lineFeed;
  kinds[13] = BYTE.return;
  kinds[dialect.delimiter.charCodeAt(0)] = BYTE.delimiter;
  return address;
}

function recordsLost({ record, records }: ChunkToRead, found: number): EcommlError {
  return new EcommlError(
    'ROWS_LOST',
    `From record ${record} on, ${records} records were counted, but ${found} were read.`,
    { hint: 'Did the file change meanwhile? If not, this is a defect of ecomml: please report it.' },
  );
}
