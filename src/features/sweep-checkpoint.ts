/**
 * What a pass over events knows, as a file: its columns as they lie in memory, by codes that later events do not change
 * (events.ts). A pass restored from it goes on as if it had never ended. Equal events give equal bytes.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { EcommlError } from '../base/errors.js';
import type { FeatureFamily } from './feature.js';
import type { NextArray, RawArray } from './growing-column.js';
import { BANDS } from './price-band.js';
import { Sweep } from './sweep.js';
import { type Coded, ENTITY_KINDS, type EntityKind, type Kept } from './sweep-state.js';

const MAGIC = 'ecomml sweep\n';
const FORMAT = 1;
/** Of a damaged length nothing is allocated. */
const MOST_HEAD = 2 ** 20;
const TYPES = { i32: Int32Array, f64: Float64Array, u8: Uint8Array } as const;

interface Head {
  readonly format: number;
  readonly families: readonly FeatureFamily[];
  readonly events: number;
  readonly arrays: readonly (readonly [type: keyof typeof TYPES, length: number])[];
}

/** How many codes there are of what. */
export type CodeCounts = Readonly<Record<Exclude<Coded, 'all' | 'band'>, number>>;

/** `families`: those that the sweep was made with. */
export function writeCheckpoint(
  path: string,
  sweep: Sweep,
  families: ReadonlySet<FeatureFamily>,
  counts: CodeCounts,
): void {
  const arrays = arraysOf(sweep, counts);
  const head: Head = {
    format: FORMAT,
    families: [...families].sort(),
    events: sweep.events,
    arrays: arrays.map((array) => [typeOf(array), array.length]),
  };
  const text = Buffer.from(JSON.stringify(head));
  const descriptor = openSync(path, 'w');
  try {
    for (const part of [Buffer.from(MAGIC), Uint32Array.of(text.length), text, ...arrays]) writeWhole(descriptor, part);
  } finally {
    closeSync(descriptor);
  }
}

/** The sweep at the end of the events that it was written after. Errors: `CHECKPOINT_DAMAGED`, `CHECKPOINT_NEWER`. */
export function readCheckpoint(path: string, families: ReadonlySet<FeatureFamily>): Sweep {
  const descriptor = openSync(path, 'r');
  try {
    const into = <T extends Uint8Array | RawArray | Uint32Array>(array: T): T => {
      if (!readWhole(descriptor, array)) throw damaged(path, 'it ends too early');
      return array;
    };
    if (into(Buffer.alloc(MAGIC.length)).toString() !== MAGIC) throw damaged(path, 'it does not begin as one');
    const [length] = into(new Uint32Array(1));
    const head = readHead(into(Buffer.alloc(Math.min(length, MOST_HEAD))), path, families);
    let index = 0;
    const next: NextArray = () => {
      const [type, size] = head.arrays[index++] ?? ['u8', 0];
      return into(new TYPES[type](size));
    };
    const sweep = restored(new Sweep(families), head, next);
    if (index !== head.arrays.length || readWhole(descriptor, new Uint8Array(1)))
      throw damaged(path, 'it holds more than it should');
    return sweep;
  } finally {
    closeSync(descriptor);
  }
}

function readHead(bytes: Buffer, path: string, families: ReadonlySet<FeatureFamily>): Head {
  const head = JSON.parse(bytes.toString()) as Head;
  if (head.format > FORMAT)
    throw new EcommlError(
      'CHECKPOINT_NEWER',
      `${path} has format ${head.format}; this version reads up to ${FORMAT}.`,
      {
        hint: 'Update ecomml, or make the features anew from the stored events: ecomml store materialize --rebuild.',
      },
    );
  if (head.families.join() !== [...families].sort().join()) throw damaged(path, 'it is of other families of features');
  if (endianness() !== 'LE') throw damaged(path, 'it was written on a machine of another byte order');
  return head;
}

function restored(sweep: Sweep, head: Head, next: NextArray): Sweep {
  sweep.events = head.events;
  const lists: (() => void)[] = [];
  for (const kept of Object.values(sweep.kept()) as Kept[]) {
    kept.pairs?.setRaw(next);
    for (const column of kept.columns) column.setRaw(next);
    for (const list of kept.lists ?? []) {
      const [ends, products] = [next(), next()];
      lists.push(() => {
        for (let code = 0; code < ends.length; code++) {
          const from = code === 0 ? 0 : ends[code - 1];
          if (ends[code] > from) list.set(code, [...products.subarray(from, ends[code])]);
        }
      });
    }
  }
  // Lists name pairs: those of all kinds are there now.
  for (const setList of lists) setList();
  sweep.queue?.setRaw(next);
  return sweep;
}

function arraysOf(sweep: Sweep, counts: CodeCounts): RawArray[] {
  const arrays: RawArray[] = [];
  for (const [kind, kept] of Object.entries(sweep.kept()) as [EntityKind, Kept][]) {
    const size = kept.pairs?.size ?? { ...counts, all: 1, band: BANDS }[ENTITY_KINDS[kind][0]];
    if (kept.pairs !== undefined) arrays.push(...kept.pairs.raw());
    for (const column of kept.columns) arrays.push(...column.raw(size));
    for (const list of kept.lists ?? []) {
      const ends = new Int32Array(size);
      const products: number[] = [];
      for (let code = 0; code < size; code++) {
        products.push(...[...list.get(code)].sort((a, b) => a - b));
        ends[code] = products.length;
      }
      arrays.push(ends, Int32Array.from(products));
    }
  }
  arrays.push(...(sweep.queue?.raw() ?? []));
  return arrays;
}

function typeOf(array: RawArray): keyof typeof TYPES {
  return array instanceof Int32Array ? 'i32' : array instanceof Float64Array ? 'f64' : 'u8';
}

function damaged(path: string, what: string): EcommlError {
  return new EcommlError('CHECKPOINT_DAMAGED', `The checkpoint ${path} cannot be used: ${what}.`, {
    hint: 'Make the features anew from the stored events: ecomml store materialize --rebuild.',
  });
}

/** More is not read or written at once: the system's calls count in 31 bits. */
const MOST_BYTES = 2 ** 30;

function writeWhole(descriptor: number, array: Uint8Array | RawArray | Uint32Array): void {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, Math.min(bytes.length - at, MOST_BYTES));
}

/** False at the end of the file. */
function readWhole(descriptor: number, array: Uint8Array | RawArray | Uint32Array): boolean {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(descriptor, bytes, at, Math.min(bytes.length - at, MOST_BYTES), null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}
