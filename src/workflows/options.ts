/**
 * The options of each verb as its workflow takes them: paths as given ("-" is stdin or stdout), names canonical, values
 * parsed and checked for form by cli/. Defaults are applied in cli/ from the one table of options.
 */
import type { EventMeaning, PresetName } from '../clean/presets.js';
import type { FeatureFamily } from '../features/feature.js';
import type { Family } from '../forest/forest.js';
import type { Gate } from '../metrics/gate.js';
import type { FormatName, ScoreName } from '../scoring/output-names.js';
import type { Shard } from '../scoring/score-plan.js';
import type { GivenReading } from '../table/detect-input.js';
import type { ParameterValues } from '../trees/parameters.js';
import type { EvaluationMetricName } from './evaluation-metric-names.js';
import type { SelectionRule } from './selection-rules.js';

export type Moments = 'all' | 'cart' | 'last';

/** How any verb reads its `--input`. */
export interface InputOptions {
  readonly input: string;
  /** Canonical column → the file's column (`--map event_time=ts` gives { event_time: 'ts' }). */
  readonly map: Readonly<Record<string, string>>;
  /** Share of bad rows (0.01) or, from 1 up, their number, above which the input is rejected. */
  readonly maxBadRows: number;
  /** What is said of how the file is written, instead of being found. */
  readonly reading?: GivenReading;
  /** Whose export it is. */
  readonly preset?: PresetName;
  /** The file's event type → what it means, beside what the preset says. */
  readonly eventTypes?: Readonly<Record<string, EventMeaning>>;
  /** Seconds without an event after which a user's session has ended: sessions are then made, the file's not used. */
  readonly sessionGap?: number;
  /** A file of expectations that the clean rows are held against. */
  readonly schemaFile?: string;
  /** The moment that the schema's freshness counts from, in milliseconds since 1970; absent: now. */
  readonly asOf?: number;
}

export interface CleanOptions extends InputOptions {
  readonly output: string;
  /** A second file of events, each of them a purchase. */
  readonly purchases?: string;
  /** A rejects.csv of the same input whose records have been mended: they are read in the place of the rejected ones. */
  readonly mended?: string;
  /** Where to write expectations inferred from the clean rows. */
  readonly infer?: string;
  readonly target?: string;
}

export interface FeaturesOptions extends InputOptions {
  readonly output: string;
  readonly moments: Moments;
  /** Seconds after the moment in which a purchase counts; absent: until the session's end. */
  readonly horizon?: number;
  /** False leaves out the raw ids as categorical features. */
  readonly idFeatures: boolean;
  /** The families of features to make. */
  readonly featureFamilies: readonly FeatureFamily[];
}

export type SplitChoice =
  | { readonly by: 'time' }
  | { readonly by: 'random' }
  | { readonly by: 'column'; readonly column: string };

export interface TrainOptions extends InputOptions {
  /** models/NAME */
  readonly output: string;
  /** Absent for raw events. */
  readonly target?: string;
  /** The value of the target that counts as 1, when it is neither 0/1 nor true/false. */
  readonly positive?: string;
  readonly time?: string;
  /** A table's column of row weights. */
  readonly weightColumn?: string;
  readonly id: readonly string[];
  readonly drop: readonly string[];
  readonly categorical: readonly string[];
  readonly moments: Moments;
  readonly horizon?: number;
  readonly idFeatures: boolean;
  readonly featureFamilies: readonly FeatureFamily[];
  /** By what features are dropped; none by default. */
  readonly select: readonly SelectionRule[];
  readonly models: readonly Family[];
  readonly parameters: Readonly<Partial<Record<Family, ParameterValues>>>;
  /** Shares of the rows (or sessions), each in (0, 1), their sum below 1. */
  readonly valid: number;
  readonly test: number;
  /** Absent: by time for events and tables with a time column, at random for others. */
  readonly split?: SplitChoice;
  readonly weights: 'default' | 'optimized' | readonly number[];
  readonly earlyStoppingRounds: number;
  readonly earlyStoppingMetric: EvaluationMetricName;
  /** Kept tree by tree beside the log loss. */
  readonly historyMetrics: readonly EvaluationMetricName[];
  /** A bundle whose models get further trees. */
  readonly continueFrom?: string;
}

export type { Gate };

export interface EvaluateOptions extends InputOptions {
  readonly model: string;
  readonly target?: string;
  readonly weightColumn?: string;
  readonly gates: readonly Gate[];
}

export interface ExportOptions {
  readonly model: string;
  readonly formats: readonly ('weights' | 'onnx')[];
  readonly output: string;
  /** Rows to prove the export on; absent: the bundle's own sample of rows. */
  readonly input?: string;
}

