/**
 * The bytes of an input file, decompressed, chunk by chunk; and what can be said of a path before reading it. It does
 * not know what the bytes mean.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EcommlError, inputRejected } from '../base/errors.js';
import { suggest } from '../base/suggest.js';
import { type Compression, compressionOf, decompressed } from './decompress.js';

const CHUNK_BYTES = 2 ** 20;

export interface InputFile {
  /** Where the bytes lie: the path as given, or the spooled copy of stdin. */
  readonly path: string;
  /** As the user wrote it; "stdin" for "-". */
  readonly name: string;
  /** Bytes on disk, before decompression. */
  readonly bytes: number;
  readonly compression: Compression;
}

/** Formats that are neither text nor Parquet, by their first bytes, and what to do about each. */
const FOREIGN: readonly (readonly [bytes: readonly number[], what: string, hint: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive or an Excel workbook', 'Unpack it, or save the sheet as CSV.'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', 'Decompress it first: bunzip2.'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed with xz', 'Decompress it first: xz -d.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook', 'Save the sheet as CSV.'],
];

/**
 * Looks at what `--input` names. "-" is copied from `stdin` into `folder` first, since inputs are read twice.
 * Throws `INPUT_MISSING`, `INPUT_DIRECTORY`, `INPUT_NOT_A_FILE`, `INPUT_UNREADABLE`, `INPUT_EMPTY`, `INPUT_FOREIGN`.
 */
export async function openInput(input: string, folder: string, stdin: NodeJS.ReadableStream): Promise<InputFile> {
  const name = input === '-' ? 'stdin' : input;
  const path = input === '-' ? join(folder, 'stdin') : input;
  if (input === '-') await pipeline(stdin, createWriteStream(path));
  return openFile(path, name);
}

/** A regular file. Errors as above. */
export function openFile(path: string, name = path): InputFile {
  if (name !== 'stdin') checkPath(path);
  const bytes = statSync(path).size;
  if (bytes === 0) throw inputRejected('INPUT_EMPTY', `${name} is empty (0 bytes).`, 'Expected a CSV or Parquet file.');
  const head = firstBytes(path, name, 8);
  checkNotForeign(head, name);
  return { path, name, bytes, compression: compressionOf(head) };
}

/** Throws `INPUT_FOREIGN` for what is neither text nor Parquet, by its first bytes. */
export function checkNotForeign(head: Uint8Array, name: string): void {
  for (const [magic, what, hint] of FOREIGN)
    if (magic.every((byte, i) => head[i] === byte)) throw inputRejected('INPUT_FOREIGN', `${name} is ${what}.`, hint);
}

function checkPath(path: string): void {
  if (!existsSync(path)) {
    const folder = dirname(path);
    const near =
      existsSync(folder) && statSync(folder).isDirectory() ? suggest(basename(path), readdirSync(folder)) : undefined;
    throw new EcommlError('INPUT_MISSING', `There is no file ${path}.`, {
      hint: near === undefined ? 'Check --input.' : `Did you mean "${join(folder, near)}"?`,
    });
  }
  const stats = statSync(path);
  if (stats.isDirectory()) {
    throw new EcommlError('INPUT_DIRECTORY', `${path} is a directory, expected a CSV or Parquet file.`, {
      hint: 'Name one file of it.',
    });
  }
  if (!stats.isFile())
    throw new EcommlError('INPUT_NOT_A_FILE', `${path} is no regular file.`, { hint: 'Use "-" to read from a pipe.' });
}

/** The first bytes on disk, undecompressed. */
export function firstBytes(path: string, name: string, count: number): Uint8Array {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw new EcommlError('INPUT_UNREADABLE', `${name} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    const buffer = new Uint8Array(count);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, count, 0));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Chunks of about 1 MiB, decompressed. `onRead` is told the bytes taken from disk so far. Errors: those of
 * `decompressed`.
 */
export async function* readBytes(file: InputFile, onRead?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const disk = createReadStream(file.path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of decompressed(disk, file.compression, file.name)) {
      onRead?.(disk.bytesRead);
      yield chunk;
    }
  } finally {
    disk.destroy();
  }
}

/** The first `count` decompressed bytes, and whether they are all. */
export async function readSample(file: InputFile, count: number): Promise<{ sample: Buffer; whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readBytes(file)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > count) return { sample: Buffer.concat(chunks).subarray(0, count), whole: false };
  }
  return { sample: Buffer.concat(chunks), whole: true };
}
