/**
 * `train`: an input to a bundle. Cleans and makes features, splits, trains each family on the training rows (early
 * stopping watches the stopping rows), fits weights and calibration on the blending rows, judges once on the test rows,
 * exports and proves ONNX, and writes the bundle whole.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputRejected } from '../base/errors.js';
import { ecommlVersion } from '../base/version.js';
import { writeBundleFolder } from '../bundle/folder.js';
import { type KeptRows, keepPart, writeKeptRows } from '../bundle/kept-rows.js';
import { pointLatest } from '../bundle/latest.js';
import {
  ENSEMBLE_ONNX,
  EVALUATION_HISTORY,
  FEATURE_SELECTION,
  HISTORY,
  type Manifest,
  REPORT_DATA,
  SAMPLE_ROWS,
} from '../bundle/manifest.js';
import { sampleRowsJson } from '../bundle/sample-rows.js';
import { fitBlend } from '../ensemble/fit-blend.js';
import type { MemberProbabilities } from '../ensemble/members.js';
import { type PermutationImportance, permutationImportance } from '../explain/permutation-importance.js';
import { encodeFrame, fitEncoder } from '../features/encoder.js';
import { SPLIT_PARTS, type Split, type SplitPart } from '../features/split.js';
import type { SuspectFeature } from '../features/suspect-features.js';
import type { Family } from '../forest/forest.js';
import { saveForest } from '../forest/save-forest.js';
import { evaluate, type MetricSet } from '../metrics/evaluate.js';
import { MemberScorers, ModelScorer, type ScoringModel } from '../scoring/scoring-model.js';
import { withDatabase } from '../table/duckdb.js';
import { inFewestBytes, type Matrix, takeRows } from '../table/matrix.js';
import { familyParameters } from '../trees/families.js';
import type { LabelledMatrix } from '../trees/family.js';
import type { ParameterValues } from '../trees/parameters.js';
import type { WorkflowContext } from './context.js';
import {
  type Continuation,
  continuedOptions,
  continuedParameters,
  isSameTraining,
  openContinuation,
} from './continue-from.js';
import { dataFingerprint } from './data-fingerprint.js';
import { type BundleHistory, modelHistory } from './evaluation-history.js';
import { exportedGraphs } from './exported-graphs.js';
import type { LabelledRows } from './labelled-rows.js';
import type { TrainOptions } from './options.js';
import { checkSelection, type DroppedFeature, type FeatureSelection, selectFeatures } from './select-features.js';
import { splitRows } from './split-rows.js';
import { type Member, trainMembers } from './train-members.js';
import { type TrainingInput, trainingInput } from './training-input.js';
import { type FinishedTraining, isoTime, trainingReport } from './training-report.js';

/** A model's metrics as `train --json` prints them. */
export type ModelResult = MetricSet & { readonly trees: number; readonly seconds: number };

export interface TrainResult {
  readonly bundle: string;
  readonly rows: { readonly train: number; readonly valid: number; readonly test: number };
  readonly positives: { readonly train: number; readonly valid: number; readonly test: number };
  readonly seconds: { readonly clean: number; readonly features: number; readonly train: number };
  readonly models: Readonly<Record<string, ModelResult>>;
  readonly ensemble: MetricSet & { readonly weights: Readonly<Record<string, number>>; readonly calibration: string };
  readonly notes: readonly string[];
  /** Features that deserve a second look, each with its reason. */
  readonly suspects: readonly SuspectFeature[];
  /** Features left out because `--select` said so. */
  readonly dropped: readonly DroppedFeature[];
}

export async function train(given: TrainOptions, context: WorkflowContext): Promise<TrainResult> {
  checkSelection(given.select, given.continueFrom !== undefined);
  const continuation = openContinuation(given);
  const options = continuation === undefined ? given : continuedOptions(given, continuation);
  const parameters = Object.fromEntries(
    options.models.map((family) => [family, familyParameters(family, parametersOf(family, options, continuation))]),
  );
  return withDatabase({ threads: context.threads }, async (db) => {
    const input = await trainingInput(db, options, context, continuation);
    const training = await learn(input, parameters, options, continuation, context);
    await writeBundle(options.output, training, context);
    return resultOf(options.output, training);
  });
}

