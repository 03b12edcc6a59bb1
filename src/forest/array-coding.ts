/**
 * How an array lies in a forest file: as it is, or in fewer bytes where its values allow it. Every coding gives back the
 * same bits. No compressor is used: its output would depend on its version, and a file's bytes must not.
 *
 * Most of a large forest is random trees grown to the end: half of the nodes are leaves, where thresholds, gains and
 * children say nothing; counts are small integers; shares of a class take few values.
 */
import {
  ARRAY_TYPES,
  type ArrayTypeName,
  type FileArray,
  type FileNumber,
  fromFileNumber,
  toFileNumber,
} from './file-numbers.js';

export interface ArrayCoding {
  /** Entries at leaves, all of this value, are left out. */
  readonly leaf?: FileNumber;
  /** The entries, one after another, in this narrower type: whole numbers. */
  readonly as?: NarrowName;
  /** So many distinct values (f64) come first, then the entries as their indices, in the type `as`. */
  readonly distinct?: number;
}

const NARROW = { u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array } as const;
export type NarrowName = keyof typeof NARROW;

export interface CodedArray {
  readonly bytes: Uint8Array;
  /** Absent: the array's own bytes. */
  readonly coding?: ArrayCoding;
}

/** `leaves`: of the nodes, for arrays of one entry a node. */
export function codeArray(array: FileArray, leaves: Leaves | undefined): CodedArray {
  const plain: CodedArray = { bytes: bytesOf(array) };
  // A header entry longer than what it saves is no gain.
  if (array.length < 64) return plain;
  const leaf = leaves?.isLeaf.length === array.length ? leafValue(array, leaves.isLeaf) : undefined;
  const values = leaf === undefined ? array : array.filter((_, node) => leaves!.isLeaf[node] === 0);
  const masked = leaf === undefined ? {} : { leaf: toFileNumber(leaf) };
  const candidates = [{ bytes: bytesOf(values), coding: masked }, narrowed(values, masked), indexed(values, masked)];
  let best = plain;
  for (const candidate of candidates)
    if (candidate !== undefined && candidate.bytes.length < best.bytes.length) best = candidate;
  return best;
}

/** Which nodes of a forest are leaves. */
export interface Leaves {
  /** 1 where a node is a leaf. */
  readonly isLeaf: Uint8Array;
  /** Nodes that are none. */
  readonly inner: number;
}

export function leavesOf(feature: ArrayLike<number>): Leaves {
  const isLeaf = new Uint8Array(feature.length);
  let inner = 0;
  for (let node = 0; node < isLeaf.length; node++) {
    if (feature[node] < 0) isLeaf[node] = 1;
    else inner++;
  }
  return { isLeaf, inner };
}

/** The array, in shared memory: threads that score one model hold it once. Undefined where the bytes do not fit the coding. */
export function decodeArray(
  type: ArrayTypeName,
  length: number,
  bytes: Uint8Array,
  coding: ArrayCoding | undefined,
  leaves: Leaves | undefined,
): FileArray | undefined {
  if (coding === undefined) return aligned(type, bytes, length);
  if (coding.leaf === undefined) return decodeValues(type, length, bytes, coding);
  if (leaves?.isLeaf.length !== length) return undefined;
  const values = decodeValues(type, leaves.inner, bytes, coding);
  if (values === undefined) return undefined;
  const all = sharedArray(type, length).fill(fromFileNumber(coding.leaf));
  spread(values, leaves.isLeaf, all);
  return all;
}

// Each loop has a function of its own: one that saw all types of arrays would run several times as long.

function spread(values: FileArray, isLeaf: Uint8Array, all: FileArray): void {
  let at = 0;
  for (let node = 0; node < isLeaf.length; node++) if (isLeaf[node] === 0) all[node] = values[at++];
}

/** False where an index is none of the table's. */
function lookUp(table: FileArray, indices: ArrayLike<number>, values: FileArray): boolean {
  for (let i = 0; i < values.length; i++) {
    if (indices[i] >= table.length) return false;
    values[i] = table[indices[i]];
  }
  return true;
}

/** Bytes of a coded array; undefined for a coding that is none. */
export function codedBytes(
  type: ArrayTypeName,
  length: number,
  { leaf, as, distinct }: ArrayCoding = {},
  leaves?: Leaves,
): number | undefined {
  if (as !== undefined && !Object.hasOwn(NARROW, as)) return undefined;
  if (distinct !== undefined && (as === undefined || !(distinct >= 0))) return undefined;
  if (leaf !== undefined && leaves?.isLeaf.length !== length) return undefined;
  const entries = leaf === undefined ? length : leaves!.inner;
  const size = as === undefined ? ARRAY_TYPES[type].BYTES_PER_ELEMENT : NARROW[as].BYTES_PER_ELEMENT;
  return (distinct ?? 0) * 8 + entries * size;
}

