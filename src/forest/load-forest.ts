/** Reads a forest file back and refuses what is not one, is cut short, edited or of a newer format, saying which. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EcommlError } from '../base/errors.js';
import { codedBytes, decodeArray, type Leaves, leavesOf } from './array-coding.js';
import { checkForest } from './check-forest.js';
import { ARRAY_TYPES, type ArrayTypeName, type FileArray, fromFileNumber } from './file-numbers.js';
import type { Forest, ObliviousTrees, TargetStatistic } from './forest.js';
import {
  damaged,
  FOREST_ARRAYS,
  FORMAT_VERSION,
  type ForestHeader,
  HASH_BYTES,
  MAGIC,
  OBLIVIOUS_ARRAYS,
  PREFIX_BYTES,
  type StatisticHeader,
} from './forest-file.js';

/** Throws `NO_SUCH_MODEL` when the file cannot be read, `NEWER_FORMAT`, or `BAD_FOREST`. */
export function loadForest(path: string): Forest {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new EcommlError(
      'NO_SUCH_MODEL',
      `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}.`,
      {
        hint: 'Give the folder of a trained model (models/NAME), or train one with ecomml train.',
        cause,
      },
    );
  }
  return forestFromBytes(bytes, path);
}

/** `where` names the bytes in errors. The arrays of the forest are copies: the bytes may be reused. */
export function forestFromBytes(bytes: Uint8Array, where: string): Forest {
  const { header, start } = readHeader(bytes, where);
  try {
    const arrays = readArrays(bytes, start, header, where);
    const at = (index: number): Float64Array => arrays[index] as Float64Array;
    const pick = (names: Readonly<Record<string, ArrayTypeName>>, indices: Readonly<Record<string, number>>) =>
      Object.fromEntries(
        Object.entries(names).map(([name, type]) => {
          const array = arrays[indices[name]];
          if (!(array instanceof ARRAY_TYPES[type])) throw damaged(where, `${name} is not in it`);
          return [name, array];
        }),
      );
    const forest = {
      family: header.family,
      inputs: header.inputs,
      targetStatistics: header.targetStatistics.map((statistic) => readStatistic(statistic, at)),
      average: header.average,
      intercept: fromFileNumber(header.intercept),
      link: header.link,
      ...pick(FOREST_ARRAYS, header.trees),
      ...(header.oblivious && { oblivious: pick(OBLIVIOUS_ARRAYS, header.oblivious) as unknown as ObliviousTrees }),
      parameters: Object.fromEntries(
        Object.entries(header.parameters).map(([name, value]) => [
          name,
          typeof value === 'object' ? fromFileNumber(value.number) : value,
        ]),
      ),
      ...(typeof header.generators === 'string' ? { generators: header.generators } : {}),
    } as unknown as Forest;
    checkForest(forest, where);
    return forest;
  } catch (error) {
    if (error instanceof EcommlError) throw error;
    throw damaged(where, 'its header does not describe a model', error);
  }
}

function readHeader(bytes: Uint8Array, where: string): { readonly header: ForestHeader; readonly start: number } {
  const magic = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (magic !== MAGIC.slice(0, magic.length) || bytes.length === 0)
    throw damaged(where, bytes.length === 0 ? 'it is empty' : 'it is not a model of ecomml');
  if (bytes.length < PREFIX_BYTES + HASH_BYTES) throw damaged(where, `it is cut short after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version > FORMAT_VERSION) {
    throw new EcommlError(
      'NEWER_FORMAT',
      `${where} was written by a newer ecomml: it has format ${version}, this one reads up to ${FORMAT_VERSION}.`,
      { hint: 'Install the newer ecomml, or train the model again with this one.' },
    );
  }
  const headerBytes = view.getUint32(12, true);
  const start = PREFIX_BYTES + headerBytes;
  const cutShort = (): EcommlError => damaged(where, `it is cut short after ${bytes.length} bytes, or was edited`);
  if (headerBytes % 8 !== 0 || start + HASH_BYTES > bytes.length) throw cutShort();
  const end = bytes.length - HASH_BYTES;
  const hash = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!hash.equals(bytes.subarray(end))) throw cutShort();
  try {
    return { header: JSON.parse(Buffer.from(bytes.subarray(PREFIX_BYTES, start)).toString('utf8')), start };
  } catch (cause) {
    throw damaged(where, 'its header is not JSON', cause);
  }
}

function readArrays(bytes: Uint8Array, start: number, header: ForestHeader, where: string): FileArray[] {
  const read = ([type, length, offset, coding]: ForestHeader['arrays'][number], leaves?: Leaves): FileArray => {
    const at = start + offset;
    const size = codedBytes(type, length, coding, leaves);
    if (size === undefined) throw damaged(where, 'an array is coded in no known way');
    if (!Number.isSafeInteger(at) || at < PREFIX_BYTES || !(length >= 0) || at + size > bytes.length - HASH_BYTES)
      throw damaged(where, 'an array lies outside of it');
    const array = decodeArray(type, length, bytes.subarray(at, at + size), coding, leaves);
    if (array === undefined) throw damaged(where, 'an array does not hold what its entry says');
    return array;
  };
  const feature = read(header.arrays[header.trees['feature']]);
  const leaves = leavesOf(feature);
  return header.arrays.map((entry, index) => (index === header.trees['feature'] ? feature : read(entry, leaves)));
}

function readStatistic(header: StatisticHeader, at: (index: number) => Float64Array): TargetStatistic {
  return {
    type: header.type as TargetStatistic['type'],
    parts: header.parts.map(({ border, ...part }) => ({
      ...part,
      ...(border !== undefined && { border: fromFileNumber(border) }),
    })),
    prior: fromFileNumber(header.prior),
    priorWeight: fromFileNumber(header.priorWeight),
    shift: fromFileNumber(header.shift),
    scale: fromFileNumber(header.scale),
    folds: header.folds.map(({ part, keys }) => ({ part, keys: at(keys) })),
    keys: at(header.keys),
    numerator: at(header.numerator),
    denominator: at(header.denominator),
    ...(header.counterDenominator !== undefined && { counterDenominator: fromFileNumber(header.counterDenominator) }),
  };
}
