/**
 * Settles the value of every option of a verb: a flag beats ECOMML_*, which beats the config file, which beats the
 * default. What does not fit is refused with where it was said, what was found and what was expected.
 */
import { availableParallelism } from 'node:os';
import { type EcommlError, usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { ConfigValues } from './config-file.js';
import type { OptionDefinition } from './options/define.js';
import { environmentName, flagName, OPTIONS, type OptionId, optionsOf, type Settings } from './options.js';
import type { Environment, TerminalChoices } from './terminal.js';
import type { Verb } from './verbs.js';

/** Flags as they were typed, by option name: the texts in their order, or true and false for a switch. */
export type TypedFlags = Readonly<Record<string, readonly string[] | boolean>>;

/** What was said, and where it can be said. */
export interface Said {
  readonly flags: TypedFlags;
  readonly environment: Environment;
  readonly config: ConfigValues;
}

/** How words are written: settled before all else, so that what is wrong elsewhere is said in the wanted form. */
export function settleChoices(verb: Verb, said: Said): TerminalChoices {
  return settle(verb, said, ['color', 'json', 'quiet', 'debug']);
}

export function settle(verb: Verb, { flags, environment, config }: Said, only?: readonly OptionId[]): Settings {
  const settings: Record<string, unknown> = { threads: availableParallelism() };
  for (const [id, definition] of Object.entries(OPTIONS) as [string, OptionDefinition][]) {
    if (definition.default !== undefined) settings[id] = definition.default;
  }
  for (const [id, definition] of optionsOf(verb)) {
    if (only !== undefined && !only.includes(id)) continue;
    const value = fromFlag(definition, flags) ?? fromEnvironment(definition, environment) ?? config[id];
    if (value !== undefined) settings[id] = value;
  }
  return settings as unknown as Settings;
}

function fromFlag(definition: OptionDefinition, flags: TypedFlags): unknown {
  const given = flags[definition.name];
  if (given === undefined || typeof given === 'boolean') return given;
  const { merge } = definition.kind;
  if (merge === undefined) return read(definition, flagName(definition), given[given.length - 1]);
  return merge(given.map((value) => read(definition, flagName(definition), value)));
}

/** An empty variable counts as absent, as is the custom in shells. */
export function fromEnvironment(definition: OptionDefinition, environment: Environment): unknown {
  const name = environmentName(definition.name);
  const value = environment[name];
  return value === undefined || value === '' ? undefined : read(definition, name, value);
}

function read({ kind, help }: OptionDefinition, where: string, given: string): unknown {
  const value = kind.fromText(given);
  if (value !== undefined) return value;
  const near = kind.words === undefined ? '' : didYouMean(given, kind.words);
  throw usageError('BAD_OPTION', `${where} is "${given}", but must be ${kind.expected}.${near}`, `${where}: ${help}.`);
}

/** A required option that nobody said. */
export function missing(verb: Verb, definition: OptionDefinition): EcommlError {
  return usageError(
    'MISSING_OPTION',
    `ecomml ${verb} needs ${flagName(definition)}.`,
    `Say ${flagName(definition)} ${definition.kind.placeholder ?? ''}: ${definition.help}.`,
  );
}
