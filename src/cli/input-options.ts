/** What several commands share in reading their options: the input, names made from it, the sample that train falls back to. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { usageError } from '../base/errors.js';
import type { FormatName } from '../scoring/output-names.js';
import type { GivenReading } from '../table/detect-input.js';
import type { InputOptions } from '../workflows/options.js';
import { OPTIONS, type Settings } from './options.js';
import { missing } from './settings.js';
import type { Verb } from './verbs.js';

const TABLE_FILE = /\.(csv|tsv|txt|parquet)(\.gz|\.zst)?$/i;
const SAMPLE = join('data', 'rees46', '2019-Oct-17k.csv.gz');

export function inputOptions(verb: Verb, settings: Settings): InputOptions {
  if (settings.input === undefined) throw missing(verb, OPTIONS.input);
  return { input: settings.input, ...inputReading(settings) };
}

/** How an input is read, for commands that can do without one. */
export function inputReading(settings: Settings): Omit<InputOptions, 'input'> {
  const reading = readingOf(settings);
  return {
    map: settings.map,
    maxBadRows: settings.maxBadRows,
    ...(Object.keys(reading).length === 0 ? {} : { reading }),
    ...(settings.preset === undefined ? {} : { preset: settings.preset }),
    ...(Object.keys(settings.eventType).length === 0 ? {} : { eventTypes: settings.eventType }),
    ...(settings.schema === undefined ? {} : { schemaFile: settings.schema }),
    ...(settings.asOf === undefined ? {} : { asOf: settings.asOf }),
    ...(settings.sessionGap === undefined ? {} : { sessionGap: settings.sessionGap }),
  };
}

function readingOf({ delimiter, quote, encoding, header, dateFormat, decimal }: Settings): GivenReading {
  return {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(header === undefined ? {} : { header: header === 'yes' }),
    ...(dateFormat === undefined ? {} : { date: dateFormat }),
    ...(decimal === undefined ? {} : { decimal: decimal === 'comma' ? ',' : '.' }),
  };
}

/** `logs/events.csv.gz` → `events`; stdin → `stdin` */
export function inputName(input: string): string {
  return input === '-' ? 'stdin' : basename(input).replace(TABLE_FILE, '');
}

const STDOUT = new Set(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Of data that may go to stdout, its names on Unix are "-": a page of results would stand in the data otherwise. */
export function streamOutput<Path extends string | undefined>(path: Path): Path | '-' {
  return path !== undefined && STDOUT.has(path) ? '-' : path;
}

/** `logs/today.csv.gz` → `logs/today.scored.csv`; stdin → stdout */
export function scoredName(input: string, format: FormatName = 'csv'): string {
  return input === '-' ? '-' : join(dirname(input), `${inputName(input)}.scored.${format}`);
}

/** By the output's ending, CSV unless it says otherwise. */
export function formatOf(output: string | undefined): FormatName {
  if (output === undefined) return 'csv';
  if (/\.parquet$/i.test(output)) return 'parquet';
  return /\.(jsonl|ndjson)$/i.test(output) ? 'jsonl' : 'csv';
}

/**
 * What `train` reads when nothing is said: the one table that lies in data/, else the sample of real events in data/ or,
 * outside a clone, the one installed with ecomml.
 */
export function defaultInput(): string {
  const own = existsSync('data') && statSync('data').isDirectory() ? readdirSync('data') : [];
  const tables = own.filter((name) => TABLE_FILE.test(name)).sort();
  if (tables.length === 1) return join('data', tables[0]);
  if (tables.length > 1) {
    throw usageError(
      'MISSING_OPTION',
      `data/ holds ${tables.length} tables: ${tables.slice(0, 5).join(', ')}${tables.length > 5 ? ', …' : ''}.`,
      `Say which one: --input ${join('data', tables[0])}.`,
    );
  }
  if (existsSync(SAMPLE)) return SAMPLE;
  const installed = fileURLToPath(new URL(`../../${SAMPLE.replaceAll('\\', '/')}`, import.meta.url));
  if (existsSync(installed)) return installed;
  throw missing('train', OPTIONS.input);
}
