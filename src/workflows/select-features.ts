/**
 * Which features are suspect, which of them are left out because the user asked for it, and why: what a bundle keeps as
 * feature-selection.json. It looks at training and validation rows, never at test rows, and trains none of the models.
 */
import { inputRejected, usageError } from '../base/errors.js';
import { Random } from '../base/random.js';
import { encodeFrame, fitEncoder } from '../features/encoder.js';
import type { FutureCheck } from '../features/future-check.js';
import {
  NULL_LEVEL,
  NULL_RUNS,
  type NullImportance,
  nullImportances,
  shuffledLabels,
} from '../features/null-importance.js';
import type { Split } from '../features/split.js';
import { type SuspectFeature, suspectFeatures, suspectSentences } from '../features/suspect-features.js';
import type { Forest } from '../forest/forest.js';
import { KernelPool } from '../kernels/pool.js';
import type { Frame } from '../table/frame.js';
import { type Matrix, takeRows } from '../table/matrix.js';
import { familyParameters, loadTrainer } from '../trees/families.js';
import type { WorkflowContext } from './context.js';
import type { LabelledRows } from './labelled-rows.js';
import type { SelectionRule } from './selection-rules.js';

export interface DroppedFeature {
  readonly feature: string;
  readonly rule: SelectionRule;
  /** Reads on from the feature's name. */
  readonly reason: string;
}

/** What a bundle keeps of the choice, as feature-selection.json. */
export interface FeatureSelection {
  readonly format: 1;
  /** The rules that dropped features; none by default. */
  readonly rules: readonly SelectionRule[];
  readonly suspects: readonly SuspectFeature[];
  readonly dropped: readonly DroppedFeature[];
  /** When it was asked for: what a scrambled future changed. */
  readonly future?: FutureCheck;
  /** When it was asked for: the features judged, in their order. */
  readonly nullImportance?: {
    readonly runs: number;
    readonly rows: number;
    readonly trees: number;
    readonly level: number;
    readonly features: readonly NullImportance[];
  };
}

/** Of the small LightGBM models whose gains are compared. */
const TREES = 20;
/** Rows they learn from at most, evenly spread over the training rows. */
const ROWS = 10_000;

export interface SelectedRows<T extends LabelledRows> {
  readonly rows: T;
  readonly selection: FeatureSelection;
}

/** The rows without the features that `rules` drop, and the reasons. Errors: nothing is left (exit code 3). */
export async function selectFeatures<T extends LabelledRows>(
  rows: T,
  split: Split,
  rules: readonly SelectionRule[],
  context: WorkflowContext,
): Promise<SelectedRows<T>> {
  const { progress } = context;
  const { train, stopping, blending } = split.rows;
  const suspects = suspectFeatures(rows.frame, rows.label, train, Int32Array.from([...stopping, ...blending]));
  const dropped: DroppedFeature[] = [];
  for (const { feature, kind, reason } of suspects)
    if (rules.includes(kind) && !dropped.some((one) => one.feature === feature))
      dropped.push({ feature, rule: kind, reason });
  for (const { feature, rows: changed } of rules.includes('future') ? futureOf(rows).changed : [])
    if (rows.frame.columns.some(({ name }) => name === feature) && !dropped.some((one) => one.feature === feature))
      dropped.push({
        feature,
        rule: 'future',
        reason: `changed in ${changed} of ${rows.future?.rows} moments when later events were scrambled: it reads the future`,
      });
  const left = without(rows.frame, dropped);
  const nulls =
    rules.includes('null-importance') && left.columns.length > 0
      ? await judged({ ...rows, frame: left }, train, context)
      : undefined;
  for (const { feature, p } of nulls?.features ?? [])
    if (p > NULL_LEVEL)
      dropped.push({
        feature,
        rule: 'null-importance',
        reason: `gained no more than with a shuffled outcome (p = ${p.toFixed(3)})`,
      });
  const gone = new Set(dropped.map(({ feature }) => feature));
  for (const text of suspectSentences(suspects.filter(({ feature }) => !gone.has(feature))))
    progress({ type: 'message', level: 'info', text });
  for (const text of droppedSentences(dropped)) progress({ type: 'message', level: 'info', text });
  const selection: FeatureSelection = {
    format: 1,
    rules,
    suspects,
    dropped,
    ...(rows.future === undefined ? {} : { future: rows.future }),
    ...(nulls === undefined ? {} : { nullImportance: nulls }),
  };
  const frame = without(rows.frame, dropped);
  if (frame.columns.length === 0)
    throw inputRejected(
      'NO_FEATURES_LEFT',
      `--select ${rules.join(',')} leaves no feature of ${rows.frame.columns.length}.`,
      'Select by fewer rules, or give more columns.',
    );
  return { rows: dropped.length === 0 ? rows : { ...rows, frame }, selection };
}

