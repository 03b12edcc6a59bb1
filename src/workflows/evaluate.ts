/** `evaluate`: a bundle judged on labelled data, each member and the ensemble, with intervals and gates. */
import { Bundle } from '../bundle/bundle.js';
import { evaluate, type MetricSet } from '../metrics/evaluate.js';
import { checkGates, type GateResult } from '../metrics/gate.js';
import { ModelScorer } from '../scoring/scoring-model.js';
import { withDatabase } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import type { EvaluateOptions } from './options.js';
import { rowsOfBundle } from './rows-of-bundle.js';

export interface EvaluateResult {
  readonly bundle: string;
  readonly rows: { readonly evaluated: number };
  readonly positives: { readonly evaluated: number };
  readonly seconds: { readonly total: number };
  readonly models: Readonly<Record<string, MetricSet & { readonly trees: number }>>;
  readonly ensemble: MetricSet & { readonly weights: Readonly<Record<string, number>>; readonly calibration: string };
  readonly gates: readonly GateResult[];
}

export async function evaluateBundle(options: EvaluateOptions, context: WorkflowContext): Promise<EvaluateResult> {
  const begun = performance.now();
  const bundle = Bundle.open(options.model);
  const rows = await withDatabase({ threads: context.threads }, (db) =>
    rowsOfBundle(db, bundle, { ...options, labelled: true }, context),
  );
  const { progress, seed } = context;
  progress({ type: 'start', stage: 'evaluate' });
  const model = bundle.scoringModel();
  const scores = new ModelScorer(model).scoreFrame(rows.frame);
  const label = rows.label ?? new Float64Array(rows.frame.rows);
  const settings = {
    seed,
    ...(rows.sessions === undefined ? {} : { unit: rows.sessions }),
    ...(rows.weight === undefined ? {} : { weight: rows.weight }),
  };
  const metricsOf = (probability: Float64Array) => evaluate(probability, label, settings);
  const models = Object.fromEntries(
    model.members.map(({ family, forest }) => [
      family,
      { ...metricsOf(scores.members[family]), trees: forest.treeWeight.length },
    ]),
  );
  const ensemble = metricsOf(scores.probability);
  const gates = checkGates(options.gates, models, ensemble);
  progress({ type: 'end', stage: 'evaluate', summary: `${label.length} rows` });
  return {
    bundle: bundle.folder,
    rows: { evaluated: ensemble.rows },
    positives: { evaluated: ensemble.positives },
    seconds: { total: (performance.now() - begun) / 1000 },
    models,
    ensemble: { ...ensemble, weights: model.blend.weights, calibration: model.blend.calibration.method },
    gates,
  };
}
