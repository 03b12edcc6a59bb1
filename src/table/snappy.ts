/**
 * Bytes in Snappy's block format (google/snappy, format_description.txt): literals, and copies of up to 64 bytes from at
 * most 32 KiB before. It compresses alone; readers of Parquet know how to undo it.
 */
import type { GrowingBytes } from './growing-bytes.js';

const HASH_BITS = 14;
/** Copies reach back at most so far: their offset takes two bytes. */
const WINDOW = 32 * 1024;

/** Where four bytes were seen last, by their hash; positions count on from call to call, so nothing need be emptied. */
const seen = new Int32Array(1 << HASH_BITS);
let base = 0;

/** Appends `input` compressed. */
export function snappy(input: Uint8Array, out: GrowingBytes): void {
  const n = input.length;
  out.varint(n);
  if (base + n > 2 ** 30) {
    seen.fill(0);
    base = 0;
  }
  // Positions are kept from 1 above those of earlier calls.
  const from = base + 1;
  base += n + 1;
  // Worst case: a literal's head every 60 bytes.
  const bytes = out.reserve(n + (n >>> 5) + 64);
  let at = out.length;
  let literal = 0;
  let i = 0;
  const last = n - 8;
  let missed = 0;
  while (i < last) {
    const word = input[i] | (input[i + 1] << 8) | (input[i + 2] << 16) | (input[i + 3] << 24);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = seen[slot] - from;
    seen[slot] = i + from;
    if (
      candidate < 0 ||
      i - candidate > WINDOW ||
      input[candidate] !== input[i] ||
      input[candidate + 1] !== input[i + 1] ||
      input[candidate + 2] !== input[i + 2] ||
      input[candidate + 3] !== input[i + 3]
    ) {
      // What does not compress is looked at in ever longer steps.
      i += 1 + (missed++ >> 5);
      continue;
    }
    missed = 0;
    at = putLiteral(bytes, at, input, literal, i);
    let length = 4;
    while (i + length < n && input[candidate + length] === input[i + length]) length++;
    at = putCopies(bytes, at, i - candidate, length);
    i += length;
    literal = i;
  }
  out.length = putLiteral(bytes, at, input, literal, n);
}

function putLiteral(bytes: Uint8Array, at: number, input: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length === 0) return at;
  let place = at;
  const n = length - 1;
  if (n < 60) bytes[place++] = n << 2;
  else {
    const more = n < 1 << 8 ? 1 : n < 1 << 16 ? 2 : n < 1 << 24 ? 3 : 4;
    bytes[place++] = (59 + more) << 2;
    for (let b = 0; b < more; b++) bytes[place++] = (n >>> (8 * b)) & 0xff;
  }
  if (length < 24) for (let i = from; i < to; i++) bytes[place++] = input[i];
  else {
    bytes.set(input.subarray(from, to), place);
    place += length;
  }
  return place;
}

/** Copies with two bytes of offset: 1 to 64 bytes each. */
function putCopies(bytes: Uint8Array, at: number, offset: number, length: number): number {
  let place = at;
  for (let left = length; left > 0; ) {
    const some = Math.min(64, left);
    bytes[place++] = ((some - 1) << 2) | 2;
    bytes[place++] = offset & 0xff;
    bytes[place++] = offset >>> 8;
    left -= some;
  }
  return place;
}
