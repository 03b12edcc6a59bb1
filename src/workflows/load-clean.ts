/**
 * Any verb's `--input`, cleaned inside an open database: detects what it is, applies the rules of clean/, writes the
 * rejects if asked to, and refuses an input with too many bad rows. It writes no Parquet and closes nothing.
 */
import { writeFileAtomic } from '../base/atomic-file.js';
import { checkExpectations } from '../clean/check-expectations.js';
import { CLEAN_EVENTS, type CleanedEvents, cleanEvents } from '../clean/clean-events.js';
import { CLEAN_TABLE, type CleanedTable, cleanTable } from '../clean/clean-table.js';
import type { TableColumn } from '../clean/column-types.js';
import type { Expectation } from '../clean/expectation.js';
import { expectedTypes, readExpectations, withoutColumns } from '../clean/expectations.js';
import { checkBadRows, type QualitySummary, rowsSentence } from '../clean/quality-summary.js';
import type { MendedRecords } from '../clean/read-mended.js';
import { writeFailures } from '../clean/write-failures.js';
import { writeRejects } from '../clean/write-rejects.js';
import { type DetectedInput, describeInput, detectInput } from '../table/detect-input.js';
import type { Database } from '../table/duckdb.js';
import { parquetRelation } from '../table/parquet-file.js';
import type { WorkflowContext } from './context.js';
import { resolveRules } from './event-rules.js';
import { checkExpectedColumns, EVENT_TYPES_OF_COLUMNS, tellExpectations } from './expected-input.js';
import type { InputOptions } from './options.js';

export interface LoadCleanOptions extends InputOptions {
  /** Makes the input a table, and rows without it rejects. */
  readonly target?: string;
  /** Column types of a bundle: the table is read by them, with no inference. */
  readonly schema?: readonly TableColumn[];
  /** A table's column of row weights. */
  readonly weight?: string;
  /** Where rejects.csv goes; absent: it is not written. Written also when the input is then refused. */
  readonly rejectsPath?: string;
  /** Where the quality summary goes as JSON; the same. */
  readonly qualityPath?: string;
  /** Where the rows go that fail the schema's rules; the same. */
  readonly failuresPath?: string;
  /** Reads the records to put in the place of rejected ones, once it is known how the file is read. */
  readonly mend?: (input: DetectedInput) => MendedRecords;
  /** Columns that a schema of training data has and this input need not have: the target of rows to be scored. */
  readonly notExpected?: readonly string[];
  /** Neither bad rows nor a schema refuse the input. */
  readonly nothingRefused?: boolean;
  /** Which file of an export that keeps purchases apart it is. */
  readonly part?: 'events' | 'purchases';
  readonly stdin?: NodeJS.ReadableStream;
}

/** A Parquet file of features: a view, read as it is. */
export interface LoadedFeatures {
  readonly kind: 'features';
  readonly relation: 'feature_rows';
}

/**
 * What lies in the database now: `clean_events` or `clean_table` with `clean_rejects`, or the view `feature_rows`. The
 * texts of raw inputs stay in the table `raw_input` (columns c0, c1, … in the order of `input.columns`; row source_row
 * has rowid source_row − 1) for whoever passes columns through; drop it if you do not.
 */
export type LoadedInput = { readonly input: DetectedInput } & (CleanedEvents | CleanedTable | LoadedFeatures);

/** Errors: those of `detectInput` and `cleanTable`; `INPUT_TOO_MANY_BAD_ROWS` (all exit code 3). */
export async function loadClean(
  db: Database,
  options: LoadCleanOptions,
  context: WorkflowContext,
): Promise<LoadedInput> {
  const { progress, signal } = context;
  const { target, schema, weight, stdin, map } = options;
  // What a schema describes is a table, even if its columns are called as those of events are.
  const written = options.schemaFile === undefined ? undefined : readExpectations(options.schemaFile);
  const asTable = schema !== undefined || (written?.kind === 'table' && options.preset === undefined);
  const rules = resolveRules(options, options.part);
  const input = await detectInput(db, options.input, {
    map,
    asTable,
    reading: rules.reading,
    columnNames: rules.columnNames,
    made: rules.made,
    ...(target === undefined ? {} : { target }),
    ...(stdin === undefined ? {} : { stdin }),
  });
  const expectations = written && withoutColumns(written, absent(options.notExpected, input));
  progress({ type: 'message', level: 'info', text: `${input.file.name}: ${describeInput(input)}` });
  for (const note of input.notes) progress({ type: 'message', level: 'info', text: note });
  if (input.kind === 'features') {
    await db.run(`CREATE OR REPLACE VIEW feature_rows AS SELECT * FROM ${parquetRelation(input.file)}`);
    return { input, kind: 'features', relation: 'feature_rows' };
  }
  if (expectations !== undefined) checkExpectedColumns(input, expectations, rules.made);
  progress({ type: 'start', stage: 'clean', total: input.file.bytes, unit: 'bytes' });
  const mended = options.mend?.(input);
  const scan = {
    signal,
    ...(mended === undefined ? {} : { mended }),
    onRead: (done: number) => progress({ type: 'advance', stage: 'clean', done }),
  };
  let report: Expectation[] | undefined;
  const judgeRows = async (relation: string, columns: readonly { readonly name: string; readonly type: string }[]) => {
    if (expectations === undefined) return;
    report = await checkExpectations(db, relation, columns, expectations, options.asOf ?? Date.now());
  };
  const types = schema ?? (expectations === undefined ? undefined : expectedTypes(expectations));
  const found =
    input.kind === 'table'
      ? await cleanTable(db, input, {
          ...scan,
          ...(target === undefined ? {} : { target }),
          ...(types === undefined ? {} : { schema: types }),
          keepIntegers: schema === undefined || mended !== undefined,
          ...(weight === undefined ? {} : { weight }),
          judge: (columns) => judgeRows(CLEAN_TABLE, columns),
        })
      : await cleanEvents(db, input, {
          ...scan,
          ...rules.events,
          judge: () => judgeRows(CLEAN_EVENTS, EVENT_TYPES_OF_COLUMNS),
        });
  const cleaned = report === undefined ? found : { ...found, summary: { ...found.summary, expectations: report } };
  if (options.rejectsPath !== undefined)
    await writeRejects(db, input, cleaned.rejects, options.rejectsPath, signal, mended);
  if (options.qualityPath !== undefined) writeFileAtomic(options.qualityPath, qualityJson(cleaned.summary));
  progress({ type: 'end', stage: 'clean', summary: rowsSentence(cleaned.summary) });
  if (report !== undefined) {
    if (options.failuresPath !== undefined) await writeFailures(db, input, options.failuresPath, signal);
    if (options.nothingRefused !== true) tellExpectations(report, options, progress);
  }
  if (options.nothingRefused !== true) checkBadRows(cleaned.summary, options.maxBadRows, options.rejectsPath);
  return { input, ...cleaned };
}

function absent(names: readonly string[] = [], { columns }: DetectedInput): string[] {
  return names.filter((name) => !columns.some((column) => column.name === name));
}

function qualityJson(summary: QualitySummary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