function parametersOf(
  family: Family,
  { parameters }: TrainOptions,
  continuation: Continuation | undefined,
): ParameterValues {
  const own = parameters[family] ?? {};
  const before = continuation?.forests.find((one) => one.family === family)?.forest;
  return before === undefined ? own : continuedParameters(family, before, own);
}

interface Training extends FinishedTraining {
  readonly scoringModel: ScoringModel;
  readonly graphs: Awaited<ReturnType<typeof exportedGraphs>>;
  readonly sample: Matrix;
  readonly kept: KeptRows;
  readonly trainSeconds: number;
  readonly selection: FeatureSelection;
}

async function learn(
  given: TrainingInput,
  parameters: Readonly<Record<string, ParameterValues>>,
  options: TrainOptions,
  continuation: Continuation | undefined,
  context: WorkflowContext,
): Promise<Training> {
  const { progress, signal, seed } = context;
  const split = splitRows(given.rows, { ...options, seed });
  progress({ type: 'message', level: 'info', text: splitSentence(split, given.rows) });
  const { rows, selection } = await selectFeatures(given.rows, split, options.select, context);
  const input = selectedInput(given, rows, selection);
  const fingerprint = dataFingerprint(rows.frame, rows.label);
  const sameRows = continuation !== undefined && isSameTraining(continuation, { fingerprint, seed, split });
  if (continuation !== undefined && !sameRows)
    progress({ type: 'message', level: 'info', text: otherRowsSentence(continuation) });
  const encoder = continuation?.encoder ?? fitEncoder(rows.frame, split.rows.train);
  const matrix = encodeFrame(rows.frame, encoder, inFewestBytes);
  const part = (name: 'train' | 'stopping' | 'blending' | 'test') => ({
    matrix: takeRows(matrix, split.rows[name]),
    label: takeValues(rows.label, split.rows[name]),
    ...weightsOf(rows, split, name),
    ...(rows.sessions === undefined ? {} : { unit: split.rows[name].map((row) => rows.sessions?.code[row] ?? 0) }),
  });
  const [trainPart, stopping, blending, test] = SPLIT_PARTS.map(part);
  const begun = performance.now();
  const members = await trainMembers(
    {
      families: options.models,
      parameters,
      train: trainPart,
      stopping,
      hasTime: split.by === 'time',
      earlyStoppingRounds: options.earlyStoppingRounds,
      earlyStoppingMetric: options.earlyStoppingMetric,
      historyMetrics: options.historyMetrics,
      ...(continuation === undefined ? {} : { continued: { ...continuation, sameRows } }),
    },
    context,
  );
  const trainSeconds = (performance.now() - begun) / 1000;

  progress({ type: 'start', stage: 'blend' });
  const scoringMembers = members.map(({ family, model }) => ({ family, forest: model.forest }));
  const blend = fitBlend({
    members: new MemberScorers(scoringMembers).probabilities(blending.matrix),
    label: blending.label,
    weights: options.weights,
    ...(blending.unit === undefined ? {} : { unit: blending.unit }),
    ...(blending.weight === undefined ? {} : { rowWeight: blending.weight }),
    seed,
  });
  progress({ type: 'end', stage: 'blend', summary: blend.notes.join(' ') });
  signal.throwIfAborted();

  const scoringModel: ScoringModel = { encoder, members: scoringMembers, blend };
  const scores = new ModelScorer(scoringModel).scoreMatrix(test.matrix);
  const metrics = judge({ ...scores.members, ensemble: scores.probability }, test, seed);
  const permutation = shuffledImportances(members, blending, context);
  const sample = takeRows(test.matrix, evenly(test.matrix.rows, SAMPLE));
  const graphs = await exportedGraphs(scoringModel, sample, context);
  return {
    title: input.file,
    input,
    seed,
    fingerprint,
    ...(continuation === undefined ? {} : { continued: continuedEntry(continuation) }),
    histories: historiesOf(members, continuation),
    split,
    matrix,
    members,
    parameters,
    blend,
    test: {
      scores,
      label: test.label,
      ...(test.weight === undefined ? {} : { weight: test.weight }),
      metrics,
    },
    permutation,
    onnx: graphs.map(({ name, proof }) => ({ name, ...proof })),
    scoringModel,
    graphs,
    sample,
    kept: { background: keepPart(trainPart, 'background', seed), test: keepPart(test, 'test', seed) },
    trainSeconds,
    selection,
  };
}

