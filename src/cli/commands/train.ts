/** `ecomml train`: options, and the result as a table of models. */
import { usageError } from '../../base/errors.js';
import { FAMILY_PARAMETERS } from '../../trees/families.js';
import type { TrainOptions } from '../../workflows/options.js';
import type { TrainResult } from '../../workflows/train.js';
import type { Command } from '../command.js';
import { familyParameterValues } from '../family-parameters.js';
import { defaultInput, inputName, inputOptions } from '../input-options.js';
import { modelsTable } from '../models-page.js';
import { notes, sentence } from '../notes.js';
import type { Settings } from '../options.js';
import { count, seconds } from '../wording.js';

export const train: Command<TrainOptions, TrainResult> = {
  options: (settings) => {
    checkShares(settings);
    checkWeights(settings);
    const parameters = familyParameterValues(settings.param, FAMILY_PARAMETERS);
    const input = inputOptions('train', { ...settings, input: settings.input ?? defaultInput() });
    return {
      ...input,
      parameters,
      output: settings.output ?? `models/${inputName(input.input)}`,
      target: settings.target,
      positive: settings.positive,
      time: settings.time,
      weightColumn: settings.weightColumn,
      id: settings.id,
      drop: settings.drop,
      categorical: settings.categorical,
      moments: settings.moments,
      horizon: settings.horizon,
      idFeatures: settings.idFeatures,
      featureFamilies: settings.featureFamilies,
      select: settings.select,
      models: settings.models,
      valid: settings.valid,
      test: settings.test,
      split: settings.split,
      weights: settings.weights,
      earlyStoppingRounds: settings.earlyStoppingRounds,
      earlyStoppingMetric: settings.earlyStoppingMetric,
      historyMetrics: settings.historyMetrics,
      continueFrom: settings.continue,
    };
  },
  show: (result, page) => {
    const { rows, positives, ensemble } = result;
    const part = (name: 'train' | 'valid' | 'test') =>
      `${name} ${count(rows[name])} (${count(positives[name])} positive)`;
    const { clean, features, train: training } = result.seconds;
    const lines = [
      '',
      ...modelsTable(result.models, ensemble, ensemble.weights, page),
      '',
      ...sentence(`rows: ${part('train')}, ${part('valid')}, ${part('test')}`, page),
      `  judged on the test rows; calibration: ${ensemble.calibration}`,
      `  time: clean ${seconds(clean)}, features ${seconds(features)}, train ${seconds(training)}`,
      ...notes(result.notes, page),
      '',
      `  bundle  ${page.style.bold(result.bundle)}`,
      `  next    ecomml score --model ${result.bundle} --input FILE`,
      `          ecomml report --model ${result.bundle}`,
    ];
    return `${lines.join('\n')}\n`;
  },
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
