/**
 * What a Parquet file says of itself: page headers and the footer (the format's parquet.thrift), as bytes. Every column
 * is optional (may be missing); pages are of version 1.
 */
import { type ThriftStruct, type ThriftValue, thriftBytes } from './thrift-compact.js';

/** TINYINT, INTEGER, BIGINT, DOUBLE, TIMESTAMP (microseconds, no zone) and VARCHAR, in DuckDB's words. */
export type ParquetType = 'tinyint' | 'integer' | 'bigint' | 'double' | 'timestamp' | 'text';

export const ENCODING = { plain: 0, rle: 3, dictionary: 8 } as const;
export const CODEC = { none: 0, snappy: 1 } as const;
const PAGE = { data: 0, dictionary: 2 } as const;
const PHYSICAL = { INT32: 1, INT64: 2, DOUBLE: 5, BYTE_ARRAY: 6 } as const;

/** Physical type, and the converted type that says what it means. */
const TYPES: Readonly<Record<ParquetType, readonly [physical: number, converted?: number]>> = {
  tinyint: [PHYSICAL.INT32, 15],
  integer: [PHYSICAL.INT32, 17],
  bigint: [PHYSICAL.INT64, 18],
  double: [PHYSICAL.DOUBLE],
  timestamp: [PHYSICAL.INT64, 10],
  text: [PHYSICAL.BYTE_ARRAY, 0],
};

/** One column's pages in one row group. */
export interface WrittenChunk {
  /** From the start of the file; absent: no dictionary. */
  readonly dictionaryOffset?: number;
  readonly dataOffset: number;
  /** Bytes with headers, before and after compression. */
  readonly plainBytes: number;
  readonly bytes: number;
}

export interface WrittenGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenChunk[];
}

const i32 = (value: number): ThriftValue => ({ i32: value });
const i64 = (value: number): ThriftValue => ({ i64: value });

export function dataPageHeader(values: number, encoding: number, plainBytes: number, bytes: number): Uint8Array {
  const struct: ThriftStruct = [
    [1, i32(values)],
    [2, i32(encoding)],
    [3, i32(ENCODING.rle)],
    [4, i32(ENCODING.rle)],
  ];
  return thriftBytes([
    [1, i32(PAGE.data)],
    [2, i32(plainBytes)],
    [3, i32(bytes)],
    [5, { struct }],
  ]);
}

export function dictionaryPageHeader(values: number, plainBytes: number, bytes: number): Uint8Array {
  return thriftBytes([
    [1, i32(PAGE.dictionary)],
    [2, i32(plainBytes)],
    [3, i32(bytes)],
    [
      7,
      {
        struct: [
          [1, i32(values)],
          [2, i32(ENCODING.plain)],
        ],
      },
    ],
  ]);
}

export function footerBytes(
  columns: readonly { readonly name: string; readonly type: ParquetType }[],
  groups: readonly WrittenGroup[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const pairs = Object.entries(metadata).map(([key, value]) => ({
    struct: [
      [1, { text: key }],
      [2, { text: value }],
    ] satisfies ThriftStruct,
  }));
  return thriftBytes([
    [1, i32(1)],
    [2, { list: [rootElement(columns.length), ...columns.map(schemaElement)] }],
    [3, i64(rows)],
    [4, { list: groups.map((group) => groupOf(columns, group)) }],
    [5, pairs.length === 0 ? undefined : { list: pairs }],
    [6, { text: 'ecomml' }],
  ]);
}

function rootElement(children: number): ThriftValue {
  return {
    struct: [
      [4, { text: 'schema' }],
      [5, i32(children)],
    ],
  };
}

function schemaElement({ name, type }: { readonly name: string; readonly type: ParquetType }): ThriftValue {
  const [physical, converted] = TYPES[type];
  // A timestamp without a zone: only the logical type can say that.
  const logical: ThriftStruct = [
    [
      8,
      {
        struct: [
          [1, { bool: false }],
          [2, { struct: [[2, { struct: [] }]] }],
        ],
      },
    ],
  ];
  return {
    struct: [
      [1, i32(physical)],
      [3, i32(1)],
      [4, { text: name }],
      [6, converted === undefined ? undefined : i32(converted)],
      [10, type === 'timestamp' ? { struct: logical } : undefined],
    ],
  };
}

function groupOf(
  columns: readonly { readonly name: string; readonly type: ParquetType }[],
  { rows, chunks }: WrittenGroup,
): ThriftValue {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0);
  return {
    struct: [
      [1, { list: chunks.map((chunk, c) => chunkOf(columns[c], rows, chunk)) }],
      [2, i64(bytes)],
      [3, i64(rows)],
    ],
  };
}

function chunkOf(
  { name, type }: { readonly name: string; readonly type: ParquetType },
  rows: number,
  { dictionaryOffset, dataOffset, plainBytes, bytes }: WrittenChunk,
): ThriftValue {
  const meta: ThriftStruct = [
    [1, i32(TYPES[type][0])],
    [2, { list: [ENCODING.plain, ENCODING.rle, ENCODING.dictionary].map(i32) }],
    [3, { list: [{ text: name }] }],
    [4, i32(CODEC.snappy)],
    [5, i64(rows)],
    [6, i64(plainBytes)],
    [7, i64(bytes)],
    [9, i64(dataOffset)],
    [11, dictionaryOffset === undefined ? undefined : i64(dictionaryOffset)],
  ];
  return {
    struct: [
      [2, i64(dictionaryOffset ?? dataOffset)],
      [3, { struct: meta }],
    ],
  };
}
