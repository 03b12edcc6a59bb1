/**
 * Expectations read off clean rows: a file to begin with, meant to be edited. What a row of the same kind can hardly break
 * (missing values where there were none, repeated keys) is an error; what next month may bring (a higher price, a new
 * category, more rows) is a warning.
 */
import { type Database, identifier } from '../table/duckdb.js';
import { DEFAULT_NULL_TOLERANCE } from './expectations.js';
import type { ColumnSummary, QualitySummary } from './quality-summary.js';

/** A column of so few different values, each seen often, is a choice among them. */
const MOST_VALUES = 50;
const SEEN_EACH = 20;
/** Volume: so many times fewer or more rows than were seen are told. */
const VOLUME = 2;
/** Of so many rows, a column without a repeated value is a key. */
const KEY_ROWS = 100;

const TYPES: Readonly<Record<string, string>> = {
  numeric: 'number',
  boolean: 'boolean',
  categorical: 'string',
  time: 'string',
};

export async function inferExpectations(
  db: Database,
  relation: string,
  summary: QualitySummary,
): Promise<Record<string, unknown>> {
  const { kept } = summary.rows;
  const types = new Map((await db.describe(`FROM ${relation}`)).map(({ name, type }) => [name, type]));
  const properties: Record<string, unknown> = {};
  for (const column of summary.columns) {
    const integers = types.get(column.name) === 'BIGINT';
    properties[column.name] = await inferColumn(db, relation, column, kept, integers);
  }
  const time = summary.columns.find(({ type, max }) => type === 'time' && max !== null);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    description: `Inferred from ${kept} rows: ${summary.input}. Edit it, then: ecomml clean --schema`,
    kind: summary.kind,
    type: 'object',
    required: summary.columns.filter(({ type }) => type !== 'empty').map(({ name }) => name),
    properties,
    rows: { minimum: Math.floor(kept / VOLUME), maximum: kept * VOLUME, severity: 'warn' },
    ...(time === undefined
      ? {}
      : { freshness: { column: time.name, latestFrom: isoTime(time.max), severity: 'warn' } }),
  };
}

async function inferColumn(
  db: Database,
  relation: string,
  { name, type, missing, missingShare, distinct, min, max }: ColumnSummary,
  rows: number,
  integers: boolean,
): Promise<Record<string, unknown>> {
  if (type === 'empty') return {};
  const word = type === 'numeric' && integers ? 'integer' : TYPES[type];
  const seen = rows - missing;
  const isKey = (type === 'categorical' || integers) && missing === 0 && distinct === rows && rows >= KEY_ROWS;
  const isChoice = type === 'categorical' && distinct <= MOST_VALUES && seen >= SEEN_EACH * distinct;
  const severity: Record<string, string> = {};
  const bounded = type === 'numeric' && typeof min === 'number' && typeof max === 'number' && !isKey;
  if (bounded) Object.assign(severity, { minimum: 'warn', maximum: 'warn' });
  if (isChoice) severity['enum'] = 'warn';
  if (missing > 0) severity['nullRate'] = 'warn';
  return {
    type: missing > 0 ? [word, 'null'] : word,
    ...(type === 'time' ? { format: 'date-time' } : {}),
    ...(bounded ? { minimum: min, maximum: max } : {}),
    ...(isChoice ? { enum: await valuesOf(db, relation, name) } : {}),
    ...(isKey ? { unique: true } : {}),
    // Six decimals: a millionth of the rows is below any tolerance.
    ...(missing > 0 ? { nullRate: Number(missingShare.toFixed(6)), nullRateTolerance: DEFAULT_NULL_TOLERANCE } : {}),
    ...(Object.keys(severity).length > 0 ? { severity } : {}),
  };
}

async function valuesOf(db: Database, relation: string, name: string): Promise<string[]> {
  const cell = identifier(name);
  const rows = await db.rows(`SELECT DISTINCT ${cell} AS value FROM ${relation} WHERE ${cell} IS NOT NULL ORDER BY 1`);
  return rows.map(({ value }) => String(value));
}

function isoTime(time: string | number | null): string {
  return `${String(time).replace(' ', 'T')}Z`;
}
