/**
 * What is expected of a table or of events, as a file that a person can read and edit: JSON Schema (draft 2020-12) of one
 * row, with further keywords for what JSON Schema cannot say. It reads and checks the form of the file, never the data.
 *
 * Of a column: type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, enum, pattern, minLength, maxLength,
 * formatMinimum, formatMaximum (times); and of ours: unique, nullRate with nullRateTolerance, severity. Of the whole:
 * required and additionalProperties; and of ours: kind, rows, freshness, severity.
 */
import { readFileSync } from 'node:fs';
import { usageError } from '../base/errors.js';
import { JsonDocument, type Node, sayJson } from '../base/json-document.js';
import type { TableColumnType } from './column-types.js';

/** What follows when rows do not meet a rule: the input is refused, the rows are rejected, or it is told. */
export const SEVERITIES = ['error', 'reject', 'warn'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Rules of a column that its rows meet or fail one by one. */
export const ROW_RULES = [
  'null',
  'integer',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'formatMinimum',
  'formatMaximum',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'unique',
] as const;
export type RowRule = (typeof ROW_RULES)[number];
/** Rules of a column as a whole: there are no rows to reject. `type` counts rows that cleaning has rejected already. */
export const COLUMN_RULES = ['type', 'nullRate'] as const;
export type Rule = RowRule | (typeof COLUMN_RULES)[number];

export interface ExpectedColumn {
  readonly name: string;
  readonly type?: 'number' | 'integer' | 'boolean' | 'string' | 'time';
  readonly nullable: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly formatMinimum?: string;
  readonly formatMaximum?: string;
  readonly enum?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly unique?: boolean;
  /** Share of rows without a value, 0 to 1, in the data the file was inferred from. */
  readonly nullRate?: number;
  /** How far the share may move; sampling noise is allowed for besides. */
  readonly nullRateTolerance: number;
  readonly severity: Readonly<Partial<Record<Rule | '*', Severity>>>;
}

export interface Expectations {
  readonly kind: 'events' | 'table';
  readonly columns: readonly ExpectedColumn[];
  /** Columns that must be in the file. */
  readonly required: readonly string[];
  /** False: no column but those named. */
  readonly additionalProperties: boolean;
  readonly rows?: { readonly minimum?: number; readonly maximum?: number; readonly severity: Severity };
  readonly freshness?: {
    readonly column: string;
    /** The latest time must be no earlier. */
    readonly latestFrom?: string;
    /** The latest time must be no longer before the moment of the check, in seconds. */
    readonly maxAge?: number;
    readonly severity: Severity;
  };
}

/** The same but for some columns, of which nothing is expected then. */
export function withoutColumns(expectations: Expectations, names: readonly string[]): Expectations {
  if (names.length === 0) return expectations;
  return {
    ...expectations,
    columns: expectations.columns.filter(({ name }) => !names.includes(name)),
    required: expectations.required.filter((name) => !names.includes(name)),
  };
}

const TYPES = ['number', 'integer', 'boolean', 'string', 'null'] as const;
const NUMBERS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'nullRate',
  'nullRateTolerance',
] as const;
const LENGTHS = ['minLength', 'maxLength'] as const;
const TIMES = ['formatMinimum', 'formatMaximum'] as const;
const NOTES = ['title', 'description', '$comment'] as const;
const COLUMN_FIELDS = [
  'type',
  'format',
  'enum',
  'pattern',
  'unique',
  'severity',
  ...NUMBERS,
  ...LENGTHS,
  ...TIMES,
  ...NOTES,
];
const FIELDS = [
  '$schema',
  'kind',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'rows',
  'freshness',
  ...NOTES,
];
export const DEFAULT_NULL_TOLERANCE = 0.05;

/** Errors: `BAD_SCHEMA`, exit code 2, with line and column. */
export function readExpectations(path: string): Expectations {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError('BAD_SCHEMA', `The schema ${path} cannot be read: ${(cause as Error).message}`);
  }
  return new ExpectationsFile(path, content).read();
}

class ExpectationsFile {
  readonly #document: JsonDocument;

