/**
 * The one table of options. The flags, the ECOMML_* variables, the keys of the config file, the help and the README's
 * table are all read from it. An option's flag is `--name`, its variable ECOMML_NAME, its config key "name".
 */
import { EVENT_MEANINGS, PRESET_NAMES } from '../clean/presets.js';
import { FEATURE_FAMILIES, type FeatureFamily } from '../features/feature.js';
import { FAMILIES } from '../forest/forest.js';
import { DEFAULT_SCORES, FORMAT_NAMES, SCORE_NAMES, type ScoreName } from '../scoring/output-names.js';
import { TEXT_ENCODINGS } from '../table/text-encoding.js';
import { DATE_FORMATS } from '../table/value-format.js';
import { EVALUATION_METRICS, type EvaluationMetricName } from '../workflows/evaluation-metric-names.js';
import { SELECTION_RULES, type SelectionRule } from '../workflows/selection-rules.js';
import { choices, counts, familyParameters, gates, names, pairs, shard, split, weights } from './composite-kinds.js';
import {
  choice,
  duration,
  durationFromZero,
  integer,
  type Kind,
  type KindValue,
  number,
  onOff,
  shareOrCount,
  text,
} from './option-kinds.js';
import { delimiter, eventMeanings, moment, quote } from './reading-kinds.js';
import { VERBS, type Verb } from './verbs.js';

export interface OptionDefinition<T = unknown> {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly verbs: readonly Verb[];
  readonly help: string;
  readonly default?: T;
  /** Says the default when it is not one fixed value; by verb where it differs. */
  readonly defaultText?: string | Readonly<Partial<Record<Verb, string>>>;
  /** Help of the flag where it says the opposite of the value (`--no-color`). */
  readonly flagHelp?: string;
  /** True for what every command takes. */
  readonly general?: boolean;
  /** False when a config file cannot hold it. */
  readonly inConfig?: boolean;
}

const ALL = Object.keys(VERBS) as Verb[];
const INGEST = 'store ingest' satisfies Verb;
const READERS: readonly Verb[] = ['clean', 'features', 'train', 'evaluate', 'score', 'explain', 'report', INGEST];

function define<T, const D extends Omit<OptionDefinition<T>, 'kind'>>(kind: Kind<T>, definition: D) {
  return { kind, ...definition };
}

