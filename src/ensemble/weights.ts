/** Weighted voting: the default weights, given weights, and the weighted mean. Fitted weights are in optimize-weights.ts. */
import { usageError } from '../base/errors.js';
import type { Family } from '../forest/forest.js';
import { checkMembers, type MemberProbabilities } from './members.js';

export type Weights = Readonly<Record<string, number>>;

export const DEFAULT_WEIGHTS: Readonly<Record<Family, number>> = {
  catboost: 0.4,
  xgboost: 0.3,
  lightgbm: 0.2,
  'random-forest': 0.1,
};

export interface ChosenWeights {
  readonly weights: Weights;
  /** What was done beside taking the weights as they are; for the user to read. */
  readonly note?: string;
}

/** The default weights of these models, brought back to a sum of 1 when some of the four are absent. */
export function defaultWeights(models: readonly string[]): ChosenWeights {
  const given = models.map((model) => {
    if (!Object.hasOwn(DEFAULT_WEIGHTS, model))
      throw usageError(
        'NO_DEFAULT_WEIGHT',
        `The model "${model}" has no default weight.`,
        'Give --weights as numbers.',
      );
    return DEFAULT_WEIGHTS[model as Family];
  });
  const weights = normalise(models, given);
  const absent = Object.keys(DEFAULT_WEIGHTS).filter((model) => !models.includes(model));
  if (absent.length === 0) return { weights };
  const shares = models.map((model) => `${model} ${Number(weights[model].toFixed(4))}`).join(', ');
  return {
    weights,
    note: `Without ${absent.join(', ')} the default weights were brought back to a sum of 1: ${shares}.`,
  };
}

/** Weights from the command line, one a model in the models' order; brought to a sum of 1. */
export function givenWeights(models: readonly string[], given: readonly number[]): ChosenWeights {
  if (given.length !== models.length) {
    const expected = `${models.length}, one for each of ${models.join(', ')}`;
    throw usageError('BAD_WEIGHTS', `--weights has ${given.length} numbers, but needs ${expected}.`);
  }
  const bad = given.find((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (bad !== undefined) throw usageError('BAD_WEIGHTS', `--weights holds ${bad}, but weights are numbers from 0 up.`);
  const sum = given.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) throw usageError('BAD_WEIGHTS', 'All --weights are 0: at least one model must count.');
  const weights = normalise(models, given);
  if (Math.abs(sum - 1) < 1e-9) return { weights };
  return { weights, note: `The given weights sum to ${Number(sum.toFixed(6))} and were brought to a sum of 1.` };
}

function normalise(models: readonly string[], given: readonly number[]): Weights {
  const sum = given.reduce((total, weight) => total + weight, 0);
  // 0.4 + 0.3 + 0.2 + 0.1 is 1 to the last bit or one off it: leave such weights as they were written.
  const divisor = Math.abs(sum - 1) < 1e-12 ? 1 : sum;
  return Object.fromEntries(models.map((model, i) => [model, given[i] / divisor]));
}

/** Σ weight · probability a row, within [0, 1]. Every weighted model must be among the members. */
export function weightedMean(members: MemberProbabilities, weights: Weights): Float64Array {
  const rows = checkMembers(members);
  const mean = new Float64Array(rows);
  for (const [model, weight] of Object.entries(weights)) {
    const probability = members[model];
    if (probability === undefined)
      throw usageError('MISSING_MEMBER', `The ensemble gives ${model} a weight, but has no probabilities from it.`);
    for (let row = 0; row < rows; row++) mean[row] += weight * probability[row];
  }
  for (let row = 0; row < rows; row++) mean[row] = Math.min(1, Math.max(0, mean[row]));
  return mean;
}
