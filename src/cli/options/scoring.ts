/** What a scoring or a report writes, in which form, and in which parts. */
import { DEFAULT_SCORES, FORMAT_NAMES, SCORE_NAMES, type ScoreName } from '../../scoring/output-names.js';
import { choices, names, shard } from '../composite-kinds.js';
import { choice, integer, onOff, text } from '../option-kinds.js';
import { define } from './define.js';

export const SCORING_OPTIONS = {
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
  chunkBytes: define(integer({ min: 1, max: 2 ** 26 }), {
    name: 'chunk-bytes',
    verbs: ['score'],
    help: 'about so many bytes of a CSV go to a scoring thread at once; the scores have the same bytes whatever it is',
    defaultText: '1048576',
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
} as const;