/** A table's bundle does not ask for columns that its models do not read. */
function selectedInput(
  given: TrainingInput,
  rows: TrainingInput['rows'],
  { dropped }: FeatureSelection,
): TrainingInput {
  const { source } = given;
  if (source.kind === 'events' || dropped.length === 0) return { ...given, rows };
  const gone = new Set(dropped.map(({ feature }) => feature));
  return { ...given, rows, source: { ...source, schema: source.schema.filter(({ name }) => !gone.has(name)) } };
}

function otherRowsSentence({ bundle }: Continuation): string {
  return `${bundle.name} was trained on other rows: its trees stay, further ones learn from these. If rows of its training are among these, the test flatters the model.`;
}

function continuedEntry({ bundle, forests }: Continuation): NonNullable<Manifest['continued']> {
  return {
    bundle: bundle.name,
    fingerprint: bundle.manifest.fingerprint,
    trees: Object.fromEntries(forests.map(({ family, forest }) => [family, forest.treeWeight.length])),
  };
}

function historiesOf(members: readonly Member[], continuation: Continuation | undefined): BundleHistory {
  const before = continuation?.histories?.models;
  return {
    format: 1,
    models: Object.fromEntries(members.map(({ family, model }) => [family, modelHistory(model, before?.[family])])),
  };
}

/** Rows of the test part that prove the ONNX exports, kept in the bundle so that `export` can prove them again. */
const SAMPLE = 256;
/** Rows of the blending part on which columns are shuffled. */
const SHUFFLED = 1000;

function judge(
  probabilities: MemberProbabilities,
  { label, unit, weight }: { readonly label: Float64Array; readonly unit?: Int32Array; readonly weight?: Float64Array },
  seed: number,
): Record<string, MetricSet> {
  const settings = { seed, ...(unit === undefined ? {} : { unit }), ...(weight === undefined ? {} : { weight }) };
  return Object.fromEntries(
    Object.entries(probabilities).map(([name, probability]) => [name, evaluate(probability, label, settings)]),
  );
}

function shuffledImportances(
  members: readonly Member[],
  blending: LabelledMatrix,
  { progress, signal, seed }: WorkflowContext,
): Record<string, PermutationImportance[]> {
  const rows = evenly(blending.matrix.rows, SHUFFLED);
  const matrix = takeRows(blending.matrix, rows);
  const label = takeValues(blending.label, rows);
  const { weight: weights } = blending;
  const taken = weights === undefined ? undefined : takeValues(weights, rows);
  const weight = taken?.some((value) => value > 0) ? { weight: taken } : {};
  const stage = 'importances';
  const columns = matrix.columns.length;
  progress({ type: 'start', stage, total: columns * members.length, unit: 'columns' });
  const importances = members.map(({ family, model }, m): [string, PermutationImportance[]] => {
    const scorers = new MemberScorers([{ family, forest: model.forest }]);
    const predict = (shuffled: Matrix) => scorers.probabilities(shuffled)[family];
    const onFeature = (done: number) => {
      signal.throwIfAborted();
      progress({ type: 'advance', stage, done: m * columns + done });
    };
    return [family, permutationImportance({ matrix, label, ...weight, predict, seed, onFeature })];
  });
  progress({ type: 'end', stage });
  return Object.fromEntries(importances);
}

async function writeBundle(path: string, training: Training, { progress }: WorkflowContext): Promise<void> {
  const { input, scoringModel, graphs } = training;
  progress({ type: 'start', stage: 'bundle' });
  await writeBundleFolder(path, async (folder) => {
    for (const { family, forest } of scoringModel.members) saveForest(forest, join(folder, forestFile(family)));
    const ensemble = graphs.find(({ name }) => name === 'ensemble');
    if (ensemble !== undefined) writeFileSync(join(folder, ENSEMBLE_ONNX), ensemble.bytes);
    writeFileSync(join(folder, REPORT_DATA), `${JSON.stringify(trainingReport(training))}\n`);
    writeFileSync(join(folder, FEATURE_SELECTION), `${JSON.stringify(training.selection)}\n`);
    writeFileSync(join(folder, EVALUATION_HISTORY), `${JSON.stringify(training.histories)}\n`);
    writeFileSync(join(folder, SAMPLE_ROWS), sampleRowsJson(training.sample));
    writeKeptRows(folder, training.kept);
    await input.writeHistory(join(folder, HISTORY));
    return manifestOf(training);
  });
  pointLatest(path);
  progress({ type: 'end', stage: 'bundle', summary: path });
}

