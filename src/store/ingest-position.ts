/**
 * How far events were taken in: kept in the store in one batch with what they changed, so that a run that was killed goes
 * on exactly there. Plain JSON; what it says of an input's bytes is in source-place.ts.
 */
import { EcommlError } from '../base/errors.js';
import type { SourcePlace } from './source-place.js';

const POSITION_FORMAT = 1;

/** Since the store was made: in = kept + rejected + duplicates + passedOver, and kept = applied + waiting. */
export interface IngestCounts {
  readonly in: number;
  readonly kept: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly passedOver: number;
  readonly applied: number;
  readonly waiting: number;
}

export interface IngestPosition {
  readonly format: typeof POSITION_FORMAT;
  readonly counts: IngestCounts;
  /** Microseconds; no event before it is taken any more, and all before it that came are applied. Never moves back. */
  readonly watermark: number;
  /** The latest instant seen. */
  readonly newest: number;
  /** The inputs read last, the latest at the end. */
  readonly sources: readonly SourcePlace[];
  /** The file of rejects and its length: what is longer was not counted. */
  readonly rejects: { readonly path: string; readonly bytes: number };
}

export const FIRST_POSITION: IngestPosition = {
  format: POSITION_FORMAT,
  counts: { in: 0, kept: 0, rejected: 0, duplicates: 0, passedOver: 0, applied: 0, waiting: 0 },
  watermark: 0,
  newest: 0,
  sources: [],
  rejects: { path: '', bytes: 0 },
};

export function positionBytes(position: IngestPosition): Uint8Array {
  return Buffer.from(JSON.stringify(position));
}

/** Errors: `STORE_NEWER`, `STORE_CORRUPT`. */
export function positionOf(bytes: Uint8Array | undefined, place: string): IngestPosition {
  if (bytes === undefined) return FIRST_POSITION;
  let position: Partial<IngestPosition>;
  try {
    position = JSON.parse(Buffer.from(bytes).toString()) as Partial<IngestPosition>;
  } catch (cause) {
    throw unreadable(place, cause);
  }
  if (typeof position.format === 'number' && position.format > POSITION_FORMAT)
    throw new EcommlError(
      'STORE_NEWER',
      `${place} was written by a newer ecomml (position of format ${position.format}).`,
      {
        hint: 'Update ecomml.',
      },
    );
  if (position.format !== POSITION_FORMAT || position.counts === undefined) throw unreadable(place);
  return position as IngestPosition;
}

function unreadable(place: string, cause?: unknown): EcommlError {
  return new EcommlError('STORE_CORRUPT', `What ${place} says of how far events were taken in cannot be read.`, {
    hint: 'Delete the store and ingest the events again.',
    cause,
  });
}
