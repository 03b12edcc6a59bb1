/** Values with a checksum over key and bytes: a flipped byte on the disk is found when it is read, not believed. */
import { crc32 } from 'node:zlib';
import { EcommlError } from '../base/errors.js';

const SUM_BYTES = 4;

export function withChecksum(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(bytes.length + SUM_BYTES);
  out.set(bytes);
  out.writeUInt32LE(crc32(bytes, crc32(key)), bytes.length);
  return out;
}

/** The bytes without their checksum: a view, no copy. */
export function checked(key: Uint8Array, value: Buffer, place: string): Uint8Array {
  const bytes = value.subarray(0, value.length - SUM_BYTES);
  if (value.length >= SUM_BYTES && value.readUInt32LE(bytes.length) === crc32(bytes, crc32(key))) return bytes;
  throw corrupt(place, `the value of "${Buffer.from(key).toString()}" does not have its checksum`);
}

export function corrupt(place: string, what: string, cause?: unknown): EcommlError {
  return new EcommlError('STORE_CORRUPT', `The online store ${place} is damaged: ${what}.`, {
    hint: 'Delete it and ingest the events again, or put a sound copy in its place.',
    cause,
  });
}
