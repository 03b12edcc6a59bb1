/** The shape of one option, and the verbs that several options name together. */
import type { Kind } from '../option-kinds.js';
import { VERBS, type Verb } from '../verbs.js';

export interface OptionDefinition<T = unknown> {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly verbs: readonly Verb[];
  readonly help: string;
  readonly default?: T;
  /** Says the default when it is not one fixed value; by verb where it differs. */
  readonly defaultText?: string | Readonly<Partial<Record<Verb, string>>>;
  /** Help of the flag where it says the opposite of the value (`--no-color`). */
  readonly flagHelp?: string;
  /** True for what every command takes. */
  readonly general?: boolean;
  /** False when a config file cannot hold it. */
  readonly inConfig?: boolean;
}

export const ALL = Object.keys(VERBS) as Verb[];
export const INGEST = 'store ingest' satisfies Verb;
export const READERS: readonly Verb[] = [
  'clean',
  'features',
  'train',
  'evaluate',
  'score',
  'explain',
  'report',
  INGEST,
  'store materialize',
];

/** Keeps the literal types of an entry. */
export function define<T, const D extends Omit<OptionDefinition<T>, 'kind'>>(kind: Kind<T>, definition: D) {
  return { kind, ...definition };
}
