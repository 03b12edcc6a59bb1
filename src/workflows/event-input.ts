/**
 * An input of events as a stream: its bytes, from where an earlier run stopped, cut into records, a batch at a time. It
 * finds out how the input is written from the first bytes that come, and begins anew when the file is replaced or cut.
 */
import { resolve } from 'node:path';
import { EcommlError, inputRejected, usageError } from '../base/errors.js';
import { isSameFile, placeIn, type SourcePlace } from '../store/source-place.js';
import {
  type DetectedInput,
  type DetectOptions,
  describeInput,
  detectCsvText,
  SAMPLE_BYTES,
} from '../table/detect-input.js';
import { type Followed, followFile, followStream } from '../table/followed-bytes.js';
import { checkNotForeign, type InputFile, openFile, readBytes } from '../table/open-bytes.js';
import { isParquet } from '../table/parquet-file.js';
import { type CutRecord, RecordCutter } from '../table/record-cutter.js';

export interface EventInputOptions {
  /** A path, or "-" for the stream. */
  readonly input: string;
  readonly follow: boolean;
  readonly stdin: NodeJS.ReadableStream;
  readonly detect: DetectOptions;
  /** Where earlier runs stopped in their inputs. */
  readonly sources: readonly SourcePlace[];
  readonly signal: AbortSignal;
  readonly say: (text: string, level: 'info' | 'warning') => void;
}

export interface InputBatch {
  readonly input: DetectedInput;
  readonly records: readonly CutRecord[];
  /** The bytes of a record as they were in the input. */
  readonly original: (record: CutRecord) => Uint8Array;
  /** Behind these records; undefined of a stream, which cannot be entered in the middle. */
  readonly place: SourcePlace | undefined;
}

/** Records are handed on when the input makes wait, and at the latest when they come from so many bytes. */
const BATCH_BYTES = 4 * 2 ** 20;
/** What the first bytes may lack while more can come. */
const WANTS_MORE = new Set(['INPUT_EMPTY', 'INPUT_NO_RECORDS', 'INPUT_HEADER_ONLY', 'INPUT_ONE_COLUMN']);
const CUT_OFF = 'cut off: the file was cut or rewritten before the line ended';

/** Errors: those of `openFile` and `detectInput`; `INGEST_FORM` for what is no CSV of events. */
export async function* eventInput(options: EventInputOptions): AsyncGenerator<InputBatch> {
  const file = openSource(options);
  const reader = new InputReader(file, options);
  for await (const piece of bytesOf(file, reader.from, options)) {
    if (piece.kind === 'over') {
      options.say(
        piece.cut
          ? `${file.name} was cut or rewritten: it is read from its beginning.`
          : `${file.name} is a new file now.`,
        'info',
      );
      yield* reader.end(piece.cut);
    } else yield* reader.take(piece);
  }
  // A line that has not ended when the run is stopped belongs to the run after it.
  if (options.signal.aborted) yield* reader.flush();
  else yield* reader.end(false);
}

class InputReader {
  readonly #file: InputFile;
  readonly #options: EventInputOptions;
  readonly #name: string;
  #sample: Uint8Array[] = [];
  #sampleBytes = 0;
  #input: DetectedInput | undefined;
  #cutter: RecordCutter | undefined;
  #records: CutRecord[] = [];
  #bytes = 0;

