/**
 * `clean`: raw events or a table to typed Parquet, with `rejects.csv` and `quality.json` beside it. An output that ends in
 * .parquet names the file; any other is a folder, which gets `events.parquet` or `table.parquet`. Each file appears whole
 * or not at all; when the input is refused for its bad rows, the rejects and the summary are still written.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { usageError } from '../base/errors.js';
import type { CountedRule, QualitySummary } from '../clean/quality-summary.js';
import { withDatabase } from '../table/duckdb.js';
import { PARQUET_KIND_KEY } from '../table/event-columns.js';
import { writeParquet } from '../table/parquet-file.js';
import type { WorkflowContext } from './context.js';
import { loadClean } from './load-clean.js';
import type { CleanOptions } from './options.js';

export interface CleanResult {
  readonly kind: 'events' | 'table';
  /** rowsIn = rowsKept + rowsRejected + duplicatesRemoved. */
  readonly rowsIn: number;
  readonly rowsKept: number;
  readonly rowsRejected: number;
  readonly duplicatesRemoved: number;
  readonly repairs: readonly CountedRule[];
  readonly outputs: { readonly clean: string; readonly rejects: string; readonly quality: string };
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
      const loaded = await loadClean(db, { ...options, rejectsPath: rejects, qualityPath: quality }, context);
      if (loaded.kind === 'features')
        throw usageError('CLEAN_FEATURES', `${options.input} holds features already: there is nothing to clean.`);
      const output = named
        ? options.output
        : join(folder, loaded.kind === 'events' ? 'events.parquet' : 'table.parquet');
      await writeParquet(db, `SELECT * FROM ${loaded.relation} ORDER BY source_row`, output, {
        [PARQUET_KIND_KEY]: loaded.kind === 'events' ? 'clean-events' : 'table',
      });
      const { rows, repairs } = loaded.summary;
      return {
        kind: loaded.kind,
        rowsIn: rows.in,
        rowsKept: rows.kept,
        rowsRejected: rows.rejected,
        duplicatesRemoved: rows.duplicatesRemoved,
        repairs,
        outputs: { clean: output, rejects, quality },
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
