/** The four families by name: the parameter table of each, and its trainer, loaded when needed. */

import { catboostParameters } from './catboost-parameters.js';
import type { Family, FamilyTrainer } from './family.js';
import { lightgbmParameters } from './lightgbm-parameters.js';
import { type ParameterTable, type ParameterValues, resolveParameters } from './parameters.js';
import { randomForestParameters } from './random-forest-parameters.js';
import { xgboostParameters } from './xgboost-parameters.js';

export const FAMILY_PARAMETERS: Readonly<Record<Family, ParameterTable>> = {
  catboost: catboostParameters,
  xgboost: xgboostParameters,
  lightgbm: lightgbmParameters,
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
