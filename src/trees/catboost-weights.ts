/** Weights of the training rows with the weights of their classes, and the check that there are two classes. */
import { inputRejected } from '../base/errors.js';
import type { CatboostSettings } from './catboost-settings.js';
import type { LabelledMatrix } from './family.js';

/**
 * Row weights with the class weights in them; undefined when all are 1. Balanced weighs a class by the weight of the
 * heavier one over its own, SqrtBalanced by the root of that. As in the original (`calc_class_weights.cpp`, whose sums pass
 * through whole numbers) only the whole part of a class's weight counts, and a class of less than 1 keeps its own.
 */
export function rowWeights({ label, weight }: LabelledMatrix, settings: CatboostSettings): Float64Array | undefined {
  const classes = weightOfClasses(label, weight).map((sum) => Math.trunc(Math.fround(sum)));
  const most = Math.max(...classes);
  const factor = classes.map((sum, value) => {
    const own = settings.classWeights[value];
    if (settings.autoClassWeights === 'None' || sum === 0) return own;
    return own * (settings.autoClassWeights === 'Balanced' ? most / sum : Math.sqrt(most / sum));
  });
  if (weight === undefined && factor[0] === 1 && factor[1] === 1) return undefined;
  return Float64Array.from(label, (value, row) => factor[value] * (weight?.[row] ?? 1));
}

/** The original refuses a target of one value too. */
export function checkClasses({ label, weight }: LabelledMatrix): void {
  const classes = weightOfClasses(label, weight);
  if (classes[0] > 0 && classes[1] > 0) return;
  throw inputRejected(
    'ONE_CLASS',
    `CatBoost needs training rows of both labels, but all ${label.length} (of positive weight) have the label ${classes[1] > 0 ? 1 : 0}.`,
    'Check --target, or train on more rows.',
  );
}

function weightOfClasses(label: Float64Array, weight: Float64Array | undefined): [number, number] {
  const classes: [number, number] = [0, 0];
  for (let row = 0; row < label.length; row++) classes[label[row]] += weight?.[row] ?? 1;
  return classes;
}