  constructor(path: string, content: string) {
    this.#document = new JsonDocument(path, content, 'BAD_SCHEMA');
  }

  read(): Expectations {
    const fields = this.#document.fields(this.#document.root, 'the schema', FIELDS);
    const properties = fields.get('properties');
    const columns = properties === undefined ? [] : this.#document.entries(properties, 'properties');
    const rows = fields.get('rows');
    const freshness = fields.get('freshness');
    const required = fields.get('required');
    const additional = fields.get('additionalProperties');
    const kind = fields.get('kind');
    return {
      kind: kind === undefined ? 'table' : this.#word(kind, 'kind', ['events', 'table']),
      columns: columns.map(([name, column]) => this.#column(String(name.value), column)),
      required:
        required === undefined ? [] : this.#list(required, 'required').map((node) => this.#text(node, 'required')),
      additionalProperties: additional === undefined ? true : this.#truth(additional, 'additionalProperties'),
      ...(rows === undefined ? {} : { rows: this.#rows(rows) }),
      ...(freshness === undefined ? {} : { freshness: this.#freshness(freshness) }),
    };
  }

  #column(name: string, node: Node): ExpectedColumn {
    const what = `column "${name}"`;
    const fields = this.#document.fields(node, what, COLUMN_FIELDS);
    const given: Record<string, unknown> = {};
    for (const key of NUMBERS) if (fields.has(key)) given[key] = this.#number(fields.get(key)!, key);
    for (const key of LENGTHS) if (fields.has(key)) given[key] = this.#number(fields.get(key)!, key);
    for (const key of TIMES) if (fields.has(key)) given[key] = this.#time(fields.get(key)!, key);
    const pattern = fields.get('pattern');
    if (pattern !== undefined) given['pattern'] = this.#pattern(pattern);
    const unique = fields.get('unique');
    if (unique !== undefined) given['unique'] = this.#truth(unique, 'unique');
    const values = fields.get('enum');
    if (values !== undefined) given['enum'] = this.#enum(values);
    const types = this.#types(fields.get('type'), fields.get('format'), what);
    const severity = fields.get('severity');
    return {
      nullRateTolerance: DEFAULT_NULL_TOLERANCE,
      ...given,
      name,
      ...types,
      severity: severity === undefined ? {} : this.#severities(severity),
    };
  }

  #types(
    node: Node | undefined,
    format: Node | undefined,
    what: string,
  ): Pick<ExpectedColumn, 'nullable'> & Partial<Pick<ExpectedColumn, 'type'>> {
    if (node === undefined) return { nullable: true };
    const nodes = node.type === 'array' ? (node.children ?? []) : [node];
    const words = nodes.map((one) => this.#word(one, `type of ${what}`, TYPES));
    const [type, ...more] = words.filter((word) => word !== 'null');
    if (more.length > 0)
      throw this.#document.refuse(node, `${what} has several types; only "null" may stand beside one`);
    const nullable = words.includes('null');
    if (type === undefined) return { nullable };
    const times = format !== undefined && ['date-time', 'date'].includes(String(format.value));
    return { nullable, type: type === 'string' && times ? 'time' : (type as 'string') };
  }

  #severities(node: Node): ExpectedColumn['severity'] {
    if (node.type === 'string') return { '*': this.#word(node, 'severity', SEVERITIES) };
    const fields = this.#document.fields(node, 'severity', [...ROW_RULES, ...COLUMN_RULES, '*']);
    return Object.fromEntries([...fields].map(([rule, value]) => [rule, this.#word(value, 'severity', SEVERITIES)]));
  }

  #rows(node: Node): NonNullable<Expectations['rows']> {
    const fields = this.#document.fields(node, 'rows', ['minimum', 'maximum', 'severity']);
    const bound = (key: 'minimum' | 'maximum') =>
      fields.has(key) ? { [key]: this.#number(fields.get(key)!, key) } : {};
    return { ...bound('minimum'), ...bound('maximum'), severity: this.#whole(fields.get('severity')) };
  }

  #freshness(node: Node): NonNullable<Expectations['freshness']> {
    const fields = this.#document.fields(node, 'freshness', ['column', 'latestFrom', 'maxAge', 'severity']);
    const column = fields.get('column');
    if (column === undefined) throw this.#document.refuse(node, 'freshness needs a column');
    const from = fields.get('latestFrom');
    const age = fields.get('maxAge');
    return {
      column: this.#text(column, 'column'),
      ...(from === undefined ? {} : { latestFrom: this.#time(from, 'latestFrom') }),
      ...(age === undefined ? {} : { maxAge: this.#duration(age) }),
      severity: this.#whole(fields.get('severity')),
    };
  }

  /** The severity of what has no rows. */
  #whole(node: Node | undefined): Severity {
    return node === undefined ? 'error' : this.#word(node, 'severity', ['error', 'warn']);
  }

  #word<W extends string>(node: Node, what: string, words: readonly W[]): W {
    const found = words.find((word) => word === node.value);
    if (found === undefined)
      throw this.#document.refuse(node, `${what} is ${sayJson(node)}, but must be one of ${words.join(', ')}`);
    return found;
  }

  #text(node: Node, what: string): string {
    if (node.type !== 'string') throw this.#document.refuse(node, `${what} must be a text, found ${sayJson(node)}`);
    return String(node.value);
  }

  #number(node: Node, what: string): number {
    if (node.type !== 'number') throw this.#document.refuse(node, `${what} must be a number, found ${sayJson(node)}`);
    return Number(node.value);
  }

  #truth(node: Node, what: string): boolean {
    if (node.type !== 'boolean')
      throw this.#document.refuse(node, `${what} must be true or false, found ${sayJson(node)}`);
    return node.value === true;
  }

  #list(node: Node, what: string): Node[] {
    if (node.type !== 'array') throw this.#document.refuse(node, `${what} must be a list, found ${sayJson(node)}`);
    return node.children ?? [];
  }

  #enum(node: Node): (string | number | boolean)[] {
    const values = this.#list(node, 'enum').filter(({ type }) => type !== 'null');
    const odd = values.find(({ type }) => type === 'object' || type === 'array');
    if (odd !== undefined)
      throw this.#document.refuse(odd, `enum holds ${sayJson(odd)}; only texts, numbers, true and false`);
    return values.map((value) => value.value as string);
  }

  #time(node: Node, what: string): string {
    const text = this.#text(node, what);
    if (
      !/^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z?)?$/.test(text) ||
      Number.isNaN(Date.parse(text.replace(' ', 'T')))
    )
      throw this.#document.refuse(node, `${what} must be a time as in 2019-10-01T00:00:00Z, found ${sayJson(node)}`);
    return text.replace('T', ' ').replace('Z', '');
  }

  #duration(node: Node): number {
    const match = /^(\d+(?:\.\d+)?)([smhd])$/.exec(this.#text(node, 'maxAge'));
    if (match === null)
      throw this.#document.refuse(node, `maxAge must be a duration as in 12h or 2d, found ${sayJson(node)}`);
    return Number(match[1]) * { s: 1, m: 60, h: 3600, d: 86400 }[match[2] as 's']!;
  }

  #pattern(node: Node): string {
    const text = this.#text(node, 'pattern');
    // DuckDB's expressions (RE2) know neither look-around nor back references.
    if (/\(\?[=!<]|\\[1-9]/.test(text))
      throw this.#document.refuse(node, 'pattern has a look-around or a back reference, which cannot be used here');
    try {
      new RegExp(text);
    } catch {
      throw this.#document.refuse(node, `pattern is no regular expression: ${sayJson(node)}`);
    }
    return text;
  }
}

const TABLE_TYPES: Readonly<Record<NonNullable<ExpectedColumn['type']>, TableColumnType>> = {
  number: 'numeric',
  integer: 'numeric',
  boolean: 'boolean',
  string: 'categorical',
  time: 'time',
};

/** The types to read a table's columns by, of those that the file must have. */
export function expectedTypes({ columns, required }: Expectations): { name: string; type: TableColumnType }[] {
  return columns.flatMap(({ name, type }) =>
    type === undefined || !required.includes(name) ? [] : [{ name, type: TABLE_TYPES[type] }],
  );
}
