/** The random forest's parameters in ml-random-forest's terms; what the package has no such thing for is refused. */
import { usageError } from '../base/errors.js';
import type { LabelledMatrix } from './family.js';
import type { ParameterValue, ParameterValues } from './parameters.js';
import { forestSettings } from './random-forest-settings.js';

/** Rows the package may be given: it sorts and copies them anew for each feature of each node, in quadratic time. */
export const MOST_ROWS = 5000;
/** Below, a bag may hold every row, and the package fails on the empty rest (10 rows: 1 bag of 2,800; 20: of 43 million). */
export const FEWEST_BAGGED_ROWS = 20;

/** Parameters for which the package has nothing, with the one value that says so. */
const ABSENT: Readonly<Record<string, ParameterValue>> = {
  min_samples_leaf: 1,
  min_weight_fraction_leaf: 0,
  min_impurity_decrease: 0,
  max_samples: 'none',
  class_weight: 'none',
  max_leaf_nodes: 'none',
  ccp_alpha: 0,
  splitter: 'best',
};

/** Throws usage errors; `seed` is a 32-bit integer. */
export function packageOptions(parameters: ParameterValues, train: LabelledMatrix, seed: number) {
  const { rows, columns } = train.matrix;
  if (rows > MOST_ROWS)
    throw refuse(
      `grows on at most ${MOST_ROWS} rows, but there are ${rows}: its time grows with the square of the rows.`,
      'Use random-forest.engine=ecomml, or fewer rows.',
    );
  if (columns.length === 0) throw refuse('needs a feature, but there is none.');
  if (train.weight !== undefined) throw refuse('knows no row weights.');
  if (parameters['criterion'] !== 'gini')
    throw refuse(`splits by Gini impurity alone, but random-forest.criterion is ${parameters['criterion']}.`);
  for (const [name, only] of Object.entries(ABSENT))
    if (parameters[name] !== only)
      throw refuse(`has no ${name}: leave random-forest.${name} at ${only}, not ${parameters[name]}.`);
  const settings = forestSettings(parameters, train);
  const bagged = settings.bagSize > 0;
  if (bagged && rows < FEWEST_BAGGED_ROWS)
    throw refuse(`draws bags of at least ${FEWEST_BAGGED_ROWS} rows, but there are ${rows}.`);
  const features = settings.maxFeatures;
  return {
    nEstimators: settings.trees,
    // As a share: the package takes 1 for all features, not for one.
    maxFeatures: features === columns.length ? 1 : (features + 0.5) / columns.length,
    replacement: false,
    useSampleBagging: bagged,
    noOOB: !settings.outOfBag,
    seed,
    treeOptions: { minNumSamples: settings.minSamplesSplit - 1, maxDepth: settings.maxDepth, gainThreshold: 0 },
  };
}

function refuse(message: string, hint = 'Use random-forest.engine=ecomml.'): Error {
  return usageError('ML_RANDOM_FOREST', `random-forest.engine=ml-random-forest ${message}`, hint);
}
