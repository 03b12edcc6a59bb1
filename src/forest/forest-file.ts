/**
 * The layout of a forest file, shared by writer and reader. All numbers little-endian:
 *
 *   8 bytes  magic "ECFOREST"
 *   u32      format version
 *   u32      bytes of the header, spaces that pad it to a multiple of 8 included
 *   header   JSON, UTF-8: everything but the arrays, and a list of the arrays (type, length, offset from the header's end)
 *   arrays   each at a multiple of 8, zeros between, coded as its entry says (array-coding.ts); in format 1 none is
 *   32 bytes sha256 of all bytes before it
 */
import { EcommlError } from '../base/errors.js';
import type { ArrayCoding } from './array-coding.js';
import type { ArrayTypeName, FileNumber } from './file-numbers.js';
import type { Forest, ForestInput, TargetStatisticPart } from './forest.js';

export const MAGIC = 'ECFOREST';
/** Grows when an older reader could no longer read the file. */
export const FORMAT_VERSION = 2;
export const PREFIX_BYTES = 16;
export const HASH_BYTES = 32;

/** The arrays of a Forest by name, in the file's order. */
export const FOREST_ARRAYS = {
  treeStart: 'i32',
  treeWeight: 'f64',
  feature: 'i32',
  operator: 'u8',
  missingMode: 'u8',
  defaultLeft: 'u8',
  threshold: 'f64',
  left: 'i32',
  right: 'i32',
  value: 'f64',
  cover: 'f64',
  count: 'f64',
  hessian: 'f64',
  gain: 'f64',
  setStart: 'i32',
  setLength: 'i32',
  setWords: 'u32',
} as const satisfies Partial<Record<keyof Forest, ArrayTypeName>>;

export const OBLIVIOUS_ARRAYS = {
  splitStart: 'i32',
  splitFeature: 'i32',
  splitBorder: 'f64',
  splitOneHot: 'u8',
  splitMissingTrue: 'u8',
  leafStart: 'i32',
  leafValue: 'f64',
  leafWeight: 'f64',
} as const satisfies Record<keyof NonNullable<Forest['oblivious']>, ArrayTypeName>;

/** [type, length, offset], and how it is coded if not as it is. */
export type ArrayEntry =
  | readonly [ArrayTypeName, number, number]
  | readonly [ArrayTypeName, number, number, ArrayCoding];

export interface StatisticHeader {
  readonly type: string;
  readonly parts: readonly (Omit<TargetStatisticPart, 'border'> & { readonly border?: FileNumber })[];
  readonly prior: FileNumber;
  readonly priorWeight: FileNumber;
  readonly shift: FileNumber;
  readonly scale: FileNumber;
  readonly counterDenominator?: FileNumber;
  /** Indices into `arrays`; statistics that share a table share them. */
  readonly folds: readonly { readonly part: number; readonly keys: number }[];
  readonly keys: number;
  readonly numerator: number;
  readonly denominator: number;
}

export interface ForestHeader {
  readonly family: string;
  readonly inputs: readonly ForestInput[];
  readonly average: boolean;
  readonly intercept: FileNumber;
  readonly link: string;
  readonly parameters: Readonly<Record<string, FileNumber | boolean | { readonly number: FileNumber }>>;
  readonly generators?: string;
  readonly targetStatistics: readonly StatisticHeader[];
  readonly trees: Readonly<Record<string, number>>;
  readonly oblivious?: Readonly<Record<string, number>>;
  readonly arrays: readonly ArrayEntry[];
}

export function damaged(where: string, what: string, cause?: unknown): EcommlError {
  return new EcommlError('BAD_FOREST', `${where} is damaged: ${what}.`, {
    hint: 'Train it again, or copy it again from where it was whole.',
    cause,
  });
}