  constructor(file: InputFile, options: EventInputOptions) {
    this.#file = file;
    this.#options = options;
    this.#name = resolve(file.path);
    const known = isStream(file) ? undefined : options.sources.find(({ name }) => name === this.#name);
    if (known === undefined) return;
    if (!isSameFile(file.path, known)) {
      options.say(`${file.name} is another file than the one read before: it is read from its beginning.`, 'info');
      return;
    }
    this.#input = { ...known.reading, kind: 'events', format: 'csv', file, notes: [] };
    this.#cutter = new RecordCutter(known.reading.dialect!, known.reading.columns.length, known);
    options.say(`${file.name}: going on at line ${known.line}.`, 'info');
  }

  /** Bytes of the input that were taken in by earlier runs. */
  get from(): number {
    return this.#cutter?.place.offset ?? 0;
  }

  *take(piece: Exclude<Followed, { kind: 'over' }>): Generator<InputBatch> {
    if (piece.kind === 'bytes') {
      this.#bytes += piece.bytes.length;
      if (this.#cutter === undefined) this.#addSample(piece.bytes);
      else this.#records.push(...this.#cutter.cut(piece.bytes, false));
    }
    if (this.#cutter === undefined && (piece.kind === 'idle' || this.#sampleBytes >= SAMPLE_BYTES)) this.#detect(false);
    if (piece.kind === 'idle' || this.#bytes >= BATCH_BYTES) yield* this.flush();
  }

  /** No more bytes of this file will come; `cut`: what waits of its last line is lost. */
  *end(cut: boolean): Generator<InputBatch> {
    if (this.#cutter === undefined && this.#sampleBytes > 0) this.#detect(true);
    const cutter = this.#cutter;
    if (cutter !== undefined) {
      const last = cut ? cutter.abandon(CUT_OFF) : undefined;
      this.#records.push(...(cut ? (last === undefined ? [] : [last]) : cutter.cut(new Uint8Array(0), true)));
      yield* this.flush();
    }
    this.#cutter = undefined;
    this.#input = undefined;
  }

  *flush(): Generator<InputBatch> {
    const cutter = this.#cutter;
    const input = this.#input;
    this.#bytes = 0;
    if (cutter === undefined || input === undefined || this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    const { columns, dialect, aliases, values } = input;
    const reading = { columns, values, ...(dialect && { dialect }), ...(aliases && { aliases }) };
    yield {
      input,
      records,
      original: (record) => cutter.original(record),
      place: isStream(this.#file) ? undefined : placeIn(this.#file, this.#name, cutter.place, reading),
    };
  }

  #addSample(bytes: Uint8Array): void {
    this.#sample.push(bytes);
    this.#sampleBytes += bytes.length;
  }

  #detect(whole: boolean): void {
    const { detect, follow, say } = this.#options;
    const sample = Buffer.concat(this.#sample);
    if (sample.length === 0) return;
    checkNotForeign(sample.subarray(0, 8), this.#file.name);
    let input: DetectedInput;
    try {
      input = detectCsvText(
        this.#file,
        sample.subarray(0, SAMPLE_BYTES),
        whole && sample.length <= SAMPLE_BYTES,
        detect,
      );
    } catch (error) {
      const early = !whole && sample.length < SAMPLE_BYTES;
      if (early && error instanceof EcommlError && WANTS_MORE.has(error.code)) return;
      throw error;
    }
    // A header alone does not tell how the rows are written.
    if (!whole && input.dialect!.lastRecord && sample.length < SAMPLE_BYTES) return;
    if (input.kind !== 'events')
      throw inputRejected(
        'INGEST_FORM',
        `${this.#file.name} holds no events, but ${describeInput(input)}.`,
        'An online store takes events: name their columns with --map or --preset.',
      );
    say(`${this.#file.name}: ${describeInput(input)}${follow ? ', followed' : ''}`, 'info');
    for (const note of input.notes) say(note, 'info');
    this.#input = input;
    this.#cutter = new RecordCutter(input.dialect!, input.columns.length);
    this.#sample = [];
    this.#sampleBytes = 0;
    this.#records.push(...this.#cutter.cut(sample, false));
  }
}

function isStream({ name }: InputFile): boolean {
  return name === 'stdin';
}

function openSource({ input, follow }: EventInputOptions): InputFile {
  if (input === '-') return { path: '-', name: 'stdin', bytes: 0, compression: 'none' };
  let file: InputFile;
  try {
    file = openFile(input);
  } catch (error) {
    // A log that was just begun.
    if (follow && error instanceof EcommlError && error.code === 'INPUT_EMPTY')
      return { path: input, name: input, bytes: 0, compression: 'none' };
    throw error;
  }
  if (isParquet(file))
    throw inputRejected(
      'INGEST_FORM',
      `${input} is a Parquet file.`,
      'An online store takes events as CSV, plain or compressed.',
    );
  if (follow && file.compression !== 'none')
    throw usageError(
      'INGEST_FOLLOW',
      `${input} is compressed: it cannot be followed as it grows.`,
      'Leave --follow out.',
    );
  return file;
}

async function* bytesOf(
  file: InputFile,
  from: number,
  { follow, stdin, signal }: EventInputOptions,
): AsyncGenerator<Followed> {
  if (isStream(file)) yield* followStream(stdin, signal);
  else if (file.compression === 'none') yield* followFile(file.path, { from, follow, signal });
  else {
    let skip = from;
    for await (const chunk of readBytes(file)) {
      if (signal.aborted) return;
      const bytes = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - bytes.length;
      if (bytes.length > 0) yield { kind: 'bytes', bytes };
    }
  }
}
