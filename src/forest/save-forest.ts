/** Writes a forest as one file (layout in forest-file.ts). The same forest gives the same bytes. */
import { createHash } from 'node:crypto';
import { writeFileAtomic } from '../base/atomic-file.js';
import { codeArray, type Leaves, leavesOf } from './array-coding.js';
import { ARRAY_TYPES, type ArrayTypeName, type FileArray, toFileNumber } from './file-numbers.js';
import type { Forest, TargetStatistic } from './forest.js';
import {
  type ArrayEntry,
  FOREST_ARRAYS,
  FORMAT_VERSION,
  type ForestHeader,
  HASH_BYTES,
  MAGIC,
  OBLIVIOUS_ARRAYS,
  PREFIX_BYTES,
  type StatisticHeader,
} from './forest-file.js';

/** Writes the file whole or not at all. */
export function saveForest(forest: Forest, path: string): void {
  writeFileAtomic(path, forestBytes(forest));
}

/** The bytes of the file. */
export function forestBytes(forest: Forest): Uint8Array {
  const arrays = new ArrayList(forest.feature);
  const trees = arrays.addAll(forest, FOREST_ARRAYS);
  const oblivious = forest.oblivious === undefined ? undefined : arrays.addAll(forest.oblivious, OBLIVIOUS_ARRAYS);
  const header: ForestHeader = {
    family: forest.family,
    inputs: forest.inputs.map(({ name, kind, categories }) => ({ name, kind, ...(categories && { categories }) })),
    average: forest.average,
    intercept: toFileNumber(forest.intercept),
    link: forest.link,
    parameters: Object.fromEntries(
      Object.entries(forest.parameters).map(([name, value]) => [
        name,
        typeof value === 'number' ? { number: toFileNumber(value) } : value,
      ]),
    ),
    ...(forest.generators === undefined ? {} : { generators: forest.generators }),
    targetStatistics: forest.targetStatistics.map((statistic) => statisticHeader(statistic, arrays)),
    trees,
    ...(oblivious && { oblivious }),
    arrays: arrays.entries,
  };
  const json = Buffer.from(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX_BYTES + headerBytes + arrays.bytes + HASH_BYTES);
  bytes.set(Buffer.from(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, headerBytes, true);
  bytes.fill(0x20, PREFIX_BYTES, PREFIX_BYTES + headerBytes);
  bytes.set(json, PREFIX_BYTES);
  arrays.writeTo(bytes, PREFIX_BYTES + headerBytes);
  const end = bytes.length - HASH_BYTES;
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end);
  return bytes;
}

function statisticHeader(statistic: TargetStatistic, arrays: ArrayList): StatisticHeader {
  const { type, parts, prior, priorWeight, shift, scale, counterDenominator, folds } = statistic;
  return {
    type,
    parts: parts.map(({ border, input, missingTrue, equals }) => ({
      input,
      ...(border !== undefined && { border: toFileNumber(border) }),
      ...(missingTrue !== undefined && { missingTrue }),
      ...(equals !== undefined && { equals }),
    })),
    prior: toFileNumber(prior),
    priorWeight: toFileNumber(priorWeight),
    shift: toFileNumber(shift),
    scale: toFileNumber(scale),
    ...(counterDenominator !== undefined && { counterDenominator: toFileNumber(counterDenominator) }),
    folds: folds.map(({ part, keys }) => ({ part, keys: arrays.add('f64', keys) })),
    keys: arrays.add('f64', statistic.keys),
    numerator: arrays.add('f64', statistic.numerator),
    denominator: arrays.add('f64', statistic.denominator),
  };
}

/** The arrays of a file in order; an array object that is added again, or one of equal bytes, is written once. */
class ArrayList {
  readonly entries: ArrayEntry[] = [];
  bytes = 0;
  readonly #arrays: Uint8Array[] = [];
  readonly #leaves: Leaves;
  readonly #feature: Int32Array;
  readonly #indexOf = new Map<FileArray, number>();
  readonly #indexOfContent = new Map<string, number>();

  /** `feature`: the column each node tests, −1 at leaves; arrays of its length are coded with that in mind. */
  constructor(feature: Int32Array) {
    this.#feature = feature;
    this.#leaves = leavesOf(feature);
  }

  add(type: ArrayTypeName, given: FileArray): number {
    const known = this.#indexOf.get(given);
    if (known !== undefined) return known;
    // A copy settles what the array lies in: shared memory cannot be hashed.
    const array = (ARRAY_TYPES[type] as { from(values: ArrayLike<number>): FileArray }).from(given);
    const content = `${type} ${createHash('sha256').update(bytesOf(array)).digest('hex')}`;
    let index = this.#indexOfContent.get(content);
    if (index === undefined) {
      index = this.entries.length;
      // `feature` says where the leaves are: it cannot leave them out itself.
      const leaves = type === 'i32' && given === this.#feature ? undefined : this.#leaves;
      const { bytes, coding } = codeArray(array, leaves);
      this.entries.push(
        coding === undefined ? [type, array.length, this.bytes] : [type, array.length, this.bytes, coding],
      );
      this.#arrays.push(bytes);
      this.bytes += Math.ceil(bytes.length / 8) * 8;
      this.#indexOfContent.set(content, index);
    }
    this.#indexOf.set(given, index);
    return index;
  }

  addAll<Name extends string>(
    from: Readonly<Record<NoInfer<Name>, FileArray>>,
    names: Readonly<Record<Name, ArrayTypeName>>,
  ): Record<string, number> {
    const indices: Record<string, number> = {};
    for (const [name, type] of Object.entries(names) as [Name, ArrayTypeName][])
      indices[name] = this.add(type, from[name]);
    return indices;
  }

  writeTo(bytes: Uint8Array, start: number): void {
    this.#arrays.forEach((array, i) => {
      bytes.set(array, start + this.entries[i][2]);
    });
  }
}

/** An array's little-endian bytes: every machine that Node runs WebAssembly kernels on is little-endian. */
function bytesOf(array: FileArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
