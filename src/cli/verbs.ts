/**
 * The commands: name, what each does in one line, and examples for the help. What they run is in commands/ and
 * workflows/. A name of two words is a command of a group: `ecomml store get`.
 */
export const VERBS = {
  clean: {
    summary: 'read raw events or a labelled table, reject bad rows with their reasons, write typed Parquet',
    examples: [
      'ecomml clean --input events.csv.gz --output reports/clean/events',
      'ecomml clean --input shop.csv --map event_time=ts --map user_session=sid --max-bad-rows 5%',
    ],
  },
  features: {
    summary: 'turn events into one row a decision moment, point in time',
    examples: [
      'ecomml features --input reports/clean/events/events.parquet --output reports/features/carts --moments cart',
    ],
  },
  train: {
    summary: 'train four models, blend and calibrate them, write a bundle',
    examples: [
      'ecomml train',
      'ecomml train --input table.csv --target Revenue --output models/shop --param lightgbm.num_leaves=63',
    ],
  },
  evaluate: {
    summary: 'judge a bundle on labelled data, with intervals and gates',
    examples: ['ecomml evaluate --model models/shop --input later.csv --gate "auc>=0.80" --json'],
  },
  export: {
    summary: 'write the ensemble weights and ONNX models of a bundle',
    examples: ['ecomml export --model models/shop --format weights,onnx --output reports/exports/shop'],
  },
  score: {
    summary: 'add purchase probabilities to a CSV or Parquet',
    examples: ['ecomml score --input today.csv', 'zcat today.csv.gz | ecomml score --input - --output - > scored.csv'],
  },
  explain: {
    summary: 'say why the model gives a row its probability: exact contributions, words, and LIME beside them',
    examples: [
      'ecomml explain --input today.csv --row 17',
      'ecomml explain --model models/shop --input today.csv --key user_session=4f3a --html why.html',
    ],
  },
  report: {
    summary: 'write a report from a bundle: one HTML file, an Excel workbook, a PDF',
    examples: ['ecomml report --model models/shop --format html,xlsx --output reports/'],
  },
  generate: {
    summary: 'make synthetic events of a simulated shop whose true purchase probabilities are known',
    examples: [
      'ecomml generate --events 1000000 --output synthetic.csv.gz --truth synthetic.truth.csv.gz',
      'ecomml generate --events 50000 --seed 7 --output - > synthetic.csv',
    ],
  },
  'store ingest': {
    summary: 'take events into an online store, each once and in the order of time, and keep its features current',
    examples: [
      'ecomml store ingest --input events.csv',
      'tail -n +1 -F events.csv | ecomml store ingest --input - --online redis://127.0.0.1:6379/0',
      'ecomml store ingest --input events.csv --follow --lateness 30s',
    ],
  },
  'store materialize': {
    summary: 'take event files into the feature store: features of every moment in Parquet, later files added to them',
    examples: [
      'ecomml store materialize --input events-2024-05.csv',
      'ecomml store materialize --input "events/2024-*.csv.gz" --owner price=pricing',
      'ecomml store materialize --rebuild',
    ],
  },
  'store get': {
    summary: 'get features as they were at their moments: stored rows, your own moments, or one moment, online too',
    examples: [
      'ecomml store get --output training.parquet --since 2024-05-01',
      'ecomml store get --input moments.csv --output moments.features.csv',
      'ecomml store get --user 512 --product 1004856 --at 2024-05-02T10:00:00Z',
      'ecomml store get --user 512 --product 1004856 --online reports/store/online',
    ],
  },
  'store list': {
    summary: 'what the feature store holds: features with their versions and owners, event files, materialisations',
    examples: ['ecomml store list', 'ecomml store list --json'],
  },
  'store diff': {
    summary: 'what changed between two materialisations: features, definitions, rows and values',
    examples: ['ecomml store diff', 'ecomml store diff --from 3f9a --to latest'],
  },
  'store skew': {
    summary:
      'prove that features online are those offline: replay the stored events one at a time and compare every bit',
    examples: ['ecomml store skew', 'ecomml store skew --sample 0 --online reports/store/online'],
  },
} as const satisfies Record<string, { readonly summary: string; readonly examples: readonly string[] }>;

export type Verb = keyof typeof VERBS;

/** What the commands of two words are about, by their first word. */
export const GROUPS: Readonly<Record<string, string>> = {
  store: 'the feature store: features kept with their definitions, for training and for reads online',
};
