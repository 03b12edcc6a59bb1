/** The random forest's parameters: scikit-learn's names and defaults (RandomForestClassifier; with splitter=random, ExtraTreesClassifier). */
import type { ParameterTable } from './parameters.js';

const NUMBER = /\d*\.?\d+(?:[eE][+-]?\d+)?/.source;
const CLASS_WEIGHT = new RegExp(
  `^(?:none|balanced|balanced_subsample|[01]\\s*:\\s*${NUMBER}(?:\\s*,\\s*[01]\\s*:\\s*${NUMBER})?)$`,
);

export const randomForestParameters: ParameterTable = {
  engine: {
    type: 'choice',
    default: 'ecomml',
    choices: ['ecomml', 'ml-random-forest'],
    help: 'Who grows the trees; ml-random-forest (an npm package, for a second opinion) takes at most 5,000 rows and draws features once a tree.',
  },
  n_estimators: { type: 'integer', default: 100, min: 1, max: 100000, help: 'Trees in the forest.' },
  criterion: {
    type: 'choice',
    default: 'gini',
    choices: ['gini', 'entropy', 'log_loss'],
    help: 'Impurity that splits reduce: Gini, or Shannon entropy (log_loss is another name for entropy).',
  },
  splitter: {
    type: 'choice',
    default: 'best',
    choices: ['best', 'random'],
    help: "Search each drawn feature's best threshold, or draw one at random and keep the best feature (extra-trees).",
  },
  max_depth: {
    type: 'number-or-word',
    default: 'none',
    words: ['none'],
    min: 1,
    help: 'Splits from the root to a leaf at most; none grows until leaves are pure or too small to split.',
  },
  min_samples_split: {
    type: 'number',
    default: 2,
    min: 0,
    aboveMin: true,
    help: 'Rows a node needs to be split: a count from 2 up, or below or at 1 a share of the training rows.',
  },
  min_samples_leaf: {
    type: 'number',
    default: 1,
    min: 0,
    aboveMin: true,
    help: 'Rows each side of a split must keep: a count from 1 up, or below 1 a share of the training rows.',
  },
  min_weight_fraction_leaf: {
    type: 'number',
    default: 0,
    min: 0,
    max: 0.5,
    help: "Share of the tree's whole weight that each side of a split must keep.",
  },
  max_features: {
    type: 'number-or-word',
    default: 'sqrt',
    words: ['sqrt', 'log2', 'all'],
    min: 0,
    help: 'Features drawn at each split: sqrt, log2, all, a count from 1 up, or below 1 a share of the features.',
  },
  max_leaf_nodes: {
    type: 'number-or-word',
    default: 'none',
    words: ['none'],
    min: 2,
    help: 'Leaves of a tree at most, which then splits the node of the largest gain next; none is no limit.',
  },
  min_impurity_decrease: {
    type: 'number',
    default: 0,
    min: 0,
    help: 'A node is split only when its weighted impurity falls by at least this much.',
  },
  ccp_alpha: {
    type: 'number',
    default: 0,
    min: 0,
    help: 'Subtrees that lower the impurity by less than this a leaf are cut off again (cost-complexity pruning).',
  },
  bootstrap: {
    type: 'boolean',
    default: true,
    defaultWhen: { parameter: 'splitter', is: 'random', instead: false },
    help: 'Grow each tree on rows drawn with replacement; false (the default with splitter=random): on all rows.',
  },
  max_samples: {
    type: 'number-or-word',
    default: 'none',
    words: ['none'],
    min: 0,
    help: 'Rows drawn for a tree: none is as many as there are, up to 1 a share of them, above 1 a count (at most 100 times the rows).',
  },
  class_weight: {
    type: 'text',
    default: 'none',
    pattern: CLASS_WEIGHT,
    form: 'none, balanced, balanced_subsample, or a weight a class, as in 0:1,1:5',
    help: 'Weigh the classes alike, over all rows (balanced) or over each bag (balanced_subsample), or as given. Shifts the probabilities.',
  },
  oob_score: {
    type: 'boolean',
    default: true,
    help: "Score each row by the trees that did not see it. (scikit-learn's default is false; here it costs little.)",
  },
};
