/**
 * Where reading an input stopped, and how to tell that the file there now is the one that was read: its first bytes and
 * those before the place are still the same. Nothing here opens a file for longer than a look.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DetectedInput } from '../table/detect-input.js';
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
  /** Of the first bytes, and of those before `offset`. */
  readonly head: Mark;
  readonly tail: Mark;
}

const HEAD_BYTES = 2 ** 16;
const TAIL_BYTES = 2 ** 12;
/** Places of so many inputs are kept; of older ones the ids of events still tell. */
export const KEPT_SOURCES = 64;

export function placeIn(path: string, name: string, place: CutPlace, reading: InputReading): SourcePlace {
  const { offset } = place;
  return { ...place, name, reading, ...marks(path, offset) };
}

/** Whether the file still begins with what was read of it. */
export function isSameFile(path: string, place: SourcePlace): boolean {
  const descriptor = openSync(path, 'r');
  try {
    if (fstatSync(descriptor).size < place.offset) return false;
  } finally {
    closeSync(descriptor);
  }
  const { head, tail } = marks(path, place.offset);
  return head.sha256 === place.head.sha256 && tail.sha256 === place.tail.sha256;
}

function marks(path: string, offset: number): { head: Mark; tail: Mark } {
  const descriptor = openSync(path, 'r');
  try {
    const mark = (from: number, bytes: number): Mark => {
      const buffer = Buffer.alloc(bytes);
      const read = readSync(descriptor, buffer, 0, bytes, from);
      return { bytes: read, sha256: createHash('sha256').update(buffer.subarray(0, read)).digest('base64url') };
    };
    const tail = Math.min(offset, TAIL_BYTES);
    return { head: mark(0, Math.min(offset, HEAD_BYTES)), tail: mark(offset - tail, tail) };
  } finally {
    closeSync(descriptor);
  }
}
