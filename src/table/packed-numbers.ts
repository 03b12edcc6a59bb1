/**
 * Small whole numbers in Parquet's hybrid of runs and bit-packed groups (its encoding "RLE"), here either one run or one
 * stretch of groups of eight. It knows no page.
 */
import type { GrowingBytes } from './growing-bytes.js';

/** Bits that hold `most`; at least 1. */
export function bitWidth(most: number): number {
  return Math.max(1, 32 - Math.clz32(most));
}

/** Appends `count` numbers below 2^width; width is at most 24. */
export function packNumbers(out: GrowingBytes, numbers: Int32Array, count: number, width: number): void {
  if (count === 0) return;
  let same = true;
  for (let i = 1; i < count && same; i++) same = numbers[i] === numbers[0];
  if (same) {
    packRun(out, numbers[0], count, width);
    return;
  }
  const groups = (count + 7) >>> 3;
  out.varint(groups * 2 + 1);
  const bytes = out.reserve(groups * width);
  let at = out.length;
  const end = at + groups * width;
  let held = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    // At most 7 + 24 bits wait here.
    held |= numbers[i] << bits;
    bits += width;
    while (bits >= 8) {
      bytes[at++] = held & 0xff;
      held >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at++] = held & 0xff;
  bytes.fill(0, at, end);
  out.length = end;
}

/** `value`, `count` times. */
export function packRun(out: GrowingBytes, value: number, count: number, width: number): void {
  out.varint(count * 2);
  for (let shift = 0; shift < width; shift += 8) out.byte((value >>> shift) & 0xff);
}
