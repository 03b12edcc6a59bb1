/**
 * One table a family: canonical name, type, default, range and help. Parsing `--param family.name=value`, checking,
 * defaults, suggestions and the printed documentation all read these tables.
 */
import { usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';

export type ParameterValue = number | string | boolean;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

interface Common {
  /** One line for the help and the report. */
  readonly help: string;
}

export type ParameterDefinition =
  | (Common & {
      readonly type: 'number' | 'integer';
      readonly default: number;
      readonly min?: number;
      readonly max?: number /** The minimum itself is not allowed. */;
      readonly aboveMin?: boolean;
    })
  | (Common & {
      readonly type: 'boolean';
      readonly default: boolean;
      /** Another default where another parameter has one value. */
      readonly defaultWhen?: { readonly parameter: string; readonly is: ParameterValue; readonly instead: boolean };
    })
  | (Common & { readonly type: 'choice'; readonly default: string; readonly choices: readonly string[] })
  /** A number, or one of a few words ("sqrt", "auto"). */
  | (Common & {
      readonly type: 'number-or-word';
      readonly default: number | string;
      readonly words: readonly string[];
      readonly min?: number;
      readonly max?: number;
      /** The number must be whole. */
      readonly whole?: boolean;
    })
  /** Words of a syntax of their own; what they name is checked against the training table. */
  | (Common & {
      readonly type: 'text';
      readonly default: string;
      readonly pattern: RegExp /** The pattern in words, with an example. */;
      readonly form: string;
    });

export type ParameterTable = Readonly<Record<string, ParameterDefinition>>;

/**
 * Checks given values (strings from the command line or typed values from a config file) against a family's table and
 * completes them with the defaults. Throws a usage error that names the parameter, what was found and what is expected.
 */
export function resolveParameters(family: string, table: ParameterTable, given: ParameterValues): ParameterValues {
  const resolved: Record<string, ParameterValue> = {};
  for (const [name, definition] of Object.entries(table)) resolved[name] = definition.default;
  for (const [name, value] of Object.entries(given)) {
    const definition = Object.hasOwn(table, name) ? table[name] : undefined;
    if (definition === undefined) {
      throw usageError(
        'UNKNOWN_PARAMETER',
        `${family} has no parameter "${name}".${didYouMean(name, Object.keys(table))}`,
        `Parameters of ${family}: ${Object.keys(table).join(', ')}.`,
      );
    }
    resolved[name] = parseValue(`${family}.${name}`, definition, value);
  }
  for (const [name, definition] of Object.entries(table)) {
    if (definition.type !== 'boolean' || definition.defaultWhen === undefined || Object.hasOwn(given, name)) continue;
    const { parameter, is, instead } = definition.defaultWhen;
    if (resolved[parameter] === is) resolved[name] = instead;
  }
  return resolved;
}

function parseValue(name: string, definition: ParameterDefinition, value: ParameterValue): ParameterValue {
  const text = String(value).trim();
  const refuse = (expected: string) =>
    usageError('BAD_PARAMETER', `${name} is "${text}", but must be ${expected}.`, definition.help);
  switch (definition.type) {
    case 'boolean':
      if (/^(true|1|yes|on)$/i.test(text)) return true;
      if (/^(false|0|no|off)$/i.test(text)) return false;
      throw refuse('true or false');
    case 'choice': {
      const found = definition.choices.find((choice) => choice.toLowerCase() === text.toLowerCase());
      if (found === undefined) throw refuse(`one of ${definition.choices.join(', ')}`);
      return found;
    }
    case 'text':
      if (text !== '' && !definition.pattern.test(text)) throw refuse(definition.form);
      return text;
    case 'number-or-word': {
      const word = definition.words.find((choice) => choice.toLowerCase() === text.toLowerCase());
      if (word !== undefined) return word;
      const kind = definition.whole ? 'a whole number ' : '';
      const refused = () => refuse(`${kind}${range(definition)} or one of ${definition.words.join(', ')}`);
      const number = numberIn(text, definition, refused);
      if (definition.whole && !Number.isSafeInteger(number)) throw refused();
      return number;
    }
    case 'integer': {
      const number = numberIn(text, definition, () => refuse(`a whole number ${range(definition)}`));
      if (!Number.isSafeInteger(number)) throw refuse(`a whole number ${range(definition)}`);
      return number;
    }
    default:
      return numberIn(text, definition, () => refuse(`a number ${range(definition)}`));
  }
}

interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly aboveMin?: boolean;
}

function numberIn(text: string, { min, max, aboveMin }: Range, refuse: () => Error): number {
  const number = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) throw refuse();
  if (min !== undefined && (aboveMin ? number <= min : number < min)) throw refuse();
  if (max !== undefined && number > max) throw refuse();
  return number;
}

function range({ min, max, aboveMin }: Range): string {
  const low = min === undefined ? '' : `${aboveMin ? 'above' : 'of at least'} ${min}`;
  const high = max === undefined ? '' : `at most ${max}`;
  return [low, high].filter((part) => part !== '').join(' and ');
}
