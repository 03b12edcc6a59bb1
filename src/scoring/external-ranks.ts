/**
 * The rank of each of any number of values that lie in a file, in memory that does not grow with them (up to half a
 * billion values; then with a 256th of their number): 1 for the highest, of equal values the earlier first. It knows
 * nothing of what the values are.
 *
 * A sample splits the values into intervals and points between them; counting gives each its first rank. Neighbours are
 * put together into groups that fit in memory. Values go to the file of their group, are ranked there, and their ranks go
 * to the file of the block of places that they belong to, which is read back in order: every value is written and read
 * three times, nothing is sought.
 */
import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OutputFile } from '../table/output-file.js';

export interface RankLimits {
  /** Values that are ranked in memory at once, 36 bytes each; ranks that are put in order at once. */
  readonly group: number;
  /** Files that may be open at once. */
  readonly files: number;
  readonly sample: number;
}

const LIMITS: RankLimits = { group: 2 ** 21, files: 256, sample: 2 ** 12 };
const BYTES = Float64Array.BYTES_PER_ELEMENT;
/** Numbers read at once. */
const CHUNK = 2 ** 16;

/** `file`: doubles, none NaN, behind each other; `folder` is filled with some 32 bytes a value, and emptied. */
export function* externalRanks(
  file: string,
  values: number,
  folder: string,
  limits: RankLimits = LIMITS,
): Generator<Float64Array> {
  const group = Math.max(limits.group, Math.ceil(values / limits.files));
  if (values <= group) {
    const all = readAll(file, values);
    yield ranksOf(all, 0);
    return;
  }
  const splitters = sampled(file, values, limits.sample);
  const groups = groupsOf(counted(file, splitters), group);
  mkdirSync(folder, { recursive: true });
  const blocks = new Files(folder, 'block', Math.ceil(values / group), limits.files);
  const parts = new Files(folder, 'group', groups.sizes.length, limits.files);
  const pair = new Float64Array(2);
  let place = 0;
  for (const chunk of numbers(file))
    for (const value of chunk) {
      const bucket = bucketOf(splitters, value);
      const part = groups.ofBucket[bucket];
      pair[0] = place;
      pair[1] = value;
      if (groups.isPoint[part]) {
        // So many equal values that they are ranked as they come.
        pair[1] = ++groups.before[part];
        blocks.write(Math.floor(place / group), pair);
      } else parts.write(part, pair);
      place++;
    }
  parts.close();
  for (const [part, size] of groups.sizes.entries()) {
    if (groups.isPoint[part] || size === 0) continue;
    const pairs = readAll(parts.path(part), 2 * size);
    rmSync(parts.path(part));
    const ranks = ranksOf(every(pairs, 1), groups.before[part]);
    for (let i = 0; i < size; i++) {
      pair[0] = pairs[2 * i];
      pair[1] = ranks[i];
      blocks.write(Math.floor(pair[0] / group), pair);
    }
  }
  blocks.close();
  for (let block = 0; block * group < values; block++) {
    const count = Math.min(group, values - block * group);
    const pairs = readAll(blocks.path(block), 2 * count);
    rmSync(blocks.path(block));
    const ranks = new Float64Array(count);
    for (let i = 0; i < count; i++) ranks[pairs[2 * i] - block * group] = pairs[2 * i + 1];
    yield ranks;
  }
}

/** Ranks among `values` and so many higher ones before. */
function ranksOf(values: Float64Array, before: number): Float64Array {
  const sorted = values.slice().sort();
  const seen = new Uint32Array(values.length);
  return values.map((value) => {
    const first = lowerBound(sorted, value);
    const higher = values.length - upperBound(sorted, value);
    return before + higher + ++seen[first];
  });
}

