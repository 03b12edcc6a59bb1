/** What the numbers say, in plain words, and what to beware of. It reads results; it computes none beyond ratios of them. */

import type { ExplanationData } from '../explain/explanation-data.js';
import type { ProfitInsight } from '../explain/insight-data.js';
import type { MetricSet } from '../metrics/evaluate.js';
import { numberText, pointsText } from './number-text.js';
import type { ReportData, ReportModel } from './report-data.js';
import type { ReportSource } from './report-source.js';
import { calibrationLabel, modelLabel } from './series.js';
import { type Words, wordsOf } from './words.js';

export interface Verdict {
  readonly headline: string;
  readonly sentences: readonly string[];
  readonly warnings: readonly string[];
}

const SUSPICIOUS_AUC = 0.99;
const FEW_POSITIVES = 50;
const THIN_ROWS = 1000;

export function verdictOf({ data, explanation }: ReportSource): Verdict {
  const { metrics } = data.ensemble;
  const words = wordsOf(data);
  return {
    headline: headlineOf(metrics, words),
    sentences: [
      rankingSentence(metrics, words),
      liftSentence(data, words),
      probabilitySentence(metrics),
      memberSentence(data),
      calibrationSentence(data),
      ...(explanation === null ? [] : explanationSentences(explanation)),
    ].filter((sentence) => sentence !== ''),
    warnings: [...warningsOf(data, words), ...driftWarnings(explanation), ...data.warnings],
  };
}

/** Judged by the interval's lower end, so that a lucky small sample does not read as good. */
function headlineOf({ auc, auc_ci, undefined_because }: MetricSet, { positives, Negatives }: Words): string {
  if (auc === null) return `The test rows cannot tell how good the ensemble is. ${undefined_because ?? ''}`.trim();
  const sure = auc_ci?.[0] ?? 0.5;
  if (sure <= 0.5) return 'On the test rows the ensemble cannot be told from guessing.';
  if (sure < 0.6) return `The ensemble tells ${positives} from ${Negatives.toLowerCase()} weakly.`;
  if (sure < 0.7) return `The ensemble tells ${positives} from ${Negatives.toLowerCase()} fairly.`;
  if (sure < 0.85) return `The ensemble tells ${positives} from ${Negatives.toLowerCase()} well.`;
  return `The ensemble tells ${positives} from ${Negatives.toLowerCase()} very well.`;
}

function rankingSentence({ auc, auc_ci, rows, positives }: MetricSet, words: Words): string {
  const on = `On ${numberText(rows, 'integer')} test rows with ${numberText(positives, 'integer')} ${words.positives}`;
  if (auc === null) return `${on}, no ranking can be judged.`;
  const interval = auc_ci === null ? '' : `, 95% interval ${auc_ci[0].toFixed(3)} to ${auc_ci[1].toFixed(3)}`;
  return `${on}, it puts ${words.aPositive} before ${words.aNegative} in ${
    numberText(auc * 100).split('.')[0]
  } of 100 pairs (AUC ${auc.toFixed(3)}${interval}); guessing gives 50.`;
}

function liftSentence({ ensemble: { metrics, curves } }: ReportData, words: Words): string {
  const point = curves.gain.find(({ share }) => share >= 0.1);
  if (point === undefined) return '';
  const rate = numberText(metrics.base_rate, 'percent');
  return `The likeliest tenth of the rows holds ${numberText(point.gain, 'percent')} of all ${words.hits}: ${point.lift.toFixed(1)} times the base rate of ${rate}.`;
}

function probabilitySentence({ base_rate, log_loss }: MetricSet): string {
  const without = -(base_rate * Math.log(base_rate) + (1 - base_rate) * Math.log(1 - base_rate));
  if (!(without > 0)) return '';
  const gain = 1 - log_loss / without;
  const change = `${numberText(Math.abs(gain), 'percent')} ${gain >= 0 ? 'lower' : 'higher'}`;
  const answer = `Its log loss is ${log_loss.toFixed(4)}, ${change} than always answering the base rate (${without.toFixed(4)})`;
  return gain >= 0 ? `${answer}.` : `${answer}: as probabilities, its answers are worse than none.`;
}

function memberSentence({ models, ensemble }: ReportData): string {
  if (models.length < 2) return models.length === 1 ? `${modelLabel(models[0].name)} is its only member.` : '';
  const best = bestMember(models);
  const gap = best.metrics.log_loss - ensemble.metrics.log_loss;
  const name = modelLabel(best.name);
  const found = `Its best single member is ${name} (log loss ${best.metrics.log_loss.toFixed(4)}, AUC ${numberText(best.metrics.auc, 'metric')})`;
  const ci = ensemble.metrics.log_loss_ci;
  const within = ci !== null && best.metrics.log_loss >= ci[0] && best.metrics.log_loss <= ci[1];
  const sure = within ? ', a difference within the interval of chance' : '';
  if (gap > 0) return `${found}; the ensemble’s is ${gap.toFixed(4)} lower${sure}.`;
  return `${found}, and the ensemble does not beat it on these rows${sure}.`;
}

