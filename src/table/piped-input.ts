/** stdin as an input that is read once: its head to look at, and all of its bytes, decompressed, as they come. */
import { inputRejected } from '../base/errors.js';
import { compressionOf, decompressed } from './decompress.js';
import { checkNotForeign, type InputFile } from './open-bytes.js';

export interface PipedInput {
  /** Its path is "-", its size not known. */
  readonly file: InputFile;
  /** The first bytes, decompressed; all of them when `whole`. */
  readonly sample: Uint8Array;
  readonly whole: boolean;
  /** From the first byte on, the sample included. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Parquet, whose end must be read first: its bytes as they come. */
export interface PipedParquet {
  readonly parquet: AsyncIterable<Uint8Array>;
}

/** Throws `INPUT_EMPTY`, `INPUT_FOREIGN`. */
export async function openPipe(
  stdin: AsyncIterable<Uint8Array>,
  sampleBytes: number,
): Promise<PipedInput | PipedParquet> {
  const raw = await headOf(stdin, 8);
  if (raw.head.length === 0) throw inputRejected('INPUT_EMPTY', 'stdin is empty (0 bytes).', 'Expected a CSV file.');
  if (Buffer.from(raw.head).toString('latin1', 0, 4) === 'PAR1') return { parquet: raw.all };
  checkNotForeign(raw.head, 'stdin');
  const compression = compressionOf(raw.head);
  const { head, whole, all } = await headOf(decompressed(raw.all, compression, 'stdin'), sampleBytes + 1);
  return {
    file: { path: '-', name: 'stdin', bytes: 0, compression },
    sample: head.subarray(0, sampleBytes),
    whole: whole && head.length <= sampleBytes,
    bytes: all,
  };
}

interface Head {
  /** At least so many bytes as asked for, or all. */
  readonly head: Uint8Array;
  readonly whole: boolean;
  readonly all: AsyncIterable<Uint8Array>;
}

async function headOf(bytes: AsyncIterable<Uint8Array>, count: number): Promise<Head> {
  const rest = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  while (length < count && !whole) {
    const { value, done } = await rest.next();
    whole = done === true;
    if (!whole) {
      parts.push(value);
      length += value.length;
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* parts;
    if (!whole) yield* { [Symbol.asyncIterator]: () => rest };
  }
  return { head: Buffer.concat(parts), whole, all: all() };
}
