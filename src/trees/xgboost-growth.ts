/** XGBoost's parameters of growing a tree, in the precision the original keeps them in. */
import { columnNumbers, interactionGroups, monotoneDirections } from './column-constraints.js';
import type { TrainingJob } from './family.js';
import type { ColumnShares } from './xgboost-columns.js';
import type { XgboostRegularization } from './xgboost-gain.js';

const f32 = Math.fround;

export interface XgboostGrowth {
  readonly regularization: XgboostRegularization;
  readonly gamma: number;
  /** 0: unlimited. */
  readonly maxDepth: number;
  readonly maxLeaves: number;
  readonly lossGuide: boolean;
  readonly columnShares: ColumnShares;
  readonly maxCatToOneHot: number;
  readonly maxCatThreshold: number;
  /** −1, 0 or 1 a column; absent: no monotone constraints. */
  readonly monotone?: readonly number[];
  /** Groups of columns; absent: no interaction constraints. */
  readonly interactions?: readonly ReadonlySet<number>[];
}

/** Throws a usage error that names a column the table does not have. */
export function xgboostGrowth({ parameters, train }: TrainingJob): XgboostGrowth {
  const number = (name: string) => Number(parameters[name]);
  const text = (name: string) => String(parameters[name]);
  const [monotone, interactions, weights] = [
    text('monotone_constraints'),
    text('interaction_constraints'),
    text('feature_weights'),
  ];
  const { columns } = train.matrix;
  return {
    ...(monotone === '' ? {} : { monotone: monotoneDirections('xgboost', monotone, columns) }),
    ...(interactions === '' ? {} : { interactions: interactionGroups('xgboost', interactions, columns) }),
    regularization: {
      lambda: f32(number('lambda')),
      alpha: f32(number('alpha')),
      maxDeltaStep: f32(number('max_delta_step')),
      minChildWeight: f32(number('min_child_weight')),
    },
    gamma: f32(number('gamma')),
    maxDepth: number('max_depth'),
    maxLeaves: number('max_leaves'),
    lossGuide: parameters['grow_policy'] === 'lossguide',
    columnShares: {
      byTree: number('colsample_bytree'),
      byLevel: number('colsample_bylevel'),
      byNode: number('colsample_bynode'),
      ...(weights === '' ? {} : { weights: columnNumbers('xgboost', 'feature_weights', weights, columns, 1) }),
    },
    maxCatToOneHot: number('max_cat_to_onehot'),
    maxCatThreshold: number('max_cat_threshold'),
  };
}