/** With `--continue` the features are those of the bundle. */
export function checkSelection(rules: readonly SelectionRule[], continues: boolean): void {
  if (continues && rules.length > 0)
    throw usageError(
      'CANNOT_SELECT',
      '--select cannot drop features of a bundle that is continued: its models read them.',
      'Leave --select out, or train anew without --continue.',
    );
}

function futureOf({ future }: LabelledRows): FutureCheck {
  if (future !== undefined) return future;
  throw usageError(
    'CANNOT_SELECT',
    '--select future makes the features once more of events whose future is scrambled; this input has no events, its columns are made already.',
    'Give the raw events, or leave "future" out.',
  );
}

function without(frame: Frame, dropped: readonly DroppedFeature[]): Frame {
  const names = new Set(dropped.map(({ feature }) => feature));
  return { rows: frame.rows, columns: frame.columns.filter(({ name }) => !names.has(name)) };
}

/** Small models of the true outcome and of shuffled ones, on the same rows. */
async function judged(
  { frame, label, sessions, weight }: LabelledRows,
  train: ArrayLike<number>,
  { seed, signal, progress }: WorkflowContext,
): Promise<NonNullable<FeatureSelection['nullImportance']>> {
  const rows = evenly(train, ROWS);
  const matrix = takeRows(encodeFrame(frame, fitEncoder(frame, train)), rows);
  const labels = Float64Array.from(rows, (row) => label[row]);
  const unit = sessions === undefined ? undefined : Int32Array.from(rows, (row) => sessions.code[row]);
  const weights = weight === undefined ? {} : { weight: Float64Array.from(rows, (row) => weight[row]) };
  const trainer = await loadTrainer('lightgbm');
  const parameters = familyParameters('lightgbm', { num_iterations: TREES });
  const gainsOf = async (outcome: Float64Array): Promise<Float64Array> => {
    signal.throwIfAborted();
    const pool = new KernelPool(1);
    try {
      const { forest } = trainer({
        train: { matrix, label: outcome, ...weights },
        hasTime: false,
        parameters,
        earlyStoppingRounds: 0,
        seed,
        pool,
      });
      return gains(forest, matrix);
    } finally {
      await pool.close();
    }
  };
  const stage = 'null importances';
  progress({ type: 'start', stage, total: NULL_RUNS, unit: 'shuffled outcomes' });
  const actual = await gainsOf(labels);
  const shuffled: Float64Array[] = [];
  for (let run = 1; run <= NULL_RUNS; run++) {
    shuffled.push(await gainsOf(shuffledLabels(labels, unit, new Random(seed, run))));
    progress({ type: 'advance', stage, done: run });
  }
  const names = matrix.columns.map(({ name }) => name);
  const features = nullImportances(names, actual, shuffled);
  const kept = features.filter(({ p }) => p <= NULL_LEVEL).length;
  progress({ type: 'end', stage, summary: `${kept} of ${features.length} features tell more than chance` });
  return { runs: NULL_RUNS, rows: rows.length, trees: TREES, level: NULL_LEVEL, features };
}

/** The summed gain of each column's splits: not its share, which the columns beside it would change. */
function gains({ feature, gain }: Forest, { columns }: Matrix): Float64Array {
  const sums = new Float64Array(columns.length);
  for (let node = 0; node < feature.length; node++)
    if (feature[node] >= 0 && feature[node] < sums.length) sums[feature[node]] += Math.max(0, gain[node]) || 0;
  return sums;
}

const MOST_NAMED = 8;

/** One sentence a rule. */
function droppedSentences(dropped: readonly DroppedFeature[]): string[] {
  return [...new Set(dropped.map(({ rule }) => rule))].map((rule) => {
    const names = dropped.filter((one) => one.rule === rule).map(({ feature }) => feature);
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return `Dropped ${names.length} as asked (${rule}): ${names.slice(0, MOST_NAMED).join(', ')}${more}.`;
  });
}

function evenly(rows: ArrayLike<number>, wanted: number): Int32Array {
  const count = Math.min(rows.length, wanted);
  return Int32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
}