export interface ScoreOptions extends InputOptions {
  readonly model: string;
  readonly output: string;
  readonly moments: 'all' | 'last';
  /** Extra input columns to pass through; "all" is every one. */
  readonly columns: readonly string[];
  /** Absent: ecomml's own kernels. */
  readonly runtime?: 'wasm' | 'onnx';
  /** Absent: CSV. */
  readonly format?: FormatName;
  /** No cell of a CSV can be taken for a formula. */
  readonly excelSafe?: boolean;
  /** Absent: probability, confidence and members. The probability is always there. */
  readonly scores?: readonly ScoreName[];
  /** Reasons a row, at least 1. */
  readonly explain?: number;
  /** A policy file: adds the recommended action. */
  readonly action?: string;
  /** Of a foreign ONNX model: the columns it takes, in its order. */
  readonly features?: readonly string[];
  /** Of a foreign ONNX model: the output that is the probability, NAME:logit for log odds. */
  readonly onnxOutput?: string;
  /** The part of the input to score, of so many parts. */
  readonly shard?: Shard;
  /** Of a CSV, what goes to a thread at once. */
  readonly chunkBytes?: number;
  /** Goes on where an earlier run of the same was ended. */
  readonly resume?: boolean;
  /** Puts the outputs of all shards together; nothing is scored. */
  readonly merge?: boolean;
  /** Only says what would be done. */
  readonly dryRun?: boolean;
}

/** How SHAP values take what is not known. */
export type ShapMethod = 'path-dependent' | 'interventional';

export interface ExplainOptions extends Omit<InputOptions, 'input'> {
  readonly model: string;
  /** Absent: rows of the test that the bundle keeps. */
  readonly input?: string;
  /** 1-based rows of the input; empty: all, when they are few. */
  readonly rows: readonly number[];
  /** Column → value: rows that have all of them. */
  readonly key: Readonly<Record<string, string>>;
  readonly shap: ShapMethod;
  readonly lime: boolean;
  /** A page to write beside the result. */
  readonly html?: string;
}

export interface ReportOptions extends Partial<InputOptions> {
  readonly model: string;
  /** True: says why the model says what it says, on the rows of `input` or, without one, those the bundle keeps. */
  readonly explanation?: boolean;
  readonly shap?: ShapMethod;
  /** What a purchase earns and what reaching somebody costs; absent: an example, said to be one. */
  readonly margin?: number;
  readonly cost?: number;
  readonly formats: readonly ('html' | 'xlsx' | 'pdf')[];
  readonly output: string;
  /** A font file for what the PDF's own font lacks. */
  readonly pdfFont?: string;
}

export interface GenerateOptions {
  /** Events to make, at least 1. */
  readonly events: number;
  /** About how many days they spread over, 1 to 3650. */
  readonly days: number;
  /** A new file, gzipped when it ends in .gz; "-" is stdout. */
  readonly output: string;
  /** A new file for the true probability of each decision moment. */
  readonly truth?: string;
}

export interface StoreIngestOptions extends InputOptions {
  /** The online store: a folder, or the address of a Redis. */
  readonly online: string;
  /** Goes on reading as the file grows, until asked to stop. */
  readonly follow: boolean;
  /** Seconds that an event may be older than the latest one seen. */
  readonly lateness: number;
  /** Seconds behind the watermark for which ids of events are kept. */
  readonly idHorizon: number;
  /** The file's column of event ids. */
  readonly eventId?: string;
  /** Where rejected rows go. */
  readonly rejects: string;
  readonly featureFamilies: readonly FeatureFamily[];
}

export interface StoreMaterializeOptions extends Omit<InputOptions, 'input'> {
  /** The folder of the feature store. */
  readonly store: string;
  /** A file of events or a pattern; absent: the stored events alone. */
  readonly input?: string;
  /** Makes all features anew from all stored events. */
  readonly rebuild: boolean;
  readonly idFeatures: boolean;
  readonly featureFamilies: readonly FeatureFamily[];
  /** Feature, family or "all" → who answers for it. */
  readonly owners: Readonly<Record<string, string>>;
}

export interface StoreListOptions {
  readonly store: string;
  /** "latest", "previous", or the first digits of a materialisation's name. */
  readonly materialisation: string;
}

export interface StoreDiffOptions {
  readonly store: string;
  /** A materialisation of the store, or the folder of another store, of which it is the latest. */
  readonly from: string;
  readonly to: string;
}

export interface StoreGetOptions {
  readonly store: string;
  readonly materialisation: string;
  /** A table of moments; absent: one moment (`user`, `product`), or the stored rows. */
  readonly input?: string;
  /** Where rows go, .parquet or .csv; absent for one moment. */
  readonly output?: string;
  readonly user?: string;
  readonly product?: string;
  readonly session?: string;
  /** Milliseconds since 1970; absent: right after the latest event. */
  readonly at?: number;
  /** The online store to ask instead. */
  readonly online?: string;
  /** Names of features, in their order; empty: all. */
  readonly features: readonly string[];
  /** A bundle whose features are wanted. */
  readonly model?: string;
  /** Of stored rows: milliseconds since 1970, from and (without it) until. */
  readonly since?: number;
  readonly until?: number;
  /** Seconds after the moment in which a purchase counts for the label; absent: the session's end. */
  readonly horizon?: number;
}

export interface StoreSkewOptions {
  readonly store: string;
  readonly materialisation: string;
  /** An online store whose states are compared too. */
  readonly online?: string;
  /** Moments to compare, evenly spread; 0: all. */
  readonly sample: number;
}
