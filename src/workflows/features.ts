/**
 * `features`: raw or clean events to one row a decision moment, as Parquet, with the catalogue of its columns beside it.
 * An output that ends in .parquet names the file; any other is a folder, which gets `features.parquet`. Raw events are
 * cleaned on the way, their rejects and quality summary written beside too. Each file appears whole or not at all.
 */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { usageError } from '../base/errors.js';
import type { QualitySummary } from '../clean/quality-summary.js';
import { writeFeatures } from '../features/build-features.js';
import { describeFeatures } from '../features/catalogue.js';
import type { FeatureDescription } from '../features/feature.js';
import { withDatabase } from '../table/duckdb.js';
import { PARQUET_KIND_KEY } from '../table/event-columns.js';
import type { WorkflowContext } from './context.js';
import { EVENT_MEMORY, sayEventDisk } from './event-memory.js';
import { loadClean } from './load-clean.js';
import type { FeaturesOptions, Moments } from './options.js';

/** Written as catalogue.json. */
export interface FeatureCatalogue {
  readonly format: 1;
  readonly moments: Moments;
  /** Seconds; null: until the session's end. */
  readonly horizon: number | null;
  readonly features: readonly FeatureDescription[];
}

export interface FeaturesResult {
  /** Rows of the input, of which `rowsKept` are clean events. */
  readonly rowsIn: number;
  readonly rowsKept: number;
  readonly rowsRejected: number;
  readonly duplicatesRemoved: number;
  /** Decision moments: one row each. */
  readonly moments: number;
  readonly positives: number;
  readonly features: number;
  readonly outputs: {
    readonly features: string;
    readonly catalogue: string;
    readonly rejects: string;
    readonly quality: string;
  };
  readonly summary: QualitySummary;
  readonly seconds: { readonly clean: number; readonly features: number };
}

export async function features(
  options: FeaturesOptions & { readonly stdin?: NodeJS.ReadableStream },
  context: WorkflowContext,
): Promise<FeaturesResult> {
  const paths = outputPaths(options.output);
  sayEventDisk(options.input, context.progress);
  return withDatabase({ threads: context.threads, memoryBytes: EVENT_MEMORY }, async (db) => {
    const interrupt = () => db.interrupt();
    context.signal.addEventListener('abort', interrupt);
    try {
      const started = performance.now();
      const loaded = await loadClean(
        db,
        { ...options, rejectsPath: paths.rejects, qualityPath: paths.quality },
        context,
      );
      if (loaded.kind !== 'events')
        throw usageError(
          'FEATURES_NOT_EVENTS',
          `${options.input} holds ${loaded.kind === 'table' ? 'a table' : 'features already'}: features are made of events.`,
          'A table needs no features made: train on it with --target NAME.',
        );
      await db.run('DROP TABLE IF EXISTS raw_input');
      const cleaned = performance.now();
      context.progress({ type: 'start', stage: 'features' });
      const { moments, horizon, idFeatures, featureFamilies } = options;
      const metadata = { [PARQUET_KIND_KEY]: 'features' };
      const built = await writeFeatures(db, paths.features, metadata, {
        events: loaded.relation,
        moments,
        idFeatures,
        families: featureFamilies,
        ...(horizon === undefined ? {} : { horizon }),
        signal: context.signal,
      });
      const described: FeatureCatalogue = {
        format: 1,
        moments,
        horizon: horizon ?? null,
        features: describeFeatures(built.features),
      };
      writeFileAtomic(paths.catalogue, `${JSON.stringify(described, null, 2)}\n`);
      context.progress({
        type: 'end',
        stage: 'features',
        summary: `${built.rows.toLocaleString('en-US')} moments, ${built.positives.toLocaleString('en-US')} bought afterwards, ${built.features.length} features`,
      });
      const { rows } = loaded.summary;
      return {
        rowsIn: rows.in,
        rowsKept: rows.kept,
        rowsRejected: rows.rejected,
        duplicatesRemoved: rows.duplicatesRemoved,
        moments: built.rows,
        positives: built.positives,
        features: built.features.length,
        outputs: paths,
        summary: loaded.summary,
        seconds: { clean: (cleaned - started) / 1000, features: (performance.now() - cleaned) / 1000 },
      };
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    } finally {
      context.signal.removeEventListener('abort', interrupt);
    }
  });
}

function outputPaths(output: string): FeaturesResult['outputs'] {
  const named = output.endsWith('.parquet');
  if (named && existsSync(output) && statSync(output).isDirectory())
    throw usageError('FEATURES_OUTPUT', `--output ${output} is a directory.`, 'Leave .parquet off for a folder.');
  const folder = named ? dirname(output) : output;
  return {
    features: named ? output : join(folder, 'features.parquet'),
    catalogue: join(folder, 'catalogue.json'),
    rejects: join(folder, 'rejects.csv'),
    quality: join(folder, 'quality.json'),
  };
}
