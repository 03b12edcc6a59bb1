/**
 * What an option's value may be: how it is read from text (flag, environment) and from JSON (config file), and how the
 * expected form is said in words. A reader answers undefined for a value that does not fit.
 */
import { parseGate } from '../metrics/gate.js';
import type { Gate, SplitChoice } from '../workflows/options.js';

export interface Kind<T> {
  /** Shown after the flag in the help; absent for a switch. */
  readonly placeholder?: string;
  /** The flag may be given several times; the values are merged. */
  merge?(values: readonly T[]): T;
  /** Ends the sentence "--seed is "x", but must be …". */
  readonly expected: string;
  /** The words it may be, when they are few: for "did you mean". */
  readonly words?: readonly string[];
  readonly fromText: (text: string) => T | undefined;
  readonly fromJson: (value: unknown) => T | undefined;
}

export type KindValue<K> = K extends Kind<infer T> ? T : never;

export function text(placeholder: string): Kind<string> {
  return {
    placeholder,
    expected: 'a text that is not empty',
    fromText: (value) => (value === '' ? undefined : value),
    fromJson: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
  };
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** Neither bound itself is allowed. */
  readonly open?: boolean;
}

function inBounds(value: number, { min = -Infinity, max = Infinity, open = false }: Bounds): boolean {
  return Number.isFinite(value) && (open ? value > min && value < max : value >= min && value <= max);
}

function sayBounds({ min, max, open }: Bounds): string {
  if (min !== undefined && max !== undefined)
    return ` ${open ? 'between' : 'from'} ${min} ${open ? 'and' : 'to'} ${max}`;
  return min === undefined ? '' : ` of at least ${min}`;
}

/** Decimal notation, as JSON has it; Number() alone would also take "", "0x10" and "Infinity". */
function toNumber(value: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim()) ? Number(value) : Number.NaN;
}

function numeric(expected: string, fits: (value: number) => boolean): Kind<number> {
  const check = (value: number) => (fits(value) ? value : undefined);
  return {
    placeholder: '<n>',
    expected,
    fromText: (value) => check(toNumber(value)),
    fromJson: (value) => (typeof value === 'number' ? check(value) : undefined),
  };
}

export function integer(bounds: Bounds = {}): Kind<number> {
  const fits = (value: number) => Number.isSafeInteger(value) && inBounds(value, bounds);
  return numeric(`a whole number${sayBounds(bounds)}`, fits);
}

export function number(bounds: Bounds = {}): Kind<number> {
  return numeric(`a number${sayBounds(bounds)}`, (value) => inBounds(value, bounds));
}

