/** `ecomml train`: options, and the result as a table of models. */
import { usageError } from '../../base/errors.js';
import type { Family } from '../../forest/forest.js';
import type { TrainOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { familyParameterValues } from '../family-parameters.js';
import { defaultInput, inputName, inputOptions } from '../input-options.js';
import type { Settings } from '../options.js';

export const train: Command<TrainOptions, object> = {
  options: async (settings) => {
    checkShares(settings);
    checkWeights(settings);
    const parameters = await familyParameterValues(settings.param, parameterTable);
    const input = inputOptions('train', { ...settings, input: settings.input ?? defaultInput() });
    return {
      ...input,
      parameters,
      output: settings.output ?? `models/${inputName(input.input)}`,
      target: settings.target,
      positive: settings.positive,
      time: settings.time,
      id: settings.id,
      drop: settings.drop,
      categorical: settings.categorical,
      moments: settings.moments,
      horizon: settings.horizon,
      idFeatures: settings.idFeatures,
      models: settings.models,
      valid: settings.valid,
      test: settings.test,
      split: settings.split,
      weights: settings.weights,
      earlyStoppingRounds: settings.earlyStoppingRounds,
    };
  },
  show: (result) => `${JSON.stringify(result)}\n`,
};

function checkShares({ valid, test }: Settings): void {
  if (valid + test < 1) return;
  throw usageError(
    'BAD_OPTION',
    `valid (${valid}) and test (${test}) leave no rows to train on: their sum must be below 1.`,
    'The defaults are --valid 0.15 --test 0.15.',
  );
}

function checkWeights({ weights, models }: Settings): void {
  if (typeof weights === 'string' || weights.length === models.length) return;
  throw usageError(
    'BAD_OPTION',
    `There are ${weights.length} weights for ${models.length} models (${models.join(', ')}).`,
    'Give one weight a model, in the order of --models.',
  );
}

async function parameterTable(_family: Family) {
  return {};
}
