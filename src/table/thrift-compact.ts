/**
 * Structures in Thrift's compact protocol (the encoding of Parquet's headers and footer): nested objects of numbered fields
 * to bytes. It writes alone, and only the kinds of values that Parquet needs.
 */
import { GrowingBytes } from './growing-bytes.js';

export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly struct: ThriftStruct }
  | { readonly list: readonly ThriftValue[] };

/** Field number → value, numbers ascending; an undefined value is left out. */
export type ThriftStruct = readonly (readonly [field: number, value: ThriftValue | undefined])[];

/** Wire types of the compact protocol. */
const TRUE = 1;
const FALSE = 2;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

export function thriftBytes(struct: ThriftStruct): Uint8Array {
  const out = new GrowingBytes();
  writeStruct(out, struct);
  return out.view().slice();
}

function writeStruct(out: GrowingBytes, struct: ThriftStruct): void {
  let last = 0;
  for (const [field, value] of struct) {
    if (value === undefined) continue;
    // Fields here are never more than 15 apart: their distance and the type share a byte.
    out.byte(((field - last) << 4) | wireType(value));
    last = field;
    writeValue(out, value);
  }
  out.byte(0);
}

function wireType(value: ThriftValue): number {
  if ('i32' in value) return I32;
  if ('i64' in value) return I64;
  if ('bool' in value) return value.bool ? TRUE : FALSE;
  if ('text' in value) return BINARY;
  return 'list' in value ? LIST : STRUCT;
}

function writeValue(out: GrowingBytes, value: ThriftValue): void {
  if ('i32' in value) out.varint(zigzag(value.i32));
  else if ('i64' in value) out.varint(zigzag(value.i64));
  else if ('text' in value) {
    const bytes = Buffer.from(value.text);
    out.varint(bytes.length);
    out.append(bytes);
  } else if ('struct' in value) writeStruct(out, value.struct);
  else if ('list' in value) writeList(out, value.list);
  // A field's boolean lies in its type.
}

/** Elements of one type, no booleans. */
function writeList(out: GrowingBytes, list: readonly ThriftValue[]): void {
  const type = list.length === 0 ? STRUCT : wireType(list[0]);
  if (list.length < 15) out.byte((list.length << 4) | type);
  else {
    out.byte(0xf0 | type);
    out.varint(list.length);
  }
  for (const value of list) writeValue(out, value);
}

/** Non-negative numbers up to 2^52 and small negative ones. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
