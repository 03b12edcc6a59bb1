/**
 * Where scores go: a file that appears whole (written aside, fsynced, renamed), or stdout, a device or a pipe with
 * back-pressure. It writes bytes in the order it is given them, or hands them to the sink of a format that needs one.
 */
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fsyncPath, pathAside, publishFile } from '../base/atomic-file.js';
import { isSpecialFile } from '../base/special-file.js';
import { openByteOutput } from '../table/byte-output.js';
import type { ResultField } from './results.js';
import type { RowFormat, RowSink } from './row-format.js';

export interface ScoreOutput {
  write(bytes: Uint8Array): Promise<void>;
  /** Publishes the file; elsewhere waits for the last bytes. */
  finish(): Promise<void>;
  /** Removes what was written aside. Safe after `finish`. */
  discard(): Promise<void>;
}

/** `path` "-" is stdout. What comes before the first row is written here, unless `head` is false. */
export async function openScoreOutput(
  path: string,
  format: RowFormat,
  fields: readonly ResultField[],
  head = true,
): Promise<ScoreOutput> {
  const streamed = isStreamed(path);
  if (format.sink !== undefined && streamed) return sinkToStream(path, format.sink, fields);
  if (format.sink !== undefined) return sinkOutput(path, await sinkAside(path, format.sink, fields));
  const output = streamed ? streamOutput(path) : fileOutput(path);
  if (head) await output.write(format.head(fields));
  return output;
}

/** What has no name to appear under: stdout ("-"), devices, pipes. */
export function isStreamed(path: string): boolean {
  return path === '-' || isSpecialFile(path);
}

type OpenSink = NonNullable<RowFormat['sink']>;

async function sinkAside(path: string, open: OpenSink, fields: readonly ResultField[]) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  return { aside, sink: await open(aside, fields) };
}

/** What sees all rows at once makes its file in a temporary folder, which then goes on. */
async function sinkToStream(path: string, open: OpenSink, fields: readonly ResultField[]): Promise<ScoreOutput> {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-'));
  const aside = join(folder, 'scored');
  const sink = await open(aside, fields);
  const stream = streamOutput(path);
  return {
    write: (bytes) => sink.write(bytes),
    finish: async () => {
      await sink.finish();
      for await (const bytes of createReadStream(aside, { highWaterMark: 2 ** 20 })) await stream.write(bytes);
      await stream.finish();
    },
    discard: async () => {
      await sink.discard();
      await stream.discard();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function sinkOutput(path: string, { aside, sink }: { readonly aside: string; readonly sink: RowSink }): ScoreOutput {
  return {
    write: (bytes) => sink.write(bytes),
    finish: async () => {
      await sink.finish();
      publishFile(aside, path);
    },
    discard: async () => {
      await sink.discard();
      rmSync(aside, { force: true });
    },
  };
}

function streamOutput(path: string): ScoreOutput {
  const bytes = openByteOutput(path);
  return {
    write: (some) => bytes.write(some),
    finish: () => bytes.finish(),
    discard: async () => bytes.discard(),
  };
}

function fileOutput(path: string): ScoreOutput {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  const descriptor = openSync(aside, 'wx');
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    finish: async () => {
      fsyncSync(descriptor);
      close();
      renameSync(aside, path);
      fsyncPath(dirname(path));
    },
    discard: async () => {
      close();
      rmSync(aside, { force: true });
    },
  };
}
