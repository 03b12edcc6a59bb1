/**
 * The one table of options. The flags, the ECOMML_* variables, the keys of the config file, the help and the README's
 * table are all read from it. An option's flag is `--name`, its variable ECOMML_NAME, its config key "name".
 */
import type { KindValue } from './option-kinds.js';
import type { OptionDefinition } from './options/define.js';
import { EXPLAINING_OPTIONS } from './options/explaining.js';
import { GENERATING_OPTIONS } from './options/generating.js';
import { READING_OPTIONS } from './options/reading.js';
import { RUNNING_OPTIONS } from './options/running.js';
import { SCORING_OPTIONS } from './options/scoring.js';
import { STORE_OPTIONS } from './options/store.js';
import { TRAINING_OPTIONS } from './options/training.js';
import type { Verb } from './verbs.js';

export const OPTIONS = {
  ...READING_OPTIONS,
  ...TRAINING_OPTIONS,
  ...SCORING_OPTIONS,
  ...EXPLAINING_OPTIONS,
  ...GENERATING_OPTIONS,
  ...STORE_OPTIONS,
  ...RUNNING_OPTIONS,
} as const;
export type OptionId = keyof typeof OPTIONS;
type ValueOf<K extends OptionId> = KindValue<(typeof OPTIONS)[K]['kind']>;

/** The value of every option; undefined only where there is no fixed default. */
export type Settings = {
  readonly [K in OptionId]: (typeof OPTIONS)[K] extends { readonly default: unknown }
    ? ValueOf<K>
    : ValueOf<K> | undefined;
};

/** The options of a verb, in the table's order. */
export function optionsOf(verb: Verb): [OptionId, OptionDefinition][] {
  const entries = Object.entries(OPTIONS) as [OptionId, OptionDefinition][];
  return entries.filter(([, definition]) => definition.verbs.includes(verb));
}

/** `max-bad-rows` → `ECOMML_MAX_BAD_ROWS` */
export function environmentName(name: string): string {
  return `ECOMML_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `--max-bad-rows`; a switch that is on unless said otherwise is `--no-NAME`. */
export function flagName({ name, kind, default: fixed }: OptionDefinition): string {
  return kind.placeholder === undefined && fixed !== false ? `--no-${name}` : `--${name}`;
}

/** The default of an option of one verb in words, or '' when there is none. */
export function sayDefault(definition: OptionDefinition, verb: Verb): string {
  const { defaultText, default: fixed, kind } = definition;
  if (defaultText !== undefined) return typeof defaultText === 'string' ? defaultText : (defaultText[verb] ?? '');
  if (kind.placeholder === undefined) return fixed === true ? 'on' : 'off';
  return Array.isArray(fixed) ? fixed.join(',') : String(fixed ?? '');
}
