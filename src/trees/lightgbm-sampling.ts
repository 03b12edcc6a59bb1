/**
 * The rows a LightGBM tree grows on: bagging (bagging.hpp), by class or not, and GOSS. The draws are the original's, which
 * depend on its number of threads in GOSS: those of one thread.
 */
import { usageError } from '../base/errors.js';
import type { BoostingRules } from './boost.js';
import type { TrainingJob } from './family.js';
import type { LightgbmGenerators } from './lightgbm-generators.js';
import { type GossParameters, gossFactor, gossSample } from './lightgbm-goss.js';
import { type LightgbmSeeds, ROWS_OF_GENERATOR, rowGenerators } from './lightgbm-random.js';

export type RowSampling = Pick<BoostingRules, 'sample' | 'largestGradientFactor'> & {
  /** The original copies the drawn rows and numbers them anew, which quantized gradients depend on. */
  readonly copiesSample: boolean;
};

/** Throws a usage error where parameters exclude each other. */
export function rowSampling(
  job: TrainingJob,
  features: number,
  seeds: LightgbmSeeds,
  generators: LightgbmGenerators,
): RowSampling {
  const { parameters, train } = job;
  const { rows } = train.matrix;
  if (parameters['data_sample_strategy'] !== 'goss' && parameters['boosting'] !== 'goss')
    return bagging(job, features, seeds);
  const number = (name: string) => Number(parameters[name]);
  const to: GossParameters = {
    topRate: number('top_rate'),
    otherRate: number('other_rate'),
    learningRate: number('learning_rate'),
  };
  if (to.topRate + to.otherRate > 1)
    throw usageError('BAD_PARAMETER', 'lightgbm.top_rate and lightgbm.other_rate must not sum to more than 1.');
  if (number('bagging_freq') > 0 && number('bagging_fraction') !== 1)
    throw usageError('BAD_PARAMETER', 'lightgbm: GOSS and bagging exclude each other; leave bagging_freq at 0.');
  if (parameters['boosting'] === 'rf')
    throw usageError('BAD_PARAMETER', 'lightgbm: GOSS needs new gradients for each tree; boosting=rf has none.');
  const factor = gossFactor(rows, to);
  return {
    sample: (tree, gradients) => gossSample(tree, gradients, to, generators.rows),
    largestGradientFactor: Number.isFinite(factor) ? Math.max(1, factor) : 1,
    copiesSample: to.topRate + to.otherRate <= 0.5,
  };
}

/** Past so many features the original does not copy a bag's rows. */
const MOST_COPIED_FEATURES = 100;

/** Each row is in a bag with probability bagging_fraction, or that of its class; a bag serves bagging_freq trees. */
function bagging({ parameters, train }: TrainingJob, features: number, seeds: LightgbmSeeds): RowSampling {
  const { label } = train;
  const rows = label.length;
  const every = Number(parameters['bagging_freq']);
  const whole = Number(parameters['bagging_fraction']);
  const ofClass = [Number(parameters['neg_bagging_fraction']), Number(parameters['pos_bagging_fraction'])];
  const positives = label.reduce((sum, y) => sum + y, 0);
  const byClass = (ofClass[0] < 1 || ofClass[1] < 1) && positives > 0;
  if (every === 0 || (whole >= 1 && !byClass)) return { sample: () => undefined, copiesSample: false };
  const fractions = byClass ? ofClass : [whole, whole];
  const expected = byClass
    ? Math.trunc(positives * ofClass[1]) + Math.trunc((rows - positives) * ofClass[0])
    : Math.trunc(whole * rows);
  const generators = rowGenerators(seeds.bagging, rows);
  let bag: Uint32Array | undefined;
  let next = 0;
  const draw = (): Uint32Array => {
    const drawn = new Uint32Array(rows);
    let size = 0;
    for (let row = 0; row < rows; row++) {
      const random = generators[Math.floor(row / ROWS_OF_GENERATOR)];
      if (random.next() < fractions[label[row]]) drawn[size++] = row;
    }
    // A tree needs a row: the original has none for an empty bag.
    if (size === 0) drawn[size++] = 0;
    return drawn.slice(0, size);
  };
  return {
    sample: (tree) => {
      // Where training goes on, the bags before are drawn too.
      for (; next <= tree; next += every) bag = draw();
      return bag;
    },
    copiesSample: expected / rows / every <= 0.5 && features < MOST_COPIED_FEATURES,
  };
}
