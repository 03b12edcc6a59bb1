/**
 * Which target statistics a combination of categorical columns has, read from the original's descriptions
 * (cat_feature_options.cpp): "Borders:CtrBorderCount=15:Prior=0:Prior=0.5,Counter". It counts nothing.
 */
import { usageError } from '../base/errors.js';

export type StatisticType = 'borders' | 'buckets' | 'binarized-target-mean' | 'counter';

/** What of a key's rows is counted: those with label 1, those with label 0, or all of them. */
export const Counted = { Positives: 0, Negatives: 1, Rows: 2 } as const;
export type Counted = (typeof Counted)[keyof typeof Counted];

/**
 * One statistic: scale · ((counted + prior) / (rows + 1) + shift), from 0 to `borders`, in bins of 1. For Counter the rows
 * below the fraction are those of the most frequent key.
 */
export interface StatisticLane {
  readonly type: StatisticType;
  readonly counted: Counted;
  readonly prior: number;
  readonly shift: number;
  readonly scale: number;
  readonly borders: number;
}

/** The statistics of columns with up to this many bins have small histograms. */
export const NARROW_BINS = 16;

const TYPES: Readonly<Record<string, { type: StatisticType; counted: readonly Counted[]; priors: readonly number[] }>> =
  {
    borders: { type: 'borders', counted: [Counted.Positives], priors: [0, 0.5, 1] },
    // A bucket a class, where Borders has one class above the border.
    buckets: { type: 'buckets', counted: [Counted.Negatives, Counted.Positives], priors: [0, 0.5, 1] },
    binarizedtargetmeanvalue: {
      type: 'binarized-target-mean',
      counted: [Counted.Positives],
      priors: [0, 0.5, 1],
    },
    // The mean of a target of 0 and 1 is that of the binarized target; only the default prior differs.
    floattargetmeanvalue: { type: 'binarized-target-mean', counted: [Counted.Positives], priors: [0] },
    counter: { type: 'counter', counted: [Counted.Rows], priors: [0] },
  };

/** The lanes of a list of descriptions, in its order: by type, then class, then prior. */
export function statisticLanes(parameter: string, text: string): StatisticLane[] {
  return text.split(',').flatMap((description) => lanesOf(parameter, description));
}

function lanesOf(parameter: string, description: string): StatisticLane[] {
  const refuse = (found: string, expected: string) =>
    usageError('BAD_CTR', `catboost.${parameter} has ${found} in "${description}", but ${expected}.`);
  const [name, ...settings] = description.split(':');
  const kind = TYPES[name.toLowerCase()];
  if (kind === undefined) {
    throw refuse(
      `the type "${name}"`,
      'the types are Borders, Buckets, BinarizedTargetMeanValue, FloatTargetMeanValue and Counter',
    );
  }
  let borders = 15;
  const priors: number[] = [];
  for (const setting of settings) {
    const [key, value] = setting.split('=');
    switch (key.toLowerCase()) {
      case 'ctrbordercount':
        borders = Number(value);
        if (!(Number.isInteger(borders) && borders >= 1 && borders <= 255))
          throw refuse(`CtrBorderCount=${value}`, 'it must be a whole number from 1 to 255');
        break;
      case 'ctrbordertype':
        if (value !== 'Uniform') throw refuse(`CtrBorderType=${value}`, 'on the CPU there is Uniform alone');
        break;
      case 'targetbordercount':
        if (kind.type === 'counter') throw refuse(`${key}`, 'Counter does not look at the target');
        if (Number(value) !== 1) throw refuse(`TargetBorderCount=${value}`, 'a target of two values has one border');
        break;
      case 'targetbordertype':
        if (kind.type === 'counter') throw refuse(`${key}`, 'Counter does not look at the target');
        break;
      case 'prior':
        priors.push(priorOf(value, () => refuse(`Prior=${value}`, 'a prior is a number, or a number/1')));
        break;
      default:
        throw refuse(`"${key}"`, 'there are CtrBorderCount, TargetBorderCount and Prior');
    }
  }
  const used = priors.length > 0 ? priors : kind.priors;
  return kind.counted.flatMap((counted) =>
    used.map((prior): StatisticLane => {
      // A prior outside 0 … 1 stretches the range that is cut into bins (CalcNormalization).
      const [low, high] = [Math.min(0, prior), Math.max(1, prior)];
      return { type: kind.type, counted, prior, shift: low === 0 ? 0 : -low, scale: borders / (high - low), borders };
    }),
  );
}

function priorOf(text: string, refuse: () => Error): number {
  const [number, divisor = '1'] = text.split('/');
  const prior = number === '' ? Number.NaN : Number(number);
  if (!(Math.abs(prior) <= 1e6) || Number(divisor) !== 1) throw refuse();
  return prior;
}

/** Bytes of a quad are the bins of up to four lanes; these are the lanes of each quad, in their order. */
export function quadsOfLanes(lanes: readonly StatisticLane[]): StatisticLane[][] {
  return Array.from({ length: Math.ceil(lanes.length / 4) }, (_, q) => lanes.slice(q * 4, q * 4 + 4));
}
