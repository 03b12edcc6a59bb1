/** How each number of an explanation is computed, in words for the report. */
import type { ExplanationData } from '../explain/explanation-data.js';

export const EXPLANATION_METHODS: ExplanationData['methods'] = [
  {
    name: 'SHAP values',
    text:
      'Exact Shapley values of every tree (Lundberg et al. 2020), by Gauss–Legendre quadrature over each path. Path-dependent: what is not ' +
      'known is averaged by the training rows’ shares at each split. Interventional: it is taken from the background rows. A category, its target ' +
      'statistics and its combinations are credited to the column they come from. Each row’s values and the base sum to the model’s raw score.',
  },
  {
    name: 'Points of the ensemble',
    text:
      'A member’s log odds become points by the chord of its link between base and row, members add by their weights, and calibration is one ' +
      'more chord: base + the row’s points = its calibrated probability, exactly. Points are not the Shapley values of the probability itself, ' +
      'which would take a number of models that doubles with each feature.',
  },
  {
    name: 'Interactions',
    text:
      'SHAP interaction values, mean of their size over rows, in points; H² is Friedman’s: the share of two features’ joint partial dependence ' +
      'that is not the sum of their own.',
  },
  {
    name: 'Permutation importance',
    text:
      'The rise of the ensemble’s log loss when a column is shuffled. The interval covers other shuffles and other rows; rows of one session ' +
      'count together.',
  },
  {
    name: 'Partial dependence and ICE',
    text:
      'Background rows scored again with one feature set to each value of a grid: each row’s own curve, and their mean. Where features go ' +
      'together some of these rows could not occur.',
  },
  {
    name: 'LIME',
    text:
      'As its authors define it: 5,000 rows perturbed inside quartile bins of the background, weighed by √exp(−d² / w²) with w = 0.75 √features, ' +
      'a ridge regression (alpha 1) on “is in the row’s own bin”. R² says how straight the model is there; SHAP is exact and LIME is not.',
  },
  {
    name: 'Segments',
    text:
      'Bins of features, and of pairs, whose conversion differs from that of all other rows, or from what the model expects there. Score tests ' +
      'with sandwich variance by session; listed at a false discovery rate of 5% (Benjamini–Hochberg).',
  },
  {
    name: 'Drift',
    text:
      'Population stability index over ten quantile bins of the training rows, beside what chance alone reaches at these sizes, and the ' +
      'Kolmogorov–Smirnov distance.',
  },
  {
    name: 'Profit and actions',
    text:
      'Profit on labelled rows: positives · margin − rows · cost. What an action brings is assumed, never measured from the log: an experiment ' +
      'would settle it.',
  },
];
