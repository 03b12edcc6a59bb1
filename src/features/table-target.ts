/**
 * Which columns of a labelled table are the target and the features, and the target as 0 and 1. It reads no events,
 * splits nothing and encodes nothing.
 */
import { inputRejected } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { compareCodePoints } from '../table/code-points.js';
import type { Frame, FrameColumn } from '../table/frame.js';

export interface TableOptions {
  readonly target: string;
  /** The target's value that counts as 1. */
  readonly positive?: string;
  /** Columns that name a row: passed through, never learned from. */
  readonly id?: readonly string[];
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /** Columns of numbers to take as categories. */
  readonly categorical?: readonly string[];
  /** The column of time: splits, never learned from. */
  readonly time?: string;
}

export interface Target {
  readonly name: string;
  /** 0 or 1 a row; NaN where the target is missing. */
  readonly label: Float64Array;
  /** The value read as 1 and the one read as 0, as the table spells them. */
  readonly positive: string;
  readonly negative: string;
  /** Why `positive` is the positive one, for the user to see. */
  readonly reason: string;
  readonly positives: number;
  /** Rows without a target: not to be learned from. */
  readonly missing: number;
}

/** Pairs of spellings whose meaning needs no asking; compared without regard to case. */
const KNOWN_PAIRS: readonly (readonly [negative: string, positive: string])[] = [
  ['0', '1'],
  ['false', 'true'],
  ['no', 'yes'],
  ['n', 'y'],
  ['f', 't'],
  ['-1', '1'],
];

/** The columns to learn from: all but the target, ids, time and dropped ones, in the table's order. Names are checked. */
export function featureColumns(frame: Frame, options: TableOptions): Frame {
  const names = frame.columns.map((column) => column.name);
  const { target, id = [], drop = [], categorical = [], time } = options;
  const left = new Set([target, ...id, ...drop, ...(time === undefined ? [] : [time])]);
  for (const name of [...left, ...categorical]) columnOf(frame, name);
  const columns = frame.columns
    .filter((column) => !left.has(column.name))
    .map((column) => (categorical.includes(column.name) ? asCategorical(column) : column));
  if (columns.length === 0)
    throw inputRejected(
      'TABLE_NO_FEATURES',
      `No column is left to learn from: the table has ${names.join(', ')}, of which ${[...left].join(', ')} are set aside.`,
    );
  return { rows: frame.rows, columns };
}

/** The named column; an error with the nearest present name when there is none. */
export function columnOf(frame: Frame, name: string): FrameColumn {
  const found = frame.columns.find((column) => column.name === name);
  if (found === undefined) {
    const names = frame.columns.map((column) => column.name);
    throw inputRejected(
      'TABLE_MISSING_COLUMN',
      `The table has no column "${name}".${didYouMean(name, names)}`,
      `Its columns are: ${names.join(', ')}.`,
    );
  }
  return found;
}

/** A column of numbers as categories, each spelled as JavaScript prints the number; a column of text as it is. */
export function asCategorical(column: FrameColumn): FrameColumn {
  if (column.kind === 'categorical') return column;
  const texts = Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
  const categories = [...new Set(texts.filter((text) => text !== null))].sort(compareCodePoints);
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = Int32Array.from(texts, (text) => (text === null ? -1 : codeOf.get(text)!));
  return { kind: 'categorical', name: column.name, codes, categories };
}

/**
 * The target as 0 and 1. Of two values the positive one is, in this order: the one named by `positive`; 1 of 0/1, true of
 * false/true, yes of no/yes; the rarer; the later by code point. Anything but two values is an error (exit 3) that names
 * them.
 */
export function readTarget(frame: Frame, { target: name, positive: named }: TableOptions): Target {
  const column = asCategorical(columnOf(frame, name)) as Extract<FrameColumn, { kind: 'categorical' }>;
  const counts = new Map<string, number>();
  let missing = 0;
  for (const code of column.codes) {
    if (code < 0) missing++;
    else counts.set(column.categories[code], (counts.get(column.categories[code]) ?? 0) + 1);
  }
  const values = [...counts.keys()].sort(compareCodePoints);
  if (
    values.length !== 2 &&
    !(named !== undefined && values.length > 2 && values.some((value) => sameValue(value, named)))
  )
    throw notTwoValues(name, values, named);
  const { positive, reason } = choosePositive(name, values, counts, named);
  const others = values.filter((value) => value !== positive);
  const label = new Float64Array(column.codes.length);
  for (let row = 0; row < label.length; row++) {
    const code = column.codes[row];
    label[row] = code < 0 ? Number.NaN : column.categories[code] === positive ? 1 : 0;
  }
  return {
    name,
    label,
    positive,
    negative: others.length === 1 ? others[0] : `any of ${others.length} others`,
    reason,
    positives: counts.get(positive)!,
    missing,
  };
}

function choosePositive(
  name: string,
  values: readonly string[],
  counts: ReadonlyMap<string, number>,
  named: string | undefined,
): { positive: string; reason: string } {
  if (named !== undefined) {
    // A table may spell what was typed as "1" as "1.0", or "yes" as "Yes".
    const match = values.find((value) => value === named) ?? values.find((value) => sameValue(value, named));
    if (match === undefined)
      throw inputRejected(
        'TABLE_NO_SUCH_VALUE',
        `The target "${name}" has the values ${quoted(values)}, not "${named}".${didYouMean(named, values)}`,
      );
    return { positive: match, reason: 'named as positive' };
  }
  const [low, high] = values;
  for (const [no, yes] of KNOWN_PAIRS)
    for (const [a, b] of [
      [low, high],
      [high, low],
    ])
      if (a.toLowerCase() === no && b.toLowerCase() === yes) return { positive: b, reason: `${no}/${yes}` };
  const difference = counts.get(low)! - counts.get(high)!;
  if (difference === 0) return { positive: high, reason: 'both are equally frequent; this one sorts later' };
  return { positive: difference < 0 ? low : high, reason: 'the rarer of the two values' };
}

function sameValue(value: string, named: string): boolean {
  if (value.toLowerCase() === named.toLowerCase()) return true;
  // A table's TRUE and FALSE may arrive as the numbers 1 and 0.
  const number = /^true$/i.test(named) ? 1 : /^false$/i.test(named) ? 0 : Number(named);
  return named.trim() !== '' && value.trim() !== '' && Number(value) === number;
}

function notTwoValues(name: string, values: readonly string[], named: string | undefined): Error {
  if (values.length === 0) return inputRejected('TABLE_NO_TARGET', `The target "${name}" is missing in every row.`);
  if (values.length === 1)
    return inputRejected(
      'TABLE_ONE_CLASS',
      `The target "${name}" is ${quoted(values)} in every row: there is nothing to tell apart.`,
    );
  return inputRejected(
    'TABLE_NOT_BINARY',
    `The target "${name}" has ${values.length} values (${quoted(values)})${named === undefined ? '' : `, none of them "${named}"`}; expected two.`,
    'Name the value that counts as 1 with --positive to set it against the rest, or choose another target.',
  );
}

function quoted(values: readonly string[]): string {
  const shown = values.slice(0, 5).map((value) => `"${value}"`);
  return values.length > 5 ? `${shown.join(', ')}, …` : shown.join(', ');
}
