/** Fills the report's data from a finished training. It computes nothing that was not computed before but curves. */
import { ecommlVersion, packageVersion } from '../base/version.js';
import type { Manifest } from '../bundle/manifest.js';
import type { Blend } from '../ensemble/blend.js';
import { CONFIDENCE_DEFINITION } from '../ensemble/confidence.js';
import { forestImportances } from '../explain/forest-importances.js';
import type { PermutationImportance } from '../explain/permutation-importance.js';
import { SPLIT_PARTS, type Split, type SplitPart } from '../features/split.js';
import type { Family } from '../forest/forest.js';
import { curveSet } from '../metrics/curve-set.js';
import type { MetricSet } from '../metrics/evaluate.js';
import {
  type HistoryPoint,
  REPORT_DATA_FORMAT,
  type ReportData,
  type ReportFeature,
  type ReportModel,
  type ReportSplit,
  type ReportSuspect,
  thinHistory,
} from '../report/report-data.js';
import type { Scores } from '../scoring/scoring-model.js';
import type { Matrix } from '../table/matrix.js';
import type { ParameterValues } from '../trees/parameters.js';
import { driftOfSplits } from './drift-of-splits.js';
import type { BundleHistory } from './evaluation-history.js';
import type { FeatureSelection } from './select-features.js';
import type { Member } from './train-members.js';
import type { TrainingInput } from './training-input.js';

export interface FinishedTraining {
  readonly title: string;
  readonly input: TrainingInput;
  readonly seed: number;
  readonly fingerprint: string;
  readonly continued?: Manifest['continued'];
  readonly histories: BundleHistory;
  readonly split: Split;
  readonly matrix: Matrix;
  readonly members: readonly Member[];
  readonly parameters: Readonly<Record<string, ParameterValues>>;
  readonly blend: Blend;
  /** On the test rows. */
  readonly test: {
    readonly scores: Scores;
    readonly label: Float64Array;
    readonly weight?: Float64Array;
    readonly metrics: Readonly<Record<string, MetricSet>>;
  };
  readonly selection: FeatureSelection;
  readonly permutation: Readonly<Record<string, readonly PermutationImportance[]>>;
  readonly onnx: readonly { readonly name: string; readonly rows: number; readonly largestDifference: number }[];
}

export function trainingReport(training: FinishedTraining): ReportData {
  const { input, split, blend, test } = training;
  const { quality, source } = input;
  return {
    format: REPORT_DATA_FORMAT,
    title: training.title,
    input: {
      file: input.file,
      kind: source.kind,
      target: source.kind === 'events' ? 'the session buys the product at or after the moment' : source.target,
      fingerprint: training.fingerprint,
      seed: training.seed,
      rows: quality?.rows.in ?? input.rows.label.length,
      ...(quality?.time ?? {}),
      ...(quality === undefined ? {} : { quality: quality as unknown as Record<string, unknown> }),
    },
    splits: SPLIT_PARTS.map((part) => splitOf(part, training)),
    split_by: SPLIT_WORDS[split.by],
    purged_sessions: split.purgedSessions,
    split_drift: driftOfSplits(training.matrix, split, training.seed),
    features: features(training),
    suspects: reportSuspects(training.selection),
    models: training.members.map((member) => modelOf(member, training)),
    ensemble: {
      metrics: test.metrics.ensemble,
      curves: curveSet({
        probability: test.scores.probability,
        label: test.label,
        ...(test.weight === undefined ? {} : { weight: test.weight }),
      }),
    },
    blend: {
      weights: blend.weights,
      weights_from: blend.weights_from,
      calibration: blend.calibration,
      evidence: blend.evidence,
      notes: blend.notes,
    },
    confidence_definition: CONFIDENCE_DEFINITION,
    onnx: training.onnx.map(({ name, rows, largestDifference }) => ({
      name,
      rows,
      largest_difference: largestDifference,
    })),
    versions: versions(),
    warnings: input.notes,
  };
}

const SPLIT_WORDS = {
  time: 'time, whole sessions by their first event',
  random: 'random, stratified by the label',
  column: 'a column of the table',
} as const;

const PART_WORDS: Readonly<Record<SplitPart, string>> = {
  train: 'train',
  stopping: 'early stopping',
  blending: 'blending',
  test: 'test',
};

