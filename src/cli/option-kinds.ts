/**
 * What an option's value may be: how it is read from text (flag, environment) and from JSON (config file), and how the
 * expected form is said in words. A reader answers undefined for a value that does not fit. Lists,
 * pairs and what has a syntax of its own are in composite-kinds.ts.
 */

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
export function toNumber(value: string): number {
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
  return durationOf('a duration above 0', (seconds) => seconds > 0);
}

/** The same, and 0. */
export function durationFromZero(): Kind<number> {
  return durationOf('a duration of at least 0', (seconds) => seconds >= 0);
}

function durationOf(expected: string, fits: (seconds: number) => boolean): Kind<number> {
  const fromText = (value: string) => {
    const match = /^([\d.]+)([smhd]?)$/.exec(value.trim());
    if (match === null) return undefined;
    const seconds = toNumber(match[1]) * SECONDS[(match[2] || 's') as keyof typeof SECONDS];
    return fits(seconds) ? seconds : undefined;
  };
  return {
    placeholder: '<duration>',
    expected: `${expected}: seconds, or with a unit as in 30m, 12h, 7d`,
    fromText,
    fromJson: (value) => (typeof value === 'string' || typeof value === 'number' ? fromText(String(value)) : undefined),
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