/** Some distinct values from all over the file, ascending. */
function sampled(file: string, values: number, wanted: number): Float64Array {
  const step = values / wanted;
  const found = new Set<number>();
  let place = 0;
  let next = 0;
  for (const chunk of numbers(file)) {
    for (; next < place + chunk.length; next += step) found.add(chunk[Math.floor(next) - place]);
    place += chunk.length;
  }
  return Float64Array.from(found).sort();
}

/** Bucket 2i: above splitter i − 1 and below splitter i; bucket 2i + 1: splitter i itself. */
function bucketOf(splitters: Float64Array, value: number): number {
  const at = lowerBound(splitters, value);
  return splitters[at] === value ? 2 * at + 1 : 2 * at;
}

function counted(file: string, splitters: Float64Array): Float64Array {
  const counts = new Float64Array(2 * splitters.length + 1);
  for (const chunk of numbers(file)) for (const value of chunk) counts[bucketOf(splitters, value)]++;
  return counts;
}

interface Groups {
  readonly ofBucket: Int32Array;
  readonly sizes: readonly number[];
  /** Values above each group; of a point the rank given last. */
  readonly before: number[];
  readonly isPoint: readonly boolean[];
}

/** Buckets from the highest down, put together up to `most` values; a larger point is a group of its own. */
function groupsOf(counts: Float64Array, most: number): Groups {
  const ofBucket = new Int32Array(counts.length);
  const sizes: number[] = [];
  const before: number[] = [];
  const isPoint: boolean[] = [];
  let above = 0;
  for (let bucket = counts.length - 1; bucket >= 0; bucket--) {
    const count = counts[bucket];
    const large = bucket % 2 === 1 && count > most;
    const last = sizes.length - 1;
    if (last < 0 || large || isPoint[last] || sizes[last] + count > most) {
      sizes.push(0);
      before.push(above);
      isPoint.push(large);
    }
    ofBucket[bucket] = sizes.length - 1;
    sizes[sizes.length - 1] += count;
    above += count;
  }
  return { ofBucket, sizes, before, isPoint };
}

/** First place whose value is not below. */
function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First place whose value is above. */
function upperBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function every(pairs: Float64Array, second: 0 | 1): Float64Array {
  return Float64Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + second]);
}

function* numbers(file: string): Generator<Float64Array> {
  const descriptor = openSync(file, 'r');
  try {
    for (;;) {
      const chunk = new Float64Array(CHUNK);
      const read = fill(descriptor, chunk);
      if (read > 0) yield chunk.subarray(0, read);
      if (read < CHUNK) return;
    }
  } finally {
    closeSync(descriptor);
  }
}

function readAll(file: string, count: number): Float64Array {
  const values = new Float64Array(count);
  const descriptor = openSync(file, 'r');
  try {
    if (fill(descriptor, values) !== count) throw new RangeError(`${file} has fewer than ${count} numbers`);
    return values;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads on until the array is full or the file ends; the numbers read. */
function fill(descriptor: number, into: Float64Array): number {
  const bytes = new Uint8Array(into.buffer);
  let at = 0;
  while (at < bytes.length) {
    const read = readSync(descriptor, bytes, at, bytes.length - at, null);
    if (read === 0) break;
    at += read;
  }
  return at / BYTES;
}

/** Numbered files that numbers are added to; each buffers a part of 16 MiB. */
class Files {
  readonly #outputs: OutputFile[];
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string, count: number, most: number) {
    this.#folder = folder;
    this.#name = name;
    const buffer = Math.max(2 ** 12, Math.floor(2 ** 24 / Math.min(most, count)));
    this.#outputs = Array.from({ length: count }, (_, i) => new OutputFile(this.path(i), Math.min(2 ** 20, buffer)));
  }

  path(index: number): string {
    return join(this.#folder, `${this.#name}-${index}`);
  }

  write(index: number, numbers: Float64Array): void {
    this.#outputs[index].write(new Uint8Array(numbers.buffer));
  }

  close(): void {
    for (const output of this.#outputs) output.close();
  }
}