function decodeValues(type: ArrayTypeName, length: number, bytes: Uint8Array, { as, distinct }: ArrayCoding) {
  if (as === undefined) return aligned(type, bytes, length);
  const table = distinct === undefined ? undefined : aligned('f64', bytes.subarray(0, distinct * 8), distinct);
  const entries = aligned(as, bytes.subarray((distinct ?? 0) * 8), length);
  if (entries === undefined || (distinct !== undefined && table === undefined)) return undefined;
  const values = sharedArray(type, length);
  if (table === undefined) {
    values.set(entries as never);
    return values;
  }
  return lookUp(table, entries, values) ? values : undefined;
}

/** The one value of all leaves; undefined when they differ or there are none. */
function leafValue(array: FileArray, isLeaf: Uint8Array): number | undefined {
  const first = isLeaf.indexOf(1);
  if (first < 0) return undefined;
  const value = array[first];
  for (let node = first + 1; node < array.length; node++)
    if (isLeaf[node] === 1 && !Object.is(array[node], value)) return undefined;
  return value;
}

function narrowed(values: FileArray, coding: ArrayCoding): CodedArray | undefined {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isInteger(value) || Object.is(value, -0)) return undefined;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const as = narrowestFor(low, high);
  return as === undefined ? undefined : { bytes: bytesOf(NARROW[as].from(values)), coding: { ...coding, as } };
}

function narrowestFor(low: number, high: number): NarrowName | undefined {
  if (low >= 0) return high < 2 ** 8 ? 'u8' : high < 2 ** 16 ? 'u16' : high < 2 ** 32 ? 'u32' : undefined;
  if (low >= -(2 ** 7) && high < 2 ** 7) return 'i8';
  return low >= -(2 ** 15) && high < 2 ** 15 ? 'i16' : undefined;
}

/** Doubles by their place among the distinct ones. */
function indexed(values: FileArray, coding: ArrayCoding): CodedArray | undefined {
  if (!(values instanceof Float64Array)) return undefined;
  const sorted = values.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || !Object.is(sorted[i], sorted[count - 1])) sorted[count++] = sorted[i];
  const as = narrowestFor(0, count);
  if (as === undefined || count * 8 + values.length * NARROW[as].BYTES_PER_ELEMENT >= values.byteLength)
    return undefined;
  const table = sorted.slice(0, count);
  const indices = new NARROW[as](values.length);
  for (let i = 0; i < values.length; i++) {
    indices[i] = placeOf(table, values[i]);
    // A NaN of other bits, say: then the array stays as it is.
    if (!Object.is(table[indices[i]], values[i])) return undefined;
  }
  const bytes = new Uint8Array(table.byteLength + indices.byteLength);
  bytes.set(bytesOf(table));
  bytes.set(bytesOf(indices), table.byteLength);
  return { bytes, coding: { ...coding, distinct: count, as } };
}

/** In the order that typed arrays sort in: −0 before 0, NaN last. */
function placeOf(table: Float64Array, value: number): number {
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = table[middle];
    const before =
      at < value ||
      (Number.isNaN(value) && !Number.isNaN(at)) ||
      (at === value && Object.is(at, -0) && !Object.is(value, -0));
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Little-endian: every machine that Node runs WebAssembly kernels on is little-endian. */
function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy, whose start is aligned; undefined when the length is another. */
function aligned<Name extends ArrayTypeName | NarrowName>(type: Name, bytes: Uint8Array, length: number) {
  const array = sharedArray(type, length);
  if (bytes.length !== array.byteLength) return undefined;
  new Uint8Array(array.buffer).set(bytes);
  return array;
}

function sharedArray<Name extends ArrayTypeName | NarrowName>(type: Name, length: number): ArrayOf[Name] {
  const Type = { ...ARRAY_TYPES, ...NARROW }[type] as unknown as new (memory: SharedArrayBuffer) => ArrayOf[Name];
  return new Type(new SharedArrayBuffer(length * (Type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT));
}

type Arrays = typeof ARRAY_TYPES & typeof NARROW;
type ArrayOf = { readonly [Name in keyof Arrays]: InstanceType<Arrays[Name]> };
