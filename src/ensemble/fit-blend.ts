/**
 * Fits a blend on rows that neither training nor early stopping saw: weights, calibration, confidence table. Every
 * choice is judged by cross-fitting (a fold's rows by fits on the other folds) and then fitted again on all rows.
 */
import { meanLogLoss, rowLogLoss } from '../base/log-loss.js';
import { applyBlend, type Blend, type BlendEvidence } from './blend.js';
import { CALIBRATION_METHODS, type Calibration, type CalibrationMethod, calibrate } from './calibration.js';
import { fitConfidence } from './confidence.js';
import { fitCalibration } from './fit-calibration.js';
import { assignFolds, countUnits } from './folds.js';
import { checkLabels, checkMembers, type MemberProbabilities } from './members.js';
import { optimizeWeights } from './optimize-weights.js';
import { defaultWeights, givenWeights, type Weights, weightedMean } from './weights.js';

const FOLDS = 5;
/** Below as many rows of either class, a calibration of two or more parameters follows chance. */
export const MIN_CALIBRATION_CLASS = 30;
/** Below as many rows of either class, weights are not optimised: each fold must hold some. */
export const MIN_WEIGHTS_CLASS = 10;

export interface BlendJob {
  readonly members: MemberProbabilities;
  readonly label: Float64Array;
  readonly weights: 'default' | 'optimized' | readonly number[];
  /** A number a row naming rows that depend on each other (its session); they share a fold. */
  readonly unit?: ArrayLike<number>;
  /** At least 0 a row, their sum positive; absent: 1. */
  readonly rowWeight?: Float64Array;
  readonly seed: number;
}

export function fitBlend({ members, label, weights: wanted, unit, rowWeight: given, seed }: BlendJob): Blend {
  const rows = checkMembers(members);
  const rowWeight = given === undefined ? undefined : withMeanOne(given);
  const positives = checkLabels(label, rows);
  const rarer = Math.min(positives, rows - positives);
  const models = Object.keys(members);
  const notes: string[] = [];
  const start = typeof wanted === 'string' ? defaultWeights(models) : givenWeights(models, wanted);
  if (start.note !== undefined) notes.push(start.note);
  const fold = assignFolds(label, unit, FOLDS, seed);

  const optimize = wanted === 'optimized' && rarer >= MIN_WEIGHTS_CLASS && models.length > 1;
  if (wanted === 'optimized' && !optimize && models.length > 1)
    notes.push(fewNote('Weights were not optimised', rows, positives, MIN_WEIGHTS_CLASS));
  const foldWeights = optimize ? weightsByFold(members, label, rowWeight, fold) : undefined;
  const optimized = optimize ? optimizeWeights(members, label, rowWeight).weights : undefined;
  const unfittedLoss = meanLogLoss(weightedMean(members, start.weights), label, rowWeight);
  const mixed = mixByFold(members, fold, foldWeights ?? start.weights);
  const optimizedLoss = optimize ? meanLogLoss(mixed, label, rowWeight) : null;
  if (optimizedLoss !== null && optimizedLoss >= unfittedLoss)
    notes.push('Optimised weights do not lower the cross-fitted log loss; they are used because they were asked for.');

  const losses = calibrationLosses(
    { members, label, rowWeight, fold, foldWeights, fixed: start.weights, mixed },
    rarer,
  );
  const weights = optimized ?? start.weights;
  const mean = weightedMean(members, weights);
  const calibration = chooseCalibration(losses, mean, label, rowWeight);
  notes.push(calibrationNote(calibration, losses, rows, positives, rarer));

  const units = countUnits(unit, rows);
  const independentShare = (units / rows) * effectiveShare(rowWeight);
  const evidence: BlendEvidence = {
    rows,
    positives,
    units,
    folds: FOLDS,
    members: Object.fromEntries(models.map((model) => [model, meanLogLoss(members[model], label, rowWeight)])),
    weights: {
      unfitted: start.weights,
      unfitted_log_loss: unfittedLoss,
      optimized: optimized ?? null,
      optimized_log_loss: optimizedLoss,
    },
    calibration: losses,
  };
  const weights_from = optimize ? 'optimized' : typeof wanted === 'string' ? 'default' : 'given';
  const unfinished = { weights, weights_from, calibration, evidence, notes } as const;
  const probability = applyBlend({ ...unfinished, confidence: { probability: [], lower: [], upper: [] } }, members);
  return { ...unfinished, confidence: fitConfidence(probability, label, independentShare, rowWeight) };
}

function withMeanOne(weight: Float64Array): Float64Array {
  const mean = weight.reduce((sum, w) => sum + w, 0) / weight.length;
  return weight.map((w) => w / mean);
}

