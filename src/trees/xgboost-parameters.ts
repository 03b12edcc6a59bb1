/**
 * XGBoost's parameters that ecomml honours, under their canonical names and with their defaults (objective
 * binary:logistic, tree_method hist); `n_estimators` is the number of trees, as in its scikit-learn interface.
 */
import type { ParameterTable } from './parameters.js';

const share = { type: 'number', default: 1, min: 0, aboveMin: true, max: 1 } as const;
/** A number of at least 0. */
const number = '(\\d+(\\.\\d*)?|\\.\\d+)(e[+-]?\\d+)?';

export const xgboostParameters: ParameterTable = {
  n_estimators: { type: 'integer', default: 100, min: 1, help: 'Trees at most.' },
  booster: {
    type: 'choice',
    default: 'gbtree',
    choices: ['gbtree', 'dart'],
    help: 'gbtree, or dart: earlier trees are left out at random while one grows.',
  },
  num_parallel_tree: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 10000,
    help: 'Trees grown in each round: a boosted random forest.',
  },
  eta: { type: 'number', default: 0.3, min: 0, aboveMin: true, help: 'Factor on every leaf.' },
  gamma: { type: 'number', default: 0, min: 0, help: 'A split changes the loss by at least this.' },
  max_depth: { type: 'integer', default: 6, min: 0, help: 'Depth of a tree at most; 0 is unlimited.' },
  max_leaves: { type: 'integer', default: 0, min: 0, help: 'Leaves of a tree at most; 0 is unlimited.' },
  grow_policy: {
    type: 'choice',
    default: 'depthwise',
    choices: ['depthwise', 'lossguide'],
    help: 'Split level by level, or where the loss changes most.',
  },
  min_child_weight: { type: 'number', default: 1, min: 0, help: 'Sum of second derivatives of a child at least.' },
  lambda: { type: 'number', default: 1, min: 0, help: 'L2 regularization.' },
  alpha: { type: 'number', default: 0, min: 0, help: 'L1 regularization.' },
  max_delta_step: { type: 'number', default: 0, min: 0, help: 'Limit of a leaf’s weight before shrinkage; 0 is none.' },
  subsample: { ...share, help: 'Share of the rows a tree is grown on.' },
  sampling_method: {
    type: 'choice',
    default: 'uniform',
    choices: ['uniform', 'gradient_based'],
    help: 'Rows are sampled alike, or by the size of their gradients.',
  },
  colsample_bytree: { ...share, help: 'Share of the features a tree sees.' },
  colsample_bylevel: { ...share, help: 'Share of the tree’s features a level sees.' },
  colsample_bynode: { ...share, help: 'Share of the level’s features a node sees.' },
  feature_weights: {
    type: 'text',
    default: '',
    pattern: new RegExp(`^${number}(\\s*,\\s*${number})*$|^[^,]+:${number}(\\s*,[^,]+:${number})*$`),
    form: 'weights by column, as in price:2,age:0.5, or one for every column in order, as in 1,2,0.5',
    help: 'Chance of a column to be sampled, relative to the others; columns by name or position from 0.',
  },
  max_bin: { type: 'integer', default: 256, min: 2, max: 65535, help: 'Bins of a numeric feature at most.' },
  scale_pos_weight: { type: 'number', default: 1, min: 0, aboveMin: true, help: 'Weight of positive rows.' },
  rate_drop: { type: 'number', default: 0, min: 0, max: 1, help: 'dart: share of the trees left out of a round.' },
  skip_drop: { type: 'number', default: 0, min: 0, max: 1, help: 'dart: probability that a round leaves out none.' },
  one_drop: { type: 'boolean', default: false, help: 'dart: at least one tree is left out.' },
  sample_type: {
    type: 'choice',
    default: 'uniform',
    choices: ['uniform', 'weighted'],
    help: 'dart: trees are left out alike, or in proportion to their weight.',
  },
  normalize_type: {
    type: 'choice',
    default: 'tree',
    choices: ['tree', 'forest'],
    help: 'dart: a new tree weighs as each of those left out, or as all of them together.',
  },
  base_score: {
    type: 'number-or-word',
    default: 'auto',
    words: ['auto'],
    min: 0,
    max: 1,
    help: 'Probability before the first tree; auto is the mean of the labels.',
  },
  max_cat_to_onehot: {
    type: 'integer',
    default: 4,
    min: 1,
    help: 'Features of fewer categories than this are split one against the rest.',
  },
  monotone_constraints: {
    type: 'text',
    default: '',
    pattern: /^(-1|0|1)(\s*,\s*(-1|0|1))*$|^[^,]+:(-1|0|1)(\s*,[^,]+:(-1|0|1))*$/,
    form: '-1, 0 or 1 by column, as in price:-1,age:1, or one for every column in order, as in -1,0,1',
    help: 'The score may only rise (1) or fall (-1) with a numeric column; columns by name or position from 0.',
  },
  interaction_constraints: {
    type: 'text',
    default: '',
    pattern: /^\[[^[\]]+\](\s*,\s*\[[^[\]]+\])*$/,
    form: 'groups of columns in brackets, as in [price,age],[age,views]',
    help: 'Columns of one group only meet in a branch; columns by name or position from 0, one in no group meets none.',
  },
  max_cat_threshold: { type: 'integer', default: 64, min: 1, help: 'Categories looked at from either end at most.' },
};
