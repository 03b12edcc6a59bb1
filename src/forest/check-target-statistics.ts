/** The part of `checkForest` that looks at target statistics: their parts, keys and counts. */
import type { Forest, ForestInput, KeyFold, TargetStatistic, TargetStatisticPart } from './forest.js';
import { keyCapacity } from './key-folding.js';

const TYPES: readonly TargetStatistic['type'][] = ['borders', 'buckets', 'binarized-target-mean', 'counter'];

export function checkTargetStatistics(forest: Forest, refuse: (what: string) => never): void {
  const checked = new Set<Float64Array>();
  forest.targetStatistics.forEach((statistic, k) => {
    const refuseThis = (what: string): never => refuse(`target statistic ${k} ${what}`);
    if (!TYPES.includes(statistic.type)) refuseThis(`has the unknown type "${statistic.type}"`);
    if (statistic.parts.length === 0) refuseThis('has no part');
    for (const part of statistic.parts) checkPart(forest.inputs, part, refuseThis);
    if (!keyCapacity(forest.inputs, statistic.parts, statistic.folds)) refuseThis('has keys that do not fit into 2^53');
    for (const fold of statistic.folds) checkAscending(fold.keys, checked, refuseThis);
    checkFolds(statistic.folds, statistic.parts.length, refuseThis);
    checkAscending(statistic.keys, checked, refuseThis);
    checkNumbers(statistic, refuseThis);
  });
}

function checkPart(inputs: readonly ForestInput[], part: TargetStatisticPart, refuse: (what: string) => never): void {
  const input = inputs[part.input];
  if (input === undefined) refuse(`reads input ${part.input} of ${inputs.length}`);
  if (part.border !== undefined) {
    if (Number.isNaN(part.border)) refuse('has the border NaN');
  } else if (part.equals !== undefined) {
    if (!Number.isSafeInteger(part.equals)) refuse(`compares with the code ${part.equals}`);
  } else if (input.kind !== 'categorical' || input.categories === undefined) {
    refuse(`takes the code of "${input.name}", which has no dictionary`);
  }
}

function checkFolds(folds: readonly KeyFold[], parts: number, refuse: (what: string) => never): void {
  let last = 0;
  for (const { part } of folds) {
    if (!(part > last && part < parts)) refuse(`shortens its keys before part ${part} of ${parts}`);
    last = part;
  }
}

function checkAscending(keys: Float64Array, checked: Set<Float64Array>, refuse: (what: string) => never): void {
  if (checked.has(keys)) return;
  checked.add(keys);
  let last = -1;
  for (const key of keys) {
    if (!(key > last) || !Number.isSafeInteger(key)) refuse('has keys out of order');
    last = key;
  }
}

function checkNumbers(statistic: TargetStatistic, refuse: (what: string) => never): void {
  const { keys, numerator, denominator, prior, priorWeight, shift, scale, counterDenominator } = statistic;
  if (numerator.length !== keys.length || denominator.length !== keys.length) refuse('has counts for other keys');
  for (const number of [prior, priorWeight, shift, scale])
    if (!Number.isFinite(number)) refuse(`has the number ${number} where a finite one is needed`);
  if (!(priorWeight > 0)) refuse(`has the prior weight ${priorWeight}`);
  if ((statistic.type === 'counter') !== (counterDenominator !== undefined))
    refuse('is a counter without its denominator, or has one without being a counter');
  if (counterDenominator !== undefined && !(counterDenominator >= 0)) refuse(`divides by ${counterDenominator}`);
  for (let i = 0; i < keys.length; i++)
    if (!(Number.isFinite(numerator[i]) && denominator[i] >= 0 && Number.isFinite(denominator[i])))
      refuse(`has the counts ${numerator[i]} of ${denominator[i]}`);
}
