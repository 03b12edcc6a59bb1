/** Kinds of options made of several values or with a syntax of their own: lists, pairs, parameters, gates, splits, weights. */

import { parseGate } from '../metrics/gate.js';
import type { Shard } from '../scoring/score-plan.js';
import type { Gate, SplitChoice } from '../workflows/options.js';
import { choice, integer, type Kind, text, toNumber } from './option-kinds.js';

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

/** Whole numbers from 1. */
export function counts(placeholder: string): Kind<readonly number[]> {
  return list(placeholder, integer({ min: 1 }), 'whole numbers from 1 with commas between them');
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

/** `3/64`: from 1 to the number of parts. */
export function shard(): Kind<Shard> {
  const fromText = (value: string): Shard | undefined => {
    const [, index, of] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
    const found = { index: Number(index), of: Number(of) };
    return found.index >= 1 && found.index <= found.of ? found : undefined;
  };
  return {
    placeholder: '<i/n>',
    expected: 'i/n with i from 1 to n, as in 3/64',
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