/** Kish's effective number of rows, as a share of all: weights of mean 1 that differ tell less than equal ones. */
function effectiveShare(weight: Float64Array | undefined): number {
  if (weight === undefined) return 1;
  return weight.length / weight.reduce((sum, w) => sum + w * w, 0);
}

function weightsByFold(
  members: MemberProbabilities,
  label: Float64Array,
  rowWeight: Float64Array | undefined,
  fold: Uint8Array,
): Weights[] {
  return Array.from({ length: FOLDS }, (_, held) => {
    const others = (values: Float64Array) => values.filter((_, row) => fold[row] !== held);
    const training = Object.fromEntries(Object.entries(members).map(([model, p]) => [model, others(p)]));
    return optimizeWeights(training, others(label), rowWeight && others(rowWeight)).weights;
  });
}

/** Each row's weighted mean, with the weights of its fold when there is one set a fold. */
function mixByFold(
  members: MemberProbabilities,
  fold: Uint8Array,
  weights: Weights | readonly Weights[],
): Float64Array {
  if (!Array.isArray(weights)) return weightedMean(members, weights as Weights);
  const means = (weights as readonly Weights[]).map((one) => weightedMean(members, one));
  return means[0].map((_, row) => means[fold[row]][row]);
}

interface CrossFit {
  readonly members: MemberProbabilities;
  readonly label: Float64Array;
  readonly rowWeight: Float64Array | undefined;
  readonly fold: Uint8Array;
  readonly foldWeights: readonly Weights[] | undefined;
  readonly fixed: Weights;
  readonly mixed: Float64Array;
}

/** Cross-fitted mean log loss of each method; null where one cannot be fitted. */
function calibrationLosses(job: CrossFit, rarer: number): Record<CalibrationMethod, number | null> {
  const { members, label, rowWeight, fold, foldWeights, fixed, mixed } = job;
  const losses: Record<CalibrationMethod, number | null> = {
    none: meanLogLoss(mixed, label, rowWeight),
    platt: null,
    beta: null,
    isotonic: null,
  };
  if (rarer < MIN_CALIBRATION_CLASS) return losses;
  for (const method of CALIBRATION_METHODS) {
    let sum = 0;
    for (let held = 0; held < FOLDS && !Number.isNaN(sum); held++) {
      const mean = weightedMean(members, foldWeights?.[held] ?? fixed);
      const isOther = (_: number, row: number) => fold[row] !== held;
      const calibration = fitCalibration(
        method,
        mean.filter(isOther),
        label.filter(isOther),
        rowWeight?.filter(isOther),
      );
      if (calibration === undefined) sum = Number.NaN;
      else
        for (let row = 0; row < label.length; row++)
          if (fold[row] === held)
            sum += (rowWeight?.[row] ?? 1) * rowLogLoss(calibrate(calibration, mean[row]), label[row]);
    }
    losses[method] = Number.isNaN(sum) ? null : sum / label.length;
  }
  return losses;
}

/** The method of the lowest cross-fitted log loss, fitted on all rows; none unless it is lower than without. */
function chooseCalibration(
  losses: Readonly<Record<CalibrationMethod, number | null>>,
  mean: Float64Array,
  label: Float64Array,
  rowWeight: Float64Array | undefined,
): Calibration {
  const lossOf = (method: CalibrationMethod) => losses[method] ?? Number.POSITIVE_INFINITY;
  const ranked = [...CALIBRATION_METHODS].sort((a, b) => lossOf(a) - lossOf(b));
  for (const method of ranked) {
    if (!(lossOf(method) < lossOf('none'))) break;
    const calibration = fitCalibration(method, mean, label, rowWeight);
    if (calibration !== undefined) return calibration;
  }
  return { method: 'none' };
}

function calibrationNote(
  calibration: Calibration,
  losses: Readonly<Record<CalibrationMethod, number | null>>,
  rows: number,
  positives: number,
  rarer: number,
): string {
  if (rarer < MIN_CALIBRATION_CLASS)
    return fewNote('No calibration was fitted', rows, positives, MIN_CALIBRATION_CLASS);
  const without = losses.none?.toFixed(6);
  if (calibration.method === 'none')
    return `No calibration lowers the cross-fitted log loss of ${without}: none is used.`;
  const loss = losses[calibration.method]?.toFixed(6);
  return `Calibration by ${calibration.method} lowers the cross-fitted log loss from ${without} to ${loss}.`;
}

function fewNote(what: string, rows: number, positives: number, least: number): string {
  return `${what}: ${positives} positives in ${rows} blending rows are too few (at least ${least} of each class are needed).`;
}
