/** A scoring thread's side of CSV tables: reads a chunk's bytes, parses them, and gives rows ready to be scored, and rejects. */
import { openSync, readSync } from 'node:fs';
import { loadKernels } from '../kernels/loader.js';
import { KernelMemory } from '../kernels/memory.js';
import { csvCell } from '../table/csv-cell.js';
import type { CsvFault } from '../table/csv-layout.js';
import { CsvTableReader } from '../table/csv-table-reader.js';
import type { MatrixColumn } from '../table/matrix.js';
import { rejectLine } from '../table/reject-line.js';
import { type Transcoder, transcoder } from '../table/text-encoding.js';
import type { CsvChunk, CsvInput } from './csv-chunk.js';
import { inputChanged } from './csv-source.js';
import type { RejectedFault } from './rejected-rows.js';
import type { ResultColumn } from './results.js';
import type { EncodedRows } from './score-chunk.js';
import type { ScoredChunk, ScoringJob } from './scoring-job.js';

export interface CsvRowsRead extends Pick<ScoredChunk, 'rejected' | 'rejects' | 'faults'> {
  readonly rows: EncodedRows;
}

interface OpenInput {
  readonly input: CsvInput;
  readonly reader: CsvTableReader;
  readonly codec: Transcoder;
  descriptor: number | undefined;
}

export class CsvRowReader {
  readonly #inputs: (OpenInput | undefined)[];

  /** `passed`: names of the columns before the scores; source_file and source_row are made here. */
  constructor(
    private readonly inputs: readonly CsvInput[],
    private readonly passed: readonly string[],
    private readonly job: Pick<ScoringJob, 'encoder'>,
  ) {
    this.#inputs = inputs.map(() => undefined);
  }

  read(chunk: CsvChunk): CsvRowsRead {
    const open = this.#open(chunk.input);
    const { input, reader } = open;
    const bytes = chunk.end - chunk.start;
    const asked = { ...chunk, bytes, extent: chunk.extent - chunk.start };
    const place = reader.place(asked);
    if (chunk.bytes === undefined) readRange(open, chunk.start, place);
    else place.set(chunk.bytes);
    const read = reader.read(asked);
    const { rows, values, kept, text } = read;
    const columns = this.job.encoder.columns.map((column, c): MatrixColumn => ({ ...column, values: values[c] }));
    let next = 0;
    const passed = this.passed.map((name): ResultColumn => {
      if (name === SOURCE_ROW) return { kind: 'integer', name, values: read.records };
      if (name === SOURCE_FILE) return { kind: 'text', name, texts: new Array(rows).fill(input.name) };
      return { kind: 'utf8', name, bytes: text, ...kept[next++] };
    });
    return { rows: { rows, passed, matrix: { rows, columns } }, ...this.#rejects(open, read.faults, text) };
  }

  #open(index: number): OpenInput {
    const known = this.#inputs[index];
    if (known !== undefined) return known;
    const input = this.inputs[index];
    const memory = new KernelMemory();
    const reader = new CsvTableReader(input.layout, memory, loadKernels(memory.memory));
    const open = { input, reader, codec: transcoder(input.layout.dialect.encoding), descriptor: undefined };
    this.#inputs[index] = open;
    return open;
  }

  #rejects(open: OpenInput, faults: readonly CsvFault[], text: Buffer): Omit<CsvRowsRead, 'rows'> {
    if (faults.length === 0) return { rejected: 0 };
    const counts = new Map<string, RejectedFault>();
    const parts: Uint8Array[] = [];
    for (const { line, column, reason, start, end } of faults) {
      const original = open.codec.original(text.subarray(start, end));
      if (this.inputs.length > 1) parts.push(Buffer.from(`${csvCell(open.input.name)},`));
      parts.push(...rejectLine(line, column, reason, original));
      const key = JSON.stringify([column, reason]);
      counts.set(key, { column, reason, rows: (counts.get(key)?.rows ?? 0) + 1 });
    }
    return { rejected: faults.length, rejects: Buffer.concat(parts), faults: [...counts.values()] };
  }
}

export const SOURCE_ROW = 'source_row';
/** Only with several inputs. */
export const SOURCE_FILE = 'source_file';

function readRange(open: OpenInput, start: number, into: Uint8Array): void {
  open.descriptor ??= openSync(open.input.path, 'r');
  for (let at = 0; at < into.length; ) {
    const read = readSync(open.descriptor, into, at, into.length - at, start + at);
    if (read === 0) throw inputChanged(open.input.name);
    at += read;
  }
}
