/**
 * CSV tables as a chunk source. Plain files in UTF-8 are only looked through for the borders of records: the threads read
 * their own ranges. What is compressed, piped or in another encoding is read here once and handed out in pieces. It parses
 * no cell.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EcommlError } from '../base/errors.js';
import { loadKernels } from '../kernels/loader.js';
import { KernelMemory } from '../kernels/memory.js';
import { CsvCutter } from '../table/csv-cutter.js';
import type { CsvLayout } from '../table/csv-layout.js';
import { type InputFile, readBytes } from '../table/open-bytes.js';
import { transcoder } from '../table/text-encoding.js';
import type { ChunkSource, SourcePosition } from './chunk-source.js';

/** Bytes of a chunk: some thousand rows, some milliseconds of work. */
export const CHUNK_BYTES = 2 ** 20;
/** Read at once while looking for borders. */
const BLOCK_BYTES = 2 ** 20;

export interface CsvSourceInput {
  readonly file: InputFile;
  readonly layout: CsvLayout;
  /** The decompressed bytes of an input that can be read only once (stdin); absent: they are read from the file. */
  readonly piped?: AsyncIterable<Uint8Array>;
  /** The part of the text that is scored: records that start in [from, to), offsets in the text. */
  readonly from: number;
  readonly to: number;
}

/** Where the source stands: input, offset in its text, and what to number the next record and line. */
interface CsvPosition {
  readonly input: number;
  readonly offset: number;
  readonly record: number;
  readonly line: number;
  readonly passingOver: number;
  /** Records handed out, over all inputs. */
  readonly rows: number;
}

/** Whether threads can read ranges of the file themselves. */
export function isRangeReadable({ file, layout, piped }: Pick<CsvSourceInput, 'file' | 'layout' | 'piped'>): boolean {
  return piped === undefined && file.compression === 'none' && layout.dialect.encoding === 'utf-8';
}

export function csvSource(inputs: readonly CsvSourceInput[], chunkBytes = CHUNK_BYTES): ChunkSource {
  const known = inputs.every(({ piped }) => piped === undefined);
  const before = inputs.map((_, i) => inputs.slice(0, i).reduce((sum, { file }) => sum + file.bytes, 0));
  let rows = 0;
  let feed: Feed | undefined;
  return {
    unit: 'bytes',
    ...(known ? { total: before[inputs.length - 1] + inputs[inputs.length - 1].file.bytes } : {}),
    chunks: async function* (after?: SourcePosition) {
      const resumed = after as CsvPosition | undefined;
      rows = resumed?.rows ?? 0;
      const memory = new KernelMemory();
      const kernels = loadKernels(memory.memory);
      const mark = memory.mark();
      for (let i = resumed?.input ?? 0; i < inputs.length; i++) {
        const input = inputs[i];
        memory.release(mark);
        const cutter = new CsvCutter(input.layout.dialect, input.layout.columns.length, memory, kernels);
        const start = resumed?.input === i ? resumed : undefined;
        const ranged = isRangeReadable(input);
        let read = 0;
        feed = ranged
          ? blocksInto(cutter, input, start?.offset)
          : textInto(cutter, input, start?.offset, (bytes) => {
              read = bytes;
            });
        for await (const chunk of cutChunks(cutter, feed, input, start, chunkBytes)) {
          rows += chunk.records;
          const { position: offset, line } = cutter;
          const passingOver = Number(cutter.passingOver);
          const position = { input: i, offset, record: cutter.records + 1, line, passingOver, rows };
          const whole = { ...chunk, kind: 'csv', input: i } as const;
          const done = before[i] + (ranged ? offset : read);
          if (ranged) yield { chunk: whole, position, done };
          else {
            const bytes = cutter.bytes(chunk);
            yield { chunk: { ...whole, bytes }, transfer: [bytes.buffer as ArrayBuffer], position, done };
          }
        }
      }
    },
    counts: () => ({ rejected: 0, passedOver: {}, rowsIn: rows }),
    close: async () => {
      await feed?.return(undefined);
    },
  };
}

async function* cutChunks(
  cutter: CsvCutter,
  feed: Feed,
  input: CsvSourceInput,
  resumed: CsvPosition | undefined,
  chunkBytes: number,
) {
  const { dialect } = input.layout;
  const more = async () => {
    if ((await feed.next()).done === true) cutter.end();
  };
  const begin = isRangeReadable(input) ? dialect.bomBytes : 0;
  if (resumed === undefined) {
    cutter.resume(begin, 1, 1);
    while (!cutter.skipHeader()) await more();
  } else cutter.resume(resumed.offset, resumed.record, resumed.line, resumed.passingOver === 1);
  while (!cutter.ended && cutter.position < input.to) {
    // Borders lie on one grid, whatever part of the input is asked for and wherever it was resumed.
    const next = (Math.floor(cutter.position / chunkBytes) + 1) * chunkBytes;
    const border = Math.min(input.to, cutter.position < input.from ? Math.min(next, input.from) : next);
    const chunk = cutter.cut(border);
    if (chunk === undefined) await more();
    else if (chunk.records > 0 && chunk.start >= input.from) yield chunk;
  }
}

/** Gives a cutter some more of the text each time it is asked; done when there is no more. */
type Feed = Generator<void> | AsyncGenerator<void>;

/** The text as UTF-8 from an offset on (none: from its beginning, behind a byte order mark). */
async function* textInto(
  cutter: CsvCutter,
  input: CsvSourceInput,
  offset: number | undefined,
  onRead: (bytes: number) => void,
): AsyncGenerator<void> {
  const { dialect } = input.layout;
  const codec = transcoder(dialect.encoding);
  let skip = dialect.bomBytes;
  let passed = offset ?? 0;
  const take = (chunk: Uint8Array, last: boolean) => {
    const skipped = Math.min(skip, chunk.length);
    skip -= skipped;
    const text = codec.toUtf8(chunk.subarray(skipped), last);
    const unwanted = Math.min(passed, text.length);
    passed -= unwanted;
    cutter.push(text.subarray(unwanted));
  };
  for await (const chunk of input.piped ?? readBytes(input.file, onRead)) {
    take(chunk, false);
    yield;
  }
  take(new Uint8Array(0), true);
  yield;
}

/** Blocks of a plain file, read to where they are looked through. */
function* blocksInto(cutter: CsvCutter, { file, layout }: CsvSourceInput, offset: number | undefined): Generator<void> {
  const descriptor = openSync(file.path, 'r');
  try {
    for (let at = offset ?? layout.dialect.bomBytes; at < file.bytes; yield) {
      const room = cutter.room(Math.min(BLOCK_BYTES, file.bytes - at));
      const read = readSync(descriptor, room, 0, room.length, at);
      if (read === 0) throw inputChanged(file.name);
      cutter.add(read);
      at += read;
    }
    if (fstatSync(descriptor).size !== file.bytes) throw inputChanged(file.name);
  } finally {
    closeSync(descriptor);
  }
}

export function inputChanged(name: string): EcommlError {
  return new EcommlError('INPUT_CHANGED', `${name} changed while it was read.`, {
    hint: 'Nothing was written under the final name. Score it again once it is whole, without --resume.',
  });
}