export const OPTIONS = {
  input: define(text('<file>'), {
    name: 'input',
    verbs: [...READERS, 'export'],
    help: 'raw events (CSV), clean Parquet or a table, plain or gzipped; - is stdin',
    defaultText: {
      train: 'the data in data/',
      export: 'rows the bundle keeps',
      explain: 'rows the bundle keeps',
      report: 'rows the bundle keeps',
    },
  }),
  output: define(text('<path>'), {
    name: 'output',
    verbs: ALL.filter((verb) => !['evaluate', 'explain', INGEST].includes(verb)),
    help: 'where the result is written; of score and generate, - is stdout',
    defaultText: {
      clean: 'reports/clean/NAME',
      features: 'reports/features/NAME',
      train: 'models/NAME',
      export: 'reports/exports/NAME',
      score: 'NAME.scored.csv (.jsonl, .parquet) beside the input',
      report: 'reports/',
    },
  }),
  model: define(text('<bundle>'), {
    name: 'model',
    verbs: ['evaluate', 'export', 'score', 'explain', 'report'],
    help: 'the bundle, a folder that train wrote; of score, also an ONNX file of another maker',
    default: 'models/latest',
  }),
  map: define(pairs('<name=column>', 'name=column, as in event_time=ts'), {
    name: 'map',
    verbs: READERS,
    help: 'read an expected column from a column of another name; repeatable',
    default: {},
    defaultText: '',
  }),
  maxBadRows: define(shareOrCount(), {
    name: 'max-bad-rows',
    verbs: READERS,
    help: 'refuse the input when more rows than this are bad: a share (0.01, 1%) or a number of rows',
    default: 0.01,
  }),
  schema: define(text('<file>'), {
    name: 'schema',
    verbs: ['clean', 'features', 'train', 'evaluate', 'score'],
    help: 'hold the clean rows against a schema, as --infer writes it; exit code 3 when they do not meet it',
    defaultText: '',
  }),
  infer: define(text('<file>'), {
    name: 'infer',
    verbs: ['clean'],
    help: 'write a schema inferred from the clean rows: types, ranges, values, keys, freshness, volume, missing values',
    defaultText: '',
  }),
  mended: define(text('<file>'), {
    name: 'mended',
    verbs: ['clean'],
    help: 'a rejects.csv of the same input with its records mended: they are read in the place of the rejected ones',
    defaultText: '',
  }),
  asOf: define(moment(), {
    name: 'as-of',
    verbs: ['clean', 'features', 'train', 'evaluate', 'score', INGEST],
    help: "the moment that a schema's freshness counts from, and a day after which an event comes too early for ingest, as in 2024-05-01T00:00:00Z",
    defaultText: 'now',
  }),
  preset: define(choice(...PRESET_NAMES), {
    name: 'preset',
    verbs: READERS,
    help: "whose export the events are: their columns' names, event types and sessions",
    defaultText: '',
  }),
  eventType: define(eventMeanings(), {
    name: 'event-type',
    verbs: READERS,
    help: `what a shop's event type means, as in addtocart=cart: ${EVENT_MEANINGS.join(', ')}; * is any other; repeatable`,
    default: {},
    defaultText: '',
  }),
  sessionGap: define(duration(), {
    name: 'session-gap',
    verbs: READERS.filter((verb) => verb !== INGEST),
    help: "make sessions: a user's events with no longer pause than this between them; the file's own are not used",
    defaultText: "the file's sessions; 30m with --preset retailrocket",
  }),
  purchases: define(text('<file>'), {
    name: 'purchases',
    verbs: ['clean'],
    help: 'a second file of events, all of them purchases, as yoochoose has',
    defaultText: '',
  }),
  delimiter: define(delimiter(), {
    name: 'delimiter',
    verbs: READERS,
    help: 'what stands between the fields of a CSV file: characters, or comma, tab, semicolon, bar, space',
    defaultText: 'found',
  }),
  quote: define(quote(), {
    name: 'quote',
    verbs: READERS,
    help: 'the character around its fields, or double, single, none',
    defaultText: 'found',
  }),
  encoding: define(
    { ...choice(...TEXT_ENCODINGS), placeholder: '<name>' },
    {
      name: 'encoding',
      verbs: READERS,
      help: 'the encoding of a CSV file',
      defaultText: 'found: UTF-8, UTF-16 or windows-1252',
    },
  ),
  header: define(choice('yes', 'no'), {
    name: 'header',
    verbs: READERS,
    help: 'whether the first record holds the names of the columns',
    defaultText: 'found',
  }),
  dateFormat: define(choice(...DATE_FORMATS), {
    name: 'date-format',
    verbs: READERS,
    help: 'how dates and times are written, besides ISO 8601: 31/12/2024, 12/31/2024, 2024/12/31, or time since 1970',
    defaultText: 'found',
  }),
  decimal: define(choice('point', 'comma'), {
    name: 'decimal',
    verbs: READERS,
    help: 'the decimal mark of numbers and prices',
    defaultText: 'found',
  }),
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
    verbs: ['features', 'train'],
    help: 'how long after the moment a purchase counts: seconds, or 30m, 12h, 7d',
    defaultText: "to the session's end",
  }),
  idFeatures: define(onOff(), {
    name: 'id-features',
    verbs: ['features', 'train'],
    help: 'learn from raw user, product and category ids as categories',
    flagHelp: 'leave out raw user, product and category ids as categories',
    default: true,
  }),
  featureFamilies: define(choices(...FEATURE_FAMILIES), {
    name: 'feature-families',
    verbs: ['features', 'train', INGEST],
    help: 'the families of features of raw events to make',
    default: FEATURE_FAMILIES as readonly FeatureFamily[],
    defaultText: 'all',
  }),
  select: define(choices(...SELECTION_RULES), {
    name: 'select',
    verbs: ['train'],
    help: 'drop features by these rules: what says nothing, repeats another, knows the outcome too well or no longer, tells the time, or gains no more than by chance',
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
    help: 'stop a boosting when validation has not improved for this many trees; 0 never stops',
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
  exportFormat: define(choices('weights', 'onnx'), {
    name: 'format',
    verbs: ['export'],
    help: 'what to write: the weights as JSON, each model and the ensemble as ONNX',
    default: ['weights', 'onnx'] as const,
  }),
  reportFormat: define(choices('html', 'xlsx', 'pdf'), {
    name: 'format',
    verbs: ['report'],
    help: 'what to write: one HTML file, an Excel workbook, a PDF',
    default: ['html', 'xlsx', 'pdf'] as const,
  }),
  columns: define(names('<columns>'), {
    name: 'columns',
    verbs: ['score'],
    help: 'more input columns to pass through beside the ids; all is every one',
    default: [] as readonly string[],
    defaultText: '',
  }),
  scores: define(choices(...SCORE_NAMES), {
    name: 'scores',
    verbs: ['score'],
    help: 'what to add to each row besides its probability; rank and decile are over the whole input',
    default: DEFAULT_SCORES as readonly ScoreName[],
  }),
  explain: define(integer({ min: 1 }), {
    name: 'explain',
    verbs: ['score'],
    help: 'add so many reasons a row: the input column, its value, its share of the probability in points',
    defaultText: '',
  }),
  action: define(text('<policy.json>'), {
    name: 'action',
    verbs: ['score'],
    help: 'add the action that a policy file recommends, and its expected gain',
    defaultText: '',
  }),
  scoreFormat: define(choice(...FORMAT_NAMES), {
    name: 'format',
    verbs: ['score'],
    help: 'how the scores are written: CSV, JSON Lines, Parquet',
    defaultText: "by --output's ending, else csv",
  }),
  excelSafe: define(onOff(), {
    name: 'excel-safe',
    verbs: ['score'],
    help: 'write a CSV in which no text can be taken for a formula',
    default: false,
  }),
  runtime: define(choice('wasm', 'onnx'), {
    name: 'runtime',
    verbs: ['score'],
    help: "what runs the model: ecomml's own kernels, or onnxruntime on the exported ensemble",
    defaultText: 'wasm; onnx for an ONNX file',
  }),
  onnxFeatures: define(names('<columns>'), {
    name: 'features',
    verbs: ['score'],
    help: 'the columns that an ONNX file of another maker takes, in its order',
    defaultText: 'by the names in the file',
  }),
  onnxOutput: define(text('<name>'), {
    name: 'onnx-output',
    verbs: ['score'],
    help: 'the output of an ONNX file of another maker that is the probability; NAME:logit for log odds',
    defaultText: 'the one output of floating numbers for two classes',
  }),
  shard: define(shard(), {
    name: 'shard',
    verbs: ['score'],
    help: 'score one part of the input, as in 3/64; in a Kubernetes Indexed Job, --shards alone is enough',
    defaultText: '',
  }),
  shards: define(integer({ min: 1, max: 1e6 }), {
    name: 'shards',
    verbs: ['score'],
    help: 'of how many parts JOB_COMPLETION_INDEX (from 0) says which',
    defaultText: '',
  }),
  merge: define(onOff(), {
    name: 'merge',
    verbs: ['score'],
    inConfig: false,
    help: 'put the outputs of all shards of --output together, checked against their manifests',
    default: false,
  }),
  resume: define(onOff(), {
    name: 'resume',
    verbs: ['score'],
    help: 'go on where an earlier run of the same command was ended: the output has the same bytes',
    default: false,
  }),
  dryRun: define(onOff(), {
    name: 'dry-run',
    verbs: ['score'],
    inConfig: false,
    help: 'print what would be done (inputs, chunks, columns, memory, disk) and score nothing',
    default: false,
  }),
  row: define(counts('<rows>'), {
    name: 'row',
    verbs: ['explain'],
    help: 'rows of the input to explain, counted from 1 without the header',
    default: [] as readonly number[],
    defaultText: 'all, when the input has at most 5',
  }),
  key: define(pairs('<column=value>', 'column=value, as in user_session=4f3a'), {
    name: 'key',
    verbs: ['explain'],
    help: 'explain the last rows whose column has this value; repeatable',
    default: {},
    defaultText: '',
  }),
  shap: define(choice('path-dependent', 'interventional'), {
    name: 'shap',
    verbs: ['explain', 'report'],
    help: "what SHAP takes for a value not known: the training rows' shares at each split, or the bundle's background rows",
    default: 'path-dependent',
  }),
  explanation: define(onOff(), {
    name: 'explanation',
    verbs: ['report'],
    help: 'say why the model says what it says, and what it is worth',
    flagHelp: 'leave out why the model says what it says (quicker)',
    default: true,
  }),
  margin: define(number({ min: 0, max: 1e12, open: true }), {
    name: 'margin',
    verbs: ['report'],
    help: 'what a purchase earns, for profit and actions',
    defaultText: 'an example, 20',
  }),
  cost: define(number({ min: 0, max: 1e12 }), {
    name: 'cost',
    verbs: ['report'],
    help: 'what reaching one visitor costs, in the same money',
    defaultText: 'an example, 0.2',
  }),
  pdfFont: define(text('<file>'), {
    name: 'pdf-font',
    verbs: ['report'],
    help: 'a font (TTF, OTF, WOFF) for letters that the PDF has none for, such as Chinese, Japanese, Korean',
    defaultText: 'code points are written instead',
  }),
  lime: define(onOff(), {
    name: 'lime',
    verbs: ['explain'],
    help: 'show LIME beside SHAP',
    flagHelp: 'leave LIME out',
    default: true,
  }),
  html: define(text('<file>'), {
    name: 'html',
    verbs: ['explain'],
    help: 'also write the explanation as one HTML file',
    defaultText: '',
  }),
  events: define(integer({ min: 1, max: 1e11 }), {
    name: 'events',
    verbs: ['generate'],
    help: 'how many synthetic events to make',
    default: 1_000_000,
  }),
  days: define(integer({ min: 1, max: 3650 }), {
    name: 'days',
    verbs: ['generate'],
    help: 'over about how many days they spread, from 2024-01-01',
    default: 30,
  }),
  truth: define(text('<file>'), {
    name: 'truth',
    verbs: ['generate'],
    help: 'a CSV to write with the true purchase probability of each decision moment, by source_row',
    defaultText: '',
  }),
  online: define(text('<place>'), {
    name: 'online',
    verbs: [INGEST],
    help: 'the online store: a folder, or a Redis as redis://[user:password@]host:port/number',
    default: 'reports/store/online',
  }),
  follow: define(onOff(), {
    name: 'follow',
    verbs: [INGEST],
    inConfig: false,
    help: 'go on as the file grows, is put aside or cut, until SIGINT or SIGTERM; stdin is read to its end',
    default: false,
  }),
  lateness: define(durationFromZero(), {
    name: 'lateness',
    verbs: [INGEST],
    help: 'how much older than the latest event one may be that still comes; older ones are rejected',
    default: 0,
    defaultText: '0: events in the order of time',
  }),
  eventId: define(text('<column>'), {
    name: 'event-id',
    verbs: [INGEST],
    help: "the file's column of event ids; an event that is equal in all columns counts once in any case",
    defaultText: '',
  }),
  idHorizon: define(duration(), {
    name: 'id-horizon',
    verbs: [INGEST],
    help: 'how long ids are kept, in the time of the events: what comes again after it is told as late',
    default: 86400,
    defaultText: '1d',
  }),
  rejects: define(text('<file>'), {
    name: 'rejects',
    verbs: [INGEST],
    help: 'where rejected rows go, with line, column, reason and their bytes',
    default: 'reports/store/rejects.csv',
  }),
  seed: define(integer({ min: 0 }), {
    name: 'seed',
    verbs: ALL,
    general: true,
    help: 'the same seed gives the same bytes, whatever --threads says',
    default: 1,
  }),
  threads: define(integer({ min: 1, max: 256 }), {
    name: 'threads',
    verbs: ALL,
    general: true,
    help: 'threads to work with',
    defaultText: 'all cores',
  }),
  config: define(text('<file>'), {
    name: 'config',
    verbs: ALL,
    general: true,
    inConfig: false,
    help: 'the config file',
    defaultText: 'ecomml.config.json, if it is there',
  }),
  json: define(onOff(), {
    name: 'json',
    verbs: ALL,
    general: true,
    help: 'print the result as exactly one JSON document on stdout',
    default: false,
  }),
  quiet: define(onOff(), {
    name: 'quiet',
    verbs: ALL,
    general: true,
    help: 'print errors only (and the JSON document with --json)',
    default: false,
  }),
  color: define(onOff(), {
    name: 'color',
    verbs: ALL,
    general: true,
    help: 'write in colour; NO_COLOR and FORCE_COLOR are obeyed too',
    flagHelp: 'write without colour; NO_COLOR and FORCE_COLOR are obeyed too',
    defaultText: 'on a terminal',
  }),
  debug: define(onOff(), {
    name: 'debug',
    verbs: ALL,
    general: true,
    help: 'show the stack of an error',
    default: false,
  }),
} as const;

export type OptionId = keyof typeof OPTIONS;
type ValueOf<K extends OptionId> = KindValue<(typeof OPTIONS)[K]['kind']>;

/** The value of every option; undefined only where there is no fixed default. */
export type Settings = {
  readonly [K in OptionId]: (typeof OPTIONS)[K] extends { readonly default: unknown }
    ? ValueOf<K>
    : ValueOf<K> | undefined;
};

/** The options of a verb, in the table's order. */
export function optionsOf(verb: Verb): [OptionId, OptionDefinition][] {
  const entries = Object.entries(OPTIONS) as [OptionId, OptionDefinition][];
  return entries.filter(([, definition]) => definition.verbs.includes(verb));
}

/** `max-bad-rows` → `ECOMML_MAX_BAD_ROWS` */
export function environmentName(name: string): string {
  return `ECOMML_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** `--max-bad-rows`; a switch that is on unless said otherwise is `--no-NAME`. */
export function flagName({ name, kind, default: fixed }: OptionDefinition): string {
  return kind.placeholder === undefined && fixed !== false ? `--no-${name}` : `--${name}`;
}

/** The default of an option of one verb in words, or '' when there is none. */
export function sayDefault(definition: OptionDefinition, verb: Verb): string {
  const { defaultText, default: fixed, kind } = definition;
  if (defaultText !== undefined) return typeof defaultText === 'string' ? defaultText : (defaultText[verb] ?? '');
  if (kind.placeholder === undefined) return fixed === true ? 'on' : 'off';
  return Array.isArray(fixed) ? fixed.join(',') : String(fixed ?? '');
}
