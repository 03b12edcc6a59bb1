/**
 * `clean`: raw events or a table to typed Parquet, with `rejects.csv` and `quality.json` beside it. An output that ends in
 * .parquet names the file; any other is a folder, which gets `events.parquet` or `table.parquet`. Each file appears whole
 * or not at all; when the input is refused for its bad rows, the rejects and the summary are still written.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { usageError } from '../base/errors.js';
import type { CleanedEvents } from '../clean/clean-events.js';
import { inferExpectations } from '../clean/infer-expectations.js';
import { joinEvents, setFirstAside } from '../clean/join-events.js';
import type { CountedRule, QualitySummary } from '../clean/quality-summary.js';
import { readMended, rejectedLines } from '../clean/read-mended.js';
import type { DetectedInput } from '../table/detect-input.js';
import { type Database, withDatabase } from '../table/duckdb.js';
import { PARQUET_KIND_KEY } from '../table/event-columns.js';
import { writeParquet } from '../table/parquet-file.js';
import type { WorkflowContext } from './context.js';
import { resolveRules } from './event-rules.js';
import { type LoadCleanOptions, type LoadedInput, loadClean } from './load-clean.js';
import type { CleanOptions } from './options.js';

export interface CleanResult {
  readonly kind: 'events' | 'table';
  /** rowsIn = rowsKept + rowsRejected + duplicatesRemoved + rowsPassedOver. */
  readonly rowsIn: number;
  readonly rowsKept: number;
  readonly rowsRejected: number;
  readonly duplicatesRemoved: number;
  /** Events of types that nobody needs. */
  readonly rowsPassedOver: number;
  readonly repairs: readonly CountedRule[];
  readonly outputs: {
    readonly clean: string;
    readonly rejects: string;
    readonly quality: string;
    /** Rows that fail the schema, where one was given. */
    readonly failures?: string;
    /** The inferred schema, where it was asked for. */
    readonly schema?: string;
  };
  readonly summary: QualitySummary;
  readonly seconds: number;
}

export async function clean(
  options: CleanOptions & { readonly stdin?: NodeJS.ReadableStream },
  context: WorkflowContext,
): Promise<CleanResult> {
  const started = performance.now();
  const named = options.output.endsWith('.parquet');
  if (named && existsSync(options.output) && statSync(options.output).isDirectory())
    throw usageError('CLEAN_OUTPUT', `--output ${options.output} is a directory.`, 'Leave .parquet off for a folder.');
  const folder = named ? dirname(options.output) : options.output;
  const rejects = join(folder, 'rejects.csv');
  const quality = join(folder, 'quality.json');
  return withDatabase({ threads: context.threads }, async (db) => {
    const interrupt = () => db.interrupt();
    context.signal.addEventListener('abort', interrupt);
    try {
      const failures = join(folder, 'failures.csv');
      const paths = {
        rejectsPath: rejects,
        qualityPath: quality,
        ...(options.schemaFile === undefined ? {} : { failuresPath: failures }),
      };
      const mending = options.mended === undefined ? {} : await mendingOf(options, options.mended, context);
      const first = await loadClean(db, { ...options, ...paths, ...mending }, context);
      const loaded =
        options.purchases === undefined
          ? first
          : await withPurchases(db, first, { ...options, ...paths, input: options.purchases }, context);
      if (loaded.kind === 'features')
        throw usageError('CLEAN_FEATURES', `${options.input} holds features already: there is nothing to clean.`);
      const output = named
        ? options.output
        : join(folder, loaded.kind === 'events' ? 'events.parquet' : 'table.parquet');
      await writeParquet(db, `SELECT * FROM ${loaded.relation} ORDER BY source_row`, output, {
        [PARQUET_KIND_KEY]: loaded.kind === 'events' ? 'clean-events' : 'table',
      });
      if (options.infer !== undefined) {
        const inferred = await inferExpectations(db, loaded.relation, loaded.summary);
        writeFileAtomic(options.infer, `${JSON.stringify(inferred, null, 2)}\n`);
      }
      const { rows, repairs } = loaded.summary;
      return {
        kind: loaded.kind,
        rowsIn: rows.in,
        rowsKept: rows.kept,
        rowsRejected: rows.rejected,
        duplicatesRemoved: rows.duplicatesRemoved,
        rowsPassedOver: rows.passedOver ?? 0,
        repairs,
        outputs: {
          clean: output,
          rejects,
          quality,
          ...(options.schemaFile === undefined ? {} : { failures }),
          ...(options.infer === undefined ? {} : { schema: options.infer }),
        },
        summary: loaded.summary,
        seconds: (performance.now() - started) / 1000,
      };
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      context.signal.removeEventListener('abort', interrupt);
    }
  });
}

/** Both files as one; the second file's rejects lie in a file of their own, so that each has its file's line numbers. */
async function withPurchases(
  db: Database,
  first: LoadedInput,
  options: LoadCleanOptions & { readonly qualityPath: string; readonly rejectsPath: string },
  context: WorkflowContext,
): Promise<CleanedEvents> {
  if (first.kind !== 'events')
    throw usageError('CLEAN_PURCHASES', '--purchases belongs to events, but the input holds none.');
  await setFirstAside(db);
  const rejectsPath = options.rejectsPath.replace(/rejects[.]csv$/, 'rejects-purchases.csv');
  const { stdin: _, ...rest } = options as LoadCleanOptions & { stdin?: NodeJS.ReadableStream };
  const second = await loadClean(db, { ...rest, rejectsPath, part: 'purchases' }, context);
  if (second.kind !== 'events')
    throw usageError(
      'CLEAN_PURCHASES',
      `--purchases ${options.input} holds no events.`,
      'Name its columns with --map.',
    );
  const joined = await joinEvents(db, first, second, resolveRules(options).events.sessionGap);
  writeFileAtomic(options.qualityPath, `${JSON.stringify(joined.summary, null, 2)}\n`);
  return joined;
}

/**
 * What mended records need of a first run without them: which lines are rejected at all, and the types of a table's columns,
 * so that the other rows come out as they did. Only what was rejected can change.
 */
async function mendingOf(
  options: CleanOptions,
  mended: string,
  context: WorkflowContext,
): Promise<Pick<LoadCleanOptions, 'mend' | 'schema'>> {
  if (options.input === '-')
    throw usageError('CLEAN_MENDED', '--mended needs an input that can be read twice, not stdin.');
  if (!existsSync(mended))
    throw usageError('CLEAN_MENDED', `There is no file ${mended}.`, 'Mend a copy of rejects.csv.');
  return withDatabase({ threads: context.threads }, async (db) => {
    const rejectsPath = join(db.folder, 'rejects.csv');
    const loaded = await loadClean(
      db,
      { ...options, rejectsPath, nothingRefused: true },
      { ...context, progress: () => {} },
    );
    if (loaded.kind === 'features' || loaded.input.dialect === undefined)
      throw usageError('CLEAN_MENDED', '--mended needs a CSV input.');
    const rejected = rejectedLines(readFileSync(rejectsPath));
    const mend = ({ dialect, file }: DetectedInput) => readMended(mended, dialect!.encoding, rejected, file.name);
    return loaded.kind === 'table' ? { mend, schema: loaded.columns } : { mend };
  });
}
