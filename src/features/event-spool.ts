/**
 * Coded events in a file beside the database: written once in the order of time, read back batch by batch, as often as
 * wanted, in memory that does not grow with their number. It codes and orders nothing.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { EcommlError } from '../base/errors.js';
import { COLUMNS, type EventBatch, emptyBatch } from './event-batch.js';

/** Bytes of one event in the file. */
export const SPOOLED_EVENT_BYTES = COLUMNS.reduce((sum, name) => sum + emptyBatch(0)[name].BYTES_PER_ELEMENT, 0);

export interface EventSpool {
  readonly path: string;
  readonly events: number;
  readonly moments: number;
  /** Whether the moments' rows of the file follow each other in the order of time. */
  readonly inFileOrder: boolean;
}

export async function writeSpool(path: string, batches: AsyncIterable<EventBatch>): Promise<EventSpool> {
  const descriptor = openSync(path, 'w');
  let events = 0;
  let moments = 0;
  let inFileOrder = true;
  let last = 0;
  try {
    for await (const batch of batches) {
      const { rows, sourceRow, isMoment } = batch;
      writeWhole(descriptor, Int32Array.of(rows));
      for (const name of COLUMNS) writeWhole(descriptor, batch[name].subarray(0, rows));
      for (let i = 0; i < rows; i++) {
        if (isMoment[i] === 0) continue;
        moments++;
        if (sourceRow[i] < last) inFileOrder = false;
        last = sourceRow[i];
      }
      events += rows;
    }
  } finally {
    closeSync(descriptor);
  }
  return { path, events, moments, inFileOrder };
}

/** The batches as they were written; each is good until the next is asked for. */
export function* readSpool({ path }: EventSpool): Generator<EventBatch> {
  const descriptor = openSync(path, 'r');
  try {
    const head = new Int32Array(1);
    let batch = emptyBatch(0);
    while (readWhole(descriptor, head)) {
      const [rows] = head;
      if (batch.us.length < rows) batch = emptyBatch(rows);
      for (const name of COLUMNS) {
        if (!readWhole(descriptor, batch[name].subarray(0, rows)))
          throw new EcommlError('FEATURES_EVENTS_LOST', `The temporary file of events ${path} was cut short.`);
      }
      yield { ...batch, rows };
    }
  } finally {
    closeSync(descriptor);
  }
}

type Values = Float64Array | Int32Array | Uint8Array;

function writeWhole(descriptor: number, values: Values): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** False at the end of the file. */
function readWhole(descriptor: number, values: Values): boolean {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(descriptor, bytes, at, bytes.length - at, null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}
