/** What is read and how: inputs, columns, the dialect of a file. */
import { EVENT_MEANINGS, PRESET_NAMES } from '../../clean/presets.js';
import { TEXT_ENCODINGS } from '../../table/text-encoding.js';
import { DATE_FORMATS } from '../../table/value-format.js';
import { pairs } from '../composite-kinds.js';
import { choice, duration, shareOrCount, text } from '../option-kinds.js';
import { delimiter, eventMeanings, moment, quote } from '../reading-kinds.js';
import { ALL, define, INGEST, READERS } from './define.js';

export const READING_OPTIONS = {
  input: define(text('<file>'), {
    name: 'input',
    verbs: [...READERS, 'export', 'store get'],
    help: 'raw events (CSV), clean Parquet or a table, plain or gzipped; - is stdin',
    defaultText: {
      train: 'the data in data/',
      export: 'rows the bundle keeps',
      explain: 'rows the bundle keeps',
      report: 'rows the bundle keeps',
      'store materialize': 'the stored events alone',
      'store get': 'the stored rows, or one moment by --user and --product',
    },
  }),
  output: define(text('<path>'), {
    name: 'output',
    verbs: ALL.filter(
      (verb) => !['evaluate', 'explain'].includes(verb) && (!verb.startsWith('store ') || verb === 'store get'),
    ),
    help: 'where the result is written; of score and generate, - is stdout, and it may be a pipe',
    defaultText: {
      clean: 'reports/clean/NAME',
      features: 'reports/features/NAME',
      train: 'models/NAME',
      export: 'reports/exports/NAME',
      score: 'NAME.scored.csv (.jsonl, .parquet) beside the input',
      report: 'reports/',
      'store get': 'reports/store/rows.parquet; one moment on stdout',
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
} as const;
