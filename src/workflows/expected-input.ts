/** An input held against a schema: columns that must be there, and what follows from expectations that are not met. */
import { inputRejected } from '../base/errors.js';
import type { ProgressSink } from '../base/progress.js';
import { suggest } from '../base/suggest.js';
import type { Expectation } from '../clean/expectation.js';
import type { Expectations } from '../clean/expectations.js';
import type { DetectedInput } from '../table/detect-input.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';

/** The types of clean events' columns, in the words of ColumnSummary. */
export const EVENT_TYPES_OF_COLUMNS = EVENT_COLUMNS.map((name) => ({
  name,
  type: name === 'price' ? 'numeric' : name === 'event_time' ? 'time' : 'categorical',
}));

/** Throws `SCHEMA_KIND` or `INPUT_MISSING_COLUMN`, exit code 3. */
export function checkExpectedColumns(
  input: DetectedInput,
  { kind, required }: Expectations,
  made: readonly string[],
): void {
  const { name: file } = input.file;
  const isEvents = input.kind === 'events' || input.kind === 'clean-events';
  if (isEvents !== (kind === 'events'))
    throw inputRejected(
      'SCHEMA_KIND',
      `The schema is of ${kind === 'events' ? 'events' : 'a table'}, but ${file} holds ${isEvents ? 'events' : 'a table'}.`,
      'Use the schema that was inferred from such a file.',
    );
  const names = [...input.columns.map(({ name }) => name), ...Object.keys(input.aliases ?? {}), ...made];
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  const near = suggest(missing[0], names);
  throw inputRejected(
    'INPUT_MISSING_COLUMN',
    `${file} lacks ${missing.map((name) => `"${name}"`).join(', ')}, which the schema requires. Found: ${names.join(', ')}.`,
    near === undefined
      ? 'Name the columns with --map, or edit the schema.'
      : `If it is "${near}": --map ${missing[0]}=${near}`,
  );
}

const MOST_SAID = 20;

/** Warnings are told; errors throw `EXPECTATIONS_NOT_MET`, exit code 3. */
export function tellExpectations(
  report: readonly Expectation[],
  { failuresPath, qualityPath }: { readonly failuresPath?: string; readonly qualityPath?: string },
  progress: ProgressSink,
): void {
  const failed = report.filter(({ met }) => !met);
  for (const one of failed)
    if (one.severity === 'warn') progress({ type: 'message', level: 'warning', text: said(one) });
  const errors = failed.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const shown = errors.slice(0, MOST_SAID).map(said);
  const more = errors.length > MOST_SAID ? `; and ${errors.length - MOST_SAID} more` : '';
  throw inputRejected(
    'EXPECTATIONS_NOT_MET',
    `${errors.length} of ${report.length} expectations are not met: ${shown.join('; ')}${more}.`,
    failuresPath === undefined
      ? '"ecomml clean --schema" writes down every row that fails.'
      : `Every row that fails is in ${failuresPath}${qualityPath === undefined ? '' : ', every rule in quality.json'}. Mend the rows, or edit the schema.`,
  );
}

/** `price: expected at least 0 (minimum), 12 rows fail` */
export function said({ column, rule, expected, found }: Expectation): string {
  return `${column === '' ? 'the input' : column}: expected ${expected} (${rule}), ${found}`;
}