/** 0.01 or 1% is a share of the rows, 100 a number of rows. */
export function shareOrCount(): Kind<number> {
  const kind = numeric('a share below 1 (0.01 or 1%) or a whole number of rows', (value) => {
    return value >= 0 && (value < 1 || Number.isSafeInteger(value));
  });
  const fromText = (value: string) => {
    const percent = /^([\d.]+)\s*%$/.exec(value);
    if (percent === null) return kind.fromText(value);
    const share = toNumber(percent[1]) / 100;
    return share >= 0 && share < 1 ? share : undefined;
  };
  return {
    ...kind,
    fromText,
    fromJson: (value) => (typeof value === 'string' ? fromText(value) : kind.fromJson(value)),
  };
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/** Seconds; text may carry a unit: 90s, 30m, 12h, 7d. */
export function duration(): Kind<number> {
  const fromText = (value: string) => {
    const match = /^([\d.]+)([smhd]?)$/.exec(value.trim());
    if (match === null) return undefined;
    const seconds = toNumber(match[1]) * SECONDS[(match[2] || 's') as keyof typeof SECONDS];
    return seconds > 0 ? seconds : undefined;
  };
  return {
    placeholder: '<duration>',
    expected: 'a duration above 0: seconds, or with a unit as in 30m, 12h, 7d',
    fromText,
    fromJson: (value) => fromText(String(value)),
  };
}

/** True or false. The flag has no value; `--no-NAME` says false. */
export function onOff(): Kind<boolean> {
  return {
    expected: 'true or false',
    words: ['true', 'false'],
    fromText: (value) => {
      if (/^(true|1|yes|on)$/i.test(value)) return true;
      return /^(false|0|no|off)$/i.test(value) ? false : undefined;
    },
    fromJson: (value) => (typeof value === 'boolean' ? value : undefined),
  };
}

export function choice<const W extends string>(...words: readonly W[]): Kind<W> {
  const fromText = (value: string) => words.find((word) => word === value.toLowerCase());
  return {
    placeholder: `<${words.join('|')}>`,
    expected: `one of ${words.join(', ')}`,
    words,
    fromText,
    fromJson: (value) => (typeof value === 'string' ? fromText(value) : undefined),
  };
}

/** Values with commas between them; in JSON a list, too. */
function list<T>(placeholder: string, item: Kind<T>, expected: string): Kind<readonly T[]> {
  const all = (values: readonly unknown[], read: (value: never) => T | undefined) => {
    const found = values.map((value) => read(value as never));
    return found.length === 0 || found.includes(undefined) ? undefined : [...new Set(found as T[])];
  };
  const fromText = (value: string) =>
    all(
      value.split(',').map((part) => part.trim()),
      item.fromText,
    );
  return {
    placeholder,
    expected,
    ...(item.words === undefined ? {} : { words: item.words }),
    merge: (values) => [...new Set(values.flat())],
    fromText,
    fromJson: (value) => {
      if (Array.isArray(value)) return all(value, item.fromJson);
      return typeof value === 'string' ? fromText(value) : undefined;
    },
  };
}

export function names(placeholder: string): Kind<readonly string[]> {
  return list(placeholder, text(placeholder), 'names with commas between them');
}

export function choices<const W extends string>(...words: readonly W[]): Kind<readonly W[]> {
  return list('<list>', choice(...words), `one or more of ${words.join(', ')}, with commas between them`);
}

export type Pairs = Readonly<Record<string, string>>;

function pairsFrom(entries: readonly (readonly [string, string] | undefined)[]): Pairs | undefined {
  if (entries.length === 0 || entries.some((pair) => pair === undefined || pair.includes(''))) return undefined;
  return Object.fromEntries(entries as (readonly [string, string])[]);
}

/** `a=b`, repeatable; in the environment with commas between pairs, in JSON an object. */
export function pairs(placeholder: string, expected: string): Kind<Pairs> {
  return {
    placeholder,
    expected,
    merge: (values) => Object.assign({}, ...values) as Pairs,
    fromText: (value) =>
      pairsFrom(
        value.split(/,(?=[^,=]+=)/).map((part) => {
          const at = part.indexOf('=');
          return at < 0 ? undefined : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
        }),
      ),
    fromJson: (value) => (isObject(value) ? pairsFrom(Object.entries(value).map(textPair)) : undefined),
  };
}

/** `family.name=value`, repeatable; in JSON { "family": { "name": value } } as well. Names are checked later. */
export function familyParameters(): Kind<Pairs> {
  const flat = pairs('<family.name=value>', 'family.name=value, as in lightgbm.num_leaves=63');
  const dotted = (value: Pairs | undefined) =>
    value !== undefined && Object.keys(value).every((key) => /^[^.]+\.[^.]+$/.test(key)) ? value : undefined;
  return {
    ...flat,
    fromText: (value) => dotted(flat.fromText(value)),
    fromJson: (value) => {
      if (!isObject(value)) return undefined;
      const entries = Object.entries(value).flatMap(([family, inner]) =>
        isObject(inner)
          ? Object.entries(inner).map(([name, one]) => textPair([`${family}.${name}`, one]))
          : [textPair([family, inner])],
      );
      return dotted(pairsFrom(entries));
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textPair([key, value]: readonly [string, unknown]): [string, string] | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? [key, String(value)] : undefined;
}

/** `auc>=0.80`, repeatable. A metric that does not exist is refused with a sentence of its own. */
export function gates(): Kind<readonly Gate[]> {
  const expected = 'a metric, a comparison and a number, as in "auc>=0.80"';
  const one: Kind<Gate> = {
    expected,
    fromText: parseGate,
    fromJson: (value) => (typeof value === 'string' ? parseGate(value) : undefined),
  };
  return list('<gate>', one, expected);
}

export function split(): Kind<SplitChoice> {
  const fromText = (value: string): SplitChoice | undefined => {
    if (value === 'time' || value === 'random') return { by: value };
    return value.startsWith('column:') && value.length > 7 ? { by: 'column', column: value.slice(7) } : undefined;
  };
  return {
    placeholder: '<time|random|column:NAME>',
    expected: 'time, random or column:NAME',
    words: ['time', 'random', 'column:'],
    fromText,
    fromJson: (value) => (typeof value === 'string' ? fromText(value) : undefined),
  };
}

/** `default`, `optimized`, or one weight a model, their sum 1. */
export function weights(): Kind<'default' | 'optimized' | readonly number[]> {
  const check = (values: readonly number[]) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return values.every((value) => value >= 0) && Math.abs(sum - 1) <= 1e-6 ? values : undefined;
  };
  const fromText = (value: string) => {
    if (value === 'default' || value === 'optimized') return value;
    return check(value.split(',').map(toNumber));
  };
  return {
    placeholder: '<default|optimized|list>',
    expected: 'default, optimized, or one weight a model, none negative, their sum 1, as in 0.4,0.3,0.2,0.1',
    words: ['default', 'optimized'],
    fromText,
    fromJson: (value) => {
      if (Array.isArray(value)) return value.every((one) => typeof one === 'number') ? check(value) : undefined;
      return typeof value === 'string' ? fromText(value) : undefined;
    },
  };
}
