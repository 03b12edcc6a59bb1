/**
 * Where bytes go that are made from front to back: a file that appears whole (written aside, fsynced, renamed), gzipped
 * when its name ends in .gz; stdout; a device or a pipe. Writing waits for the reader, so memory stays constant. It replaces
 * no file.
 */
import { constants, createWriteStream, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { usageError } from '../base/errors.js';
import { isSpecialFile } from '../base/special-file.js';

export interface ByteOutput {
  /** Settles when the bytes are taken; they may not be changed before. */
  write(bytes: Uint8Array): Promise<void>;
  /** All bytes on the disk, still aside; nothing for stdout. */
  finish(): Promise<void>;
  /** Gives a finished file its name. */
  publish(): void;
  /** Removes what was written aside. Safe after `publish`. */
  discard(): void;
}

/** `path` "-" is stdout. Throws `OUTPUT_EXISTS`, `OUTPUT_DIRECTORY`, `OUTPUT_FOLDER` (exit code 2). */
export function openByteOutput(path: string): ByteOutput {
  if (path === '-') return stdoutBytes();
  return isSpecialFile(path) ? pipeBytes(path) : fileBytes(path);
}

function stdoutBytes(): ByteOutput {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    finish: async () => {},
    publish: () => {},
    discard: () => {},
  };
}

/** A named pipe is waited for without a thread of its own, which would keep the process from ending. */
function pipeBytes(path: string): ByteOutput {
  let isWanted = true;
  const opened = statSync(path).isFIFO() ? openPipe(path, () => isWanted) : Promise.resolve(createWriteStream(path));
  const output = opened.then((pipe) => ({ pipe, ...writing(path, pipe, closed(pipe)) }));
  output.catch(() => {});
  return {
    write: async (bytes) => (await output).write(bytes),
    finish: async () => (await output).finish(),
    publish: () => {},
    discard: () => {
      isWanted = false;
      void output.then(({ pipe }) => pipe.destroy()).catch(() => {});
    },
  };
}

const LOOK_AGAIN_MILLISECONDS = 20;

async function openPipe(path: string, isWanted: () => boolean): Promise<Writable> {
  for (;;) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      return new Socket({ fd, readable: false, writable: true });
    } catch (error) {
      // Nobody reads it yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO' || !isWanted()) throw error;
      await setTimeout(LOOK_AGAIN_MILLISECONDS);
    }
  }
}

function closed(file: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    file.on('error', reject);
    file.on('close', resolve);
  });
}

function fileBytes(path: string): ByteOutput {
  checkFree(path);
  const aside = pathAside(path);
  let descriptor: number;
  try {
    descriptor = openSync(aside, 'wx');
  } catch (error) {
    // It is said of the file that was asked for.
    throw Object.assign(error as Error, { path });
  }
  const file = createWriteStream(aside, { fd: descriptor, highWaterMark: 2 ** 20 });
  let first: Writable = file;
  let written: Promise<void>;
  if (path.endsWith('.gz')) {
    // Three times as fast as level 6 on events, for a sixth more bytes.
    const gzip = createGzip({ level: 3 });
    first = gzip;
    written = pipeline(gzip, file);
  } else {
    written = closed(file);
  }
  return {
    ...writing(path, first, written),
    publish: () => publishFile(aside, path),
    discard: () => {
      first.destroy();
      file.destroy();
      rmSync(aside, { force: true });
    },
  };
}

/** Into `first`, whose bytes have arrived when `written` settles; what goes wrong is told by the write at hand or the next. */
function writing(path: string, first: Writable, written: Promise<void>): Pick<ByteOutput, 'write' | 'finish'> {
  let failure: unknown;
  let tell: ((error: unknown) => void) | undefined;
  written.catch((error) => {
    failure = Object.assign(error as Error, { path });
    tell?.(failure);
  });
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        tell = reject;
        first.write(bytes, (error) => {
          if (error === null || error === undefined) resolve();
        });
      }),
    finish: async () => {
      first.end();
      await written;
    },
  };
}

function checkFree(path: string): void {
  const folder = dirname(path);
  if (existsSync(path)) {
    if (statSync(path).isDirectory())
      throw usageError('OUTPUT_DIRECTORY', `${path} is a directory, a file was expected.`, 'Name a file in it.');
    throw usageError(
      'OUTPUT_EXISTS',
      `${path} is there already, and is not replaced.`,
      'Remove it, or choose another name.',
    );
  }
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw usageError('OUTPUT_FOLDER', `${folder} is a file, a directory was expected.`, 'Choose another place.');
  mkdirSync(folder, { recursive: true });
}