function forestFile(family: string): string {
  return `${family}.forest`;
}

function manifestOf(training: Training): Manifest {
  const { input, scoringModel, members, blend, split } = training;
  return {
    ecomml: ecommlVersion(),
    source: input.source,
    seed: training.seed,
    encoder: scoringModel.encoder,
    members: members.map(({ family, model }) => ({
      family,
      file: forestFile(family),
      trees: model.forest.treeWeight.length,
      parameters: model.forest.parameters,
      ...(model.outOfBag === undefined
        ? {}
        : { outOfBag: { accuracy: model.outOfBag.accuracy, logLoss: model.outOfBag.logLoss } }),
    })),
    blend,
    split: {
      by: split.by,
      rows: split.counts,
      positives: split.positives,
      purgedSessions: split.purgedSessions,
      ...(split.cuts === undefined ? {} : { cuts: isoCuts(split.cuts) }),
    },
    metrics: training.test.metrics,
    fingerprint: training.fingerprint,
    ...(input.synthetic === undefined ? {} : { synthetic: input.synthetic }),
    ...(training.continued === undefined ? {} : { continued: training.continued }),
    onnx: training.onnx,
  };
}

function isoCuts({ stopping, blending, test }: NonNullable<Split['cuts']>) {
  return { stopping: isoTime(stopping), blending: isoTime(blending), test: isoTime(test) };
}

function resultOf(bundle: string, training: Training): TrainResult {
  const { split, members, test, blend, input } = training;
  const counts = (of: Split['counts']) => ({ train: of.train, valid: of.stopping + of.blending, test: of.test });
  return {
    bundle,
    rows: counts(split.counts),
    positives: counts(split.positives),
    seconds: { ...input.seconds, train: training.trainSeconds },
    models: Object.fromEntries(
      members.map(({ family, model, seconds }) => [
        family,
        { ...test.metrics[family], trees: model.forest.treeWeight.length, seconds },
      ]),
    ),
    ensemble: { ...test.metrics.ensemble, weights: blend.weights, calibration: blend.calibration.method },
    notes: [...blend.notes, ...warningsOf(split, test.metrics.ensemble), ...input.notes],
    suspects: training.selection.suspects,
    dropped: training.selection.dropped,
  };
}

function splitSentence({ by, counts, positives, purgedSessions }: Split, { sessions }: LabelledRows): string {
  const parts = SPLIT_PARTS.map((part) => `${part} ${counts[part]} (${positives[part]} positive)`).join(', ');
  const purged = sessions === undefined || by !== 'time' ? '' : `; ${purgedSessions} sessions across a cut left out`;
  return `split by ${by}: ${parts}${purged}`;
}

/** Test rows with fewer positives than this make wide intervals; an AUC above the other is too good to be believed. */
const FEW_POSITIVES = 100;
const SUSPICIOUS_AUC = 0.99;

function warningsOf(split: Split, ensemble: MetricSet): string[] {
  const warnings: string[] = [];
  if (split.positives.test < FEW_POSITIVES) {
    warnings.push(`The test has ${split.positives.test} positives only: read the intervals, not the numbers alone.`);
  }
  if (ensemble.auc !== null && ensemble.auc > SUSPICIOUS_AUC) {
    warnings.push(
      `A test AUC of ${ensemble.auc.toFixed(4)} is suspiciously high: look for a column that knows the outcome.`,
    );
  }
  return warnings;
}

/** A part's weights; refuses a part that weighs nothing. */
function weightsOf({ weight }: LabelledRows, split: Split, part: SplitPart): { weight?: Float64Array } {
  if (weight === undefined) return {};
  const values = takeValues(weight, split.rows[part]);
  if (values.some((value) => value > 0)) return { weight: values };
  throw inputRejected(
    'BAD_WEIGHT',
    `All ${values.length} rows of the part "${part}" of the split have the weight 0.`,
    'Each part needs rows that count: give other weights, or split otherwise.',
  );
}

function takeValues(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: rows.length }, (_, i) => values[rows[i]]);
}

/** At most `wanted` of the row numbers 0 … rows − 1, evenly spread. */
function evenly(rows: number, wanted: number): Int32Array {
  const count = Math.min(rows, wanted);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}
