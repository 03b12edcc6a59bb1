/** The arrays a forest file can hold, and numbers that JSON cannot say. */

export type FileArray = Float64Array | Int32Array | Uint32Array | Uint8Array;

export const ARRAY_TYPES = {
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const;

export type ArrayTypeName = keyof typeof ARRAY_TYPES;

/** What JSON cannot say is written as text: "NaN", "Infinity", "-Infinity", "-0". */
export type FileNumber = number | string;

export function toFileNumber(x: number): FileNumber {
  return Number.isFinite(x) && !Object.is(x, -0) ? x : Object.is(x, -0) ? '-0' : String(x);
}

export function fromFileNumber(x: FileNumber): number {
  return typeof x === 'number' ? x : Number(x);
}
