/** Trainings on shipped data that are quick enough for the suite: all four families, few and small trees. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { silentProgress } from '#ecomml/base/progress.js';
import { FEATURE_FAMILIES } from '#ecomml/features/feature.js';
import { FAMILIES } from '#ecomml/forest/forest.js';
import type { WorkflowContext } from '#ecomml/workflows/context.js';
import type { TrainOptions } from '#ecomml/workflows/options.js';

const DATA = fileURLToPath(new URL('../../data', import.meta.url));
export const EVENTS = join(DATA, 'rees46/2019-Oct-17k.csv.gz');
export const SHOPPERS = join(DATA, 'online-shoppers/online_shoppers_intention.csv.gz');

export function contextOf(threads: number): WorkflowContext {
  return { seed: 1, threads, progress: silentProgress, signal: new AbortController().signal };
}

export function smallTraining(changes: Partial<TrainOptions> & Pick<TrainOptions, 'input' | 'output'>): TrainOptions {
  return {
    map: {},
    maxBadRows: 0.01,
    id: [],
    drop: [],
    categorical: [],
    moments: 'all',
    idFeatures: true,
    featureFamilies: FEATURE_FAMILIES,
    select: [],
    models: FAMILIES,
    parameters: {
      catboost: { iterations: 20, depth: 4 },
      xgboost: { n_estimators: 15, max_depth: 4 },
      lightgbm: { num_iterations: 15, num_leaves: 15 },
      'random-forest': { n_estimators: 10, max_depth: 8 },
    },
    valid: 0.15,
    test: 0.15,
    weights: 'default',
    earlyStoppingRounds: 10,
    earlyStoppingMetric: 'log_loss',
    historyMetrics: [],
    ...changes,
  };
}

/** The shipped events as an uncompressed file in `folder`. */
export function plainEvents(folder: string): string {
  const path = join(folder, 'events.csv');
  writeFileSync(path, gunzipSync(readFileSync(EVENTS)));
  return path;
}
