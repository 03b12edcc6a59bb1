/**
 * Reads ecomml.config.json and holds every key against the table of options: an unknown key, a wrong type or broken
 * JSON is refused with its line and column. Keys are the flags' names; a verb's own values stand in an object under the
 * verb's name and beat those at the top.
 */
import { existsSync, readFileSync } from 'node:fs';
import { EcommlError } from '../base/errors.js';
import { JsonDocument, type Node, sayJson } from '../base/json-document.js';
import { didYouMean } from '../base/suggest.js';
import type { OptionDefinition } from './options/define.js';
import { OPTIONS, type OptionId, optionsOf } from './options.js';
import { VERBS, type Verb } from './verbs.js';

export const CONFIG_NAME = 'ecomml.config.json';

export type ConfigValues = Readonly<Partial<Record<OptionId, unknown>>>;

/** The values that the file has for `verb`; an absent file has none unless it was asked for by name. */
export function readConfig(path: string | undefined, verb: Verb): ConfigValues {
  const file = path ?? CONFIG_NAME;
  if (path === undefined && !existsSync(file)) return {};
  let content: string;
  try {
    content = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new EcommlError('BAD_CONFIG', `The config file ${file} ${why}.`, { cause, exitCode: 2 });
  }
  return new ConfigFile(file, content).valuesFor(verb);
}

class ConfigFile {
  readonly #document: JsonDocument;

  constructor(file: string, content: string) {
    this.#document = new JsonDocument(file, content, 'BAD_CONFIG');
    const { root } = this.#document;
    if (root.type !== 'object') throw this.#document.refuse(root, `must hold an object, found ${sayJson(root)}`);
  }

  valuesFor(verb: Verb): ConfigValues {
    const top: Partial<Record<OptionId, unknown>> = {};
    const own: Partial<Record<OptionId, unknown>> = {};
    for (const [key, value] of this.#document.entries(this.#document.root, 'the file')) {
      if (Object.hasOwn(VERBS, key.value)) this.#readSection(key.value as Verb, value, key.value === verb ? own : {});
      else this.#readValue(key, value, verb, top);
    }
    return { ...top, ...own };
  }

  #readSection(verb: Verb, section: Node, into: Partial<Record<OptionId, unknown>>): void {
    if (section.type !== 'object')
      throw this.#document.refuse(section, `"${verb}" must be an object of options, found ${sayJson(section)}`);
    for (const [key, value] of this.#document.entries(section, `"${verb}"`)) {
      const known = optionsOf(verb).filter(([, one]) => one.inConfig !== false);
      const found = known.find(([, one]) => one.name === key.value);
      if (found === undefined) {
        const names = known.map(([, one]) => one.name);
        throw this.#document.refuse(
          key,
          `"${verb}" has no option "${key.value}".${didYouMean(key.value, names)}`,
          `Options of ${verb}: ${names.join(', ')}.`,
        );
      }
      into[found[0]] = this.#check(found[1], key, value);
    }
  }

  /** A key at the top holds for every verb that has the option; it is checked as the verb at hand reads it. */
  #readValue(key: Node, value: Node, verb: Verb, into: Partial<Record<OptionId, unknown>>): void {
    const all = (Object.entries(OPTIONS) as [OptionId, OptionDefinition][]).filter(([, one]) => one.inConfig !== false);
    const named = all.filter(([, one]) => one.name === key.value);
    if (named.length === 0) {
      const names = [...new Set([...all.map(([, one]) => one.name), ...Object.keys(VERBS)])];
      throw this.#document.refuse(
        key,
        `unknown key "${key.value}".${didYouMean(key.value, names)}`,
        'Keys are the names of the flags (ecomml <command> --help), or a command with an object of its options.',
      );
    }
    const own = named.find(([, one]) => one.verbs.includes(verb));
    if (own !== undefined) into[own[0]] = this.#check(own[1], key, value);
  }

  #check(definition: OptionDefinition, key: Node, value: Node): unknown {
    let found: unknown;
    try {
      found = definition.kind.fromJson(this.#document.value(value));
    } catch (error) {
      throw error instanceof EcommlError ? this.#document.refuse(value, error.message, error.hint) : error;
    }
    if (found === undefined) {
      const near = value.type === 'string' ? didYouMean(String(value.value), definition.kind.words ?? []) : '';
      throw this.#document.refuse(
        value,
        `"${key.value}" must be ${definition.kind.expected}, found ${sayJson(value)}.${near}`,
      );
    }
    return found;
  }
}
