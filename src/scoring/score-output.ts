/**
 * Where scores go: a file that appears whole (written aside, fsynced, renamed) or stdout with back-pressure. It writes
 * bytes in the order it is given them, or hands them to the sink of a format that needs one.
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
import type { ResultField } from './results.js';
import type { RowFormat, RowSink } from './row-format.js';

export interface ScoreOutput {
  write(bytes: Uint8Array): Promise<void>;
  /** Publishes the file; a no-op for stdout. */
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
  if (format.sink !== undefined && path === '-') return sinkToStdout(format.sink, fields);
  if (format.sink !== undefined) return sinkOutput(path, await sinkAside(path, format.sink, fields));
  const output = path === '-' ? stdoutOutput() : fileOutput(path);
  if (head) await output.write(format.head(fields));
  return output;
}

type OpenSink = NonNullable<RowFormat['sink']>;

async function sinkAside(path: string, open: OpenSink, fields: readonly ResultField[]) {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  return { aside, sink: await open(aside, fields) };
}

/** What sees all rows at once makes its file in a temporary folder, which then goes to stdout. */
async function sinkToStdout(open: OpenSink, fields: readonly ResultField[]): Promise<ScoreOutput> {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-'));
  const aside = join(folder, 'scored');
  const sink = await open(aside, fields);
  const stdout = stdoutOutput();
  return {
    write: (bytes) => sink.write(bytes),
    finish: async () => {
      await sink.finish();
      for await (const bytes of createReadStream(aside, { highWaterMark: 2 ** 20 })) await stdout.write(bytes);
    },
    discard: async () => {
      await sink.discard();
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

function stdoutOutput(): ScoreOutput {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    finish: async () => {},
    discard: async () => {},
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
