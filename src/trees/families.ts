/** The four families by name: the parameter table of each, and its trainer, loaded when needed. */

import { catboostParameters } from './catboost-parameters.js';
import type { Family, FamilyTrainer } from './family.js';
import { lightgbmParameters } from './lightgbm-parameters.js';
import {
  type ParameterDefinition,
  type ParameterTable,
  type ParameterValues,
  resolveParameters,
} from './parameters.js';
import { randomForestParameters } from './random-forest-parameters.js';
import { xgboostParameters } from './xgboost-parameters.js';

/** The library's own name and words for what early stopping watches; not part of how a tree grows. */
function watched(...words: readonly string[]): ParameterDefinition {
  return {
    type: 'choice',
    default: 'default',
    choices: ['default', ...words],
    help: 'What early stopping watches; default is what --early-stopping-metric says.',
  };
}

export const FAMILY_PARAMETERS: Readonly<Record<Family, ParameterTable>> = {
  catboost: {
    ...catboostParameters,
    eval_metric: watched('Logloss', 'AUC', 'PRAUC', 'BrierScore', 'Accuracy'),
  },
  xgboost: { ...xgboostParameters, eval_metric: watched('logloss', 'auc', 'aucpr', 'error') },
  lightgbm: { ...lightgbmParameters, metric: watched('binary_logloss', 'auc', 'average_precision', 'binary_error') },
  'random-forest': randomForestParameters,
};

/** Given values checked and completed with the family's defaults. Throws usage errors that suggest. */
export function familyParameters(family: Family, given: ParameterValues): ParameterValues {
  return resolveParameters(family, FAMILY_PARAMETERS[family], given);
}

export async function loadTrainer(family: Family): Promise<FamilyTrainer> {
  switch (family) {
    case 'catboost':
      return (await import('./catboost.js')).trainCatboost;
    case 'xgboost':
      return (await import('./xgboost.js')).trainXgboost;
    case 'lightgbm':
      return (await import('./lightgbm.js')).trainLightgbm;
    case 'random-forest':
      return (await import('./random-forest.js')).trainRandomForest;
  }
}
