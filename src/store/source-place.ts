/**
 * Where reading an input stopped, and how to tell that the file there now is the one that was read: its first bytes and
 * those before the place are still the same. Nothing here opens a file for longer than a look.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DetectedInput } from '../table/detect-input.js';
import type { InputFile } from '../table/open-bytes.js';
import type { CutPlace } from '../table/record-cutter.js';

/** How an input is read: found once, and kept, so that a run that goes on reads as the one before it. */
export type InputReading = Pick<DetectedInput, 'columns' | 'dialect' | 'aliases' | 'values'>;

interface Mark {
  readonly bytes: number;
  readonly sha256: string;
}

export interface SourcePlace extends CutPlace {
  /** The path, made absolute. */
  readonly name: string;
  readonly reading: InputReading;
  /** Bytes on the disk that were read: `offset`, but for a compressed file, which is then all of it. */
  readonly read: number;
  /** Of the first bytes, and of the last that were read. */
  readonly head: Mark;
  readonly tail: Mark;
}

const HEAD_BYTES = 2 ** 16;
const TAIL_BYTES = 2 ** 12;
/** Places of so many inputs are kept; of older ones the ids of events still tell. */
export const KEPT_SOURCES = 64;

export function placeIn(file: InputFile, name: string, place: CutPlace, reading: InputReading): SourcePlace {
  const read = file.compression === 'none' ? place.offset : file.bytes;
  return { ...place, name, reading, read, ...marks(file.path, read) };
}

/** Whether the file still begins with what was read of it. */
export function isSameFile(path: string, place: SourcePlace): boolean {
  const descriptor = openSync(path, 'r');
  try {
    if (fstatSync(descriptor).size < place.read) return false;
  } finally {
    closeSync(descriptor);
  }
  const { head, tail } = marks(path, place.read);
  return head.sha256 === place.head.sha256 && tail.sha256 === place.tail.sha256;
}

function marks(path: string, read: number): { head: Mark; tail: Mark } {
  const descriptor = openSync(path, 'r');
  try {
    const mark = (from: number, bytes: number): Mark => {
      const buffer = Buffer.alloc(bytes);
      const got = readSync(descriptor, buffer, 0, bytes, from);
      return { bytes: got, sha256: createHash('sha256').update(buffer.subarray(0, got)).digest('base64url') };
    };
    const tail = Math.min(read, TAIL_BYTES);
    return { head: mark(0, Math.min(read, HEAD_BYTES)), tail: mark(read - tail, tail) };
  } finally {
    closeSync(descriptor);
  }
}