/** Versions whose work is in the bundle's bytes; the machine's own (Node, operating system) are not among them. */
export function versions(): Record<string, string> {
  const packages = ['@duckdb/node-api', 'onnxruntime-node'].map((name) => [name, packageVersion(name)]);
  return { ecomml: ecommlVersion(), ...Object.fromEntries(packages) };
}

function splitOf(part: SplitPart, { split, input }: FinishedTraining): ReportSplit {
  const rows = split.rows[part];
  const { time, sessions } = input.rows;
  const counted = { name: PART_WORDS[part], rows: split.counts[part], positives: split.positives[part] };
  const distinct = sessions === undefined ? {} : { sessions: new Set(rows.map((row) => sessions.code[row])).size };
  if (time === undefined || rows.length === 0 || split.by !== 'time') return { ...counted, ...distinct };
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    from = Math.min(from, time[row]);
    to = Math.max(to, time[row]);
  }
  return { ...counted, ...distinct, from: isoTime(from), to: isoTime(to) };
}

/** Suspects in the order of the columns, then what was dropped for another reason. */
function reportSuspects({ suspects, dropped }: FeatureSelection): ReportSuspect[] {
  const out = new Set(dropped.map(({ feature }) => feature));
  const leftOut = (feature: string) => (out.has(feature) ? { dropped: true as const } : {});
  const others = dropped.flatMap(({ feature, rule, reason }): ReportSuspect[] =>
    rule === 'null-importance' || rule === 'future' ? [{ feature, kind: rule, reason, dropped: true }] : [],
  );
  return [...suspects.map(({ feature, kind, reason }) => ({ feature, kind, reason, ...leftOut(feature) })), ...others];
}

/** Microseconds since 1970 as ISO text to the second; a "time" outside of the calendar stays a number. */
export function isoTime(microseconds: number): string {
  const date = new Date(microseconds / 1000);
  return Number.isNaN(date.getTime()) ? String(microseconds) : `${date.toISOString().slice(0, 19)}Z`;
}

function features({ input, matrix, split }: FinishedTraining): ReportFeature[] {
  const { source } = input;
  const described = new Map(source.kind === 'events' ? source.features.map((one) => [one.name, one]) : []);
  return matrix.columns.map(({ name, kind, values, categories }) => {
    let missing = 0;
    for (const row of split.rows.train) if (Number.isNaN(values[row])) missing++;
    const about = described.get(name);
    return {
      name,
      kind,
      missing: missing / split.counts.train,
      ...(about === undefined ? {} : { group: about.family, description: about.description }),
      ...(categories === undefined ? {} : { categories: categories.length }),
    };
  });
}

function historyOf({ histories }: FinishedTraining, family: Family, metric: string): HistoryPoint[] {
  const model = histories.models[family];
  const history = model?.metrics[metric];
  if (model === undefined || history === undefined) return [];
  const { train, valid } = history;
  const figures = (values: readonly (number | null)[]) => values.map((value) => value ?? Number.NaN);
  const points = thinHistory(
    { train: figures(train), ...(valid === undefined ? {} : { valid: figures(valid) }) },
    model.kept,
  );
  return points.filter((point) => !Number.isNaN(point.train) && !Number.isNaN(point.valid ?? 0));
}

function modelOf({ family, model }: Member, training: FinishedTraining): ReportModel {
  const { test, permutation } = training;
  const shuffled = new Map((permutation[family] ?? []).map((one) => [one.feature, one]));
  return {
    name: family,
    metrics: test.metrics[family],
    curves: curveSet({
      probability: test.scores.members[family],
      label: test.label,
      ...(test.weight === undefined ? {} : { weight: test.weight }),
    }),
    trees: model.forest.treeWeight.length,
    parameters: model.forest.parameters,
    history: historyOf(training, family, 'log_loss'),
    evaluations: Object.keys(training.histories.models[family]?.metrics ?? {})
      .filter((metric) => metric !== 'log_loss')
      .map((metric) => ({ metric, history: historyOf(training, family, metric) })),
    importances: forestImportances(model.forest).map(({ feature, gain, splits }) => {
      const rise = shuffled.get(feature);
      return {
        feature,
        gain,
        splits,
        ...(rise === undefined ? {} : { permutation: rise.log_loss_rise, permutation_spread: rise.spread }),
      };
    }),
  };
}
