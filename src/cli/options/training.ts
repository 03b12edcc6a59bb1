/** What is learnt from a table or from events, and how it is judged. */
import { FEATURE_FAMILIES, type FeatureFamily } from '../../features/feature.js';
import { FAMILIES } from '../../forest/forest.js';
import { EVALUATION_METRICS, type EvaluationMetricName } from '../../workflows/evaluation-metric-names.js';
import { SELECTION_RULES, type SelectionRule } from '../../workflows/selection-rules.js';
import { choices, familyParameters, gates, names, split, weights } from '../composite-kinds.js';
import { choice, duration, integer, number, onOff, text } from '../option-kinds.js';
import { define, INGEST } from './define.js';

export const TRAINING_OPTIONS = {
  target: define(text('<column>'), {
    name: 'target',
    verbs: ['clean', 'train', 'evaluate'],
    help: 'the label column of a table; not needed for raw events',
    defaultText: { evaluate: 'the target the bundle was trained on' },
  }),
  positive: define(text('<value>'), {
    name: 'positive',
    verbs: ['train'],
    help: 'the value of the target that counts as 1',
    defaultText: '1 of 0/1, true of true/false, yes of no/yes',
  }),
  time: define(text('<column>'), {
    name: 'time',
    verbs: ['train'],
    help: 'the column of a table that tells when; the split then goes by time',
    defaultText: '',
  }),
  weightColumn: define(text('<column>'), {
    name: 'weight-column',
    verbs: ['train', 'evaluate'],
    help: 'the column of a table that says how much each row counts: numbers of at least 0',
    defaultText: { train: 'every row counts 1', evaluate: 'every row counts 1' },
  }),
  id: define(names('<columns>'), {
    name: 'id',
    verbs: ['train'],
    help: 'columns of a table that identify a row: passed through, never learned from',
    default: [] as readonly string[],
    defaultText: '',
  }),
  drop: define(names('<columns>'), {
    name: 'drop',
    verbs: ['train'],
    help: 'columns of a table to leave out',
    default: [] as readonly string[],
    defaultText: '',
  }),
  categorical: define(names('<columns>'), {
    name: 'categorical',
    verbs: ['train'],
    help: 'numeric columns of a table to read as categories; text columns are already',
    default: [] as readonly string[],
    defaultText: '',
  }),
  moments: define(choice('all', 'cart', 'last'), {
    name: 'moments',
    verbs: ['features', 'train'],
    help: 'which events are rows: every view and cart, carts only, or the last of a session and product',
    default: 'all',
  }),
  scoreMoments: define(choice('all', 'last'), {
    name: 'moments',
    verbs: ['score'],
    help: 'which events are scored: every view and cart, or the last of a session and product',
    default: 'all',
  }),
  horizon: define(duration(), {
    name: 'horizon',
    verbs: ['features', 'train', 'store get'],
    help: 'how long after the moment a purchase counts: seconds, or 30m, 12h, 7d',
    defaultText: "to the session's end",
  }),
  idFeatures: define(onOff(), {
    name: 'id-features',
    verbs: ['features', 'train', 'store materialize'],
    help: 'learn from raw user, product and category ids as categories',
    flagHelp: 'leave out raw user, product and category ids as categories',
    default: true,
  }),
  featureFamilies: define(choices(...FEATURE_FAMILIES), {
    name: 'feature-families',
    verbs: ['features', 'train', INGEST, 'store materialize'],
    help: 'the families of features of raw events to make',
    default: FEATURE_FAMILIES as readonly FeatureFamily[],
    defaultText: 'all',
  }),
  select: define(choices(...SELECTION_RULES), {
    name: 'select',
    verbs: ['train'],
    help: 'drop features by these rules: what says nothing, repeats another, knows the outcome too well or no longer, tells the time, changes with the future, or gains no more than by chance',
    default: [] as readonly SelectionRule[],
    defaultText: 'nothing is dropped',
  }),
  models: define(choices(...FAMILIES), {
    name: 'models',
    verbs: ['train'],
    help: 'the families to train',
    default: FAMILIES,
  }),
  param: define(familyParameters(), {
    name: 'param',
    verbs: ['train'],
    help: "a family's parameter by its canonical name, as in lightgbm.num_leaves=63; repeatable",
    default: {},
    defaultText: "each library's own defaults",
  }),
  split: define(split(), {
    name: 'split',
    verbs: ['train'],
    help: 'how rows go to train, validation and test; column:NAME holds train, valid or test',
    defaultText: 'time for events and with --time, else random',
  }),
  valid: define(number({ min: 0, max: 1, open: true }), {
    name: 'valid',
    verbs: ['train'],
    help: 'share of the rows for validation: early stopping, weights, calibration',
    default: 0.15,
  }),
  test: define(number({ min: 0, max: 1, open: true }), {
    name: 'test',
    verbs: ['train'],
    help: 'share of the rows for the test, used once, at the end',
    default: 0.15,
  }),
  weights: define(weights(), {
    name: 'weights',
    verbs: ['train'],
    help: 'weights of the models: 0.4,0.3,0.2,0.1 in the order of --models, or the best on validation',
    default: 'default' as 'default' | 'optimized' | readonly number[],
  }),
  earlyStoppingRounds: define(integer({ min: 0 }), {
    name: 'early-stopping-rounds',
    verbs: ['train'],
    help: 'stop a boosting when validation has not improved for this many trees; 0 never stops (CatBoost still keeps the trees up to its best, as the original does)',
    default: 50,
  }),
  earlyStoppingMetric: define(choice(...EVALUATION_METRICS), {
    name: 'early-stopping-metric',
    verbs: ['train'],
    help: 'what early stopping watches on validation rows',
    default: 'log_loss',
  }),
  historyMetrics: define(choices(...EVALUATION_METRICS), {
    name: 'history-metrics',
    verbs: ['train'],
    help: 'metrics kept after every tree, besides the log loss and what early stopping watches',
    default: [] as readonly EvaluationMetricName[],
    defaultText: '',
  }),
  continue: define(text('<bundle>'), {
    name: 'continue',
    verbs: ['train'],
    help: "a bundle whose models grow on: the parameters' numbers of trees are then of further trees",
    defaultText: '',
  }),
  gate: define(gates(), {
    name: 'gate',
    verbs: ['evaluate'],
    help: 'a condition on the ensemble, as in "auc>=0.80"; exit code 4 when it is not met; repeatable',
    default: [],
    defaultText: '',
  }),
} as const;