/** By log loss on the test rows. */
export function bestMember(models: readonly ReportModel[]): ReportModel {
  return models.reduce((best, model) => (model.metrics.log_loss < best.metrics.log_loss ? model : best));
}

function calibrationSentence({ blend, ensemble }: ReportData): string {
  const { method } = blend.calibration;
  const losses = blend.evidence.calibration;
  const gap = `predicted and observed rates differ by ${numberText(ensemble.metrics.ece, 'percent')} on average`;
  if (method === 'none') {
    const tried = losses.platt !== null || losses.beta !== null || losses.isotonic !== null;
    return `${tried ? 'No calibration was kept, as none lowered the log loss on rows it had not seen' : 'No calibration could be fitted'}; ${gap}.`;
  }
  return `${calibrationLabel(method)} was kept: it lowers the log loss on rows it had not seen from ${losses.none?.toFixed(4)} to ${losses[method]?.toFixed(4)}; ${gap}.`;
}

function warningsOf(
  { ensemble: { metrics }, blend, splits, onnx, suspects = [] }: ReportData,
  { positives, Positives }: Words,
): string[] {
  const warnings: string[] = [];
  if (metrics.auc !== null && metrics.auc > SUSPICIOUS_AUC)
    warnings.push(
      `An AUC of ${metrics.auc.toFixed(4)} is suspiciously good: look for a column that already knows the answer.`,
    );
  if (metrics.positives < FEW_POSITIVES)
    warnings.push(
      `Only ${metrics.positives} of the test rows are ${positives}: every number here is uncertain; read the intervals.`,
    );
  else if (metrics.rows < THIN_ROWS) warnings.push(`There are only ${metrics.rows} test rows: read the intervals.`);
  if (blend.evidence.positives < FEW_POSITIVES)
    warnings.push(
      `Only ${blend.evidence.positives} of the blending rows are ${positives}: weights, calibration and confidence rest on little.`,
    );
  const rates = splits
    .filter(({ rows }) => rows > 0)
    .map(({ name, rows, positives }) => ({ name, rate: positives / rows }));
  const train = rates.find(({ name }) => name === 'train');
  const test = rates.find(({ name }) => name === 'test');
  if (train !== undefined && test !== undefined && (test.rate > 2 * train.rate || test.rate < train.rate / 2))
    warnings.push(
      `${Positives} are ${numberText(train.rate, 'percent')} of the training rows but ${numberText(test.rate, 'percent')} of the test rows: times have changed between them.`,
    );
  const leaks = suspects.filter(({ kind }) => kind === 'leak').map(({ feature }) => feature);
  if (leaks.length > 0)
    warnings.push(
      `${leaks.slice(0, 3).join(', ')}${leaks.length > 3 ? ` and ${leaks.length - 3} more` : ''} alone ${leaks.length === 1 ? 'tells' : 'tell'} the outcome almost without error: is it known before the outcome is?`,
    );
  for (const proof of onnx.filter(({ largest_difference }) => !(largest_difference <= 1e-6)))
    warnings.push(
      `The ONNX export of ${modelLabel(proof.name)} differs by up to ${numberText(proof.largest_difference)} from ecomml.`,
    );
  return warnings;
}

function explanationSentences({ importances, insights: { profit, segments } }: ExplanationData): string[] {
  const said: string[] = [];
  const top = importances.slice(0, 3).filter(({ shap }) => shap > 0);
  if (top.length > 0)
    said.push(
      `It looks most at ${top.map(({ feature, shap }) => `${feature} (${pointsText(shap).replace('+', '')} on average)`).join(', ')}.`,
    );
  const segment = segments?.against_average[0];
  if (segment !== undefined)
    said.push(
      `The segment that stands out most: ${segment.words || segment.condition}, with ${numberText(segment.rate, 'percent')} against ${numberText(segment.expected, 'percent')} elsewhere.`,
    );
  if (profit !== null && profit.best.threshold !== null && tellsThreshold(profit))
    said.push(
      `With a margin of ${numberText(profit.margin)} and a cost of ${numberText(profit.cost)}${profit.assumed ? ' (assumed)' : ''}, acting from a probability of ${numberText(profit.best.threshold, 'percent')} pays best.`,
    );
  return said;
}

/** Rows of either outcome below which the best threshold is chance. */
const FEWEST_OF_EACH = 10;

function tellsThreshold({ points }: ProfitInsight): boolean {
  const { rows, positives } = points[points.length - 1];
  return Math.min(positives, rows - positives) >= FEWEST_OF_EACH;
}

function driftWarnings(explanation: ExplanationData | null): string[] {
  const drift = explanation?.insights.drift ?? null;
  const much = drift?.features.filter(({ level }) => level === 'much') ?? [];
  if (drift === null || much.length === 0) return [];
  const names = much
    .slice(0, 3)
    .map(({ feature }) => feature)
    .join(', ');
  return [
    `${much.length === 1 ? 'One feature has' : `${much.length} features have`} moved much between ${drift.reference} and ${drift.compared} (${names}${much.length > 3 ? ', …' : ''}).`,
  ];
}
