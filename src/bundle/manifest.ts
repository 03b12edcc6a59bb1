/** What bundle.json says: everything a later command needs to know before it opens another file of the bundle. */
import type { TableColumn } from '../clean/column-types.js';
import type { Blend } from '../ensemble/blend.js';
import type { Encoder } from '../features/encoder.js';
import type { FeatureDescription } from '../features/feature.js';
import type { SplitPart } from '../features/split.js';
import type { Family } from '../forest/forest.js';
import type { MetricSet } from '../metrics/evaluate.js';
import type { ParameterValues } from '../trees/parameters.js';

export interface ManifestMember {
  readonly family: Family;
  /** File of the forest in the bundle. */
  readonly file: string;
  readonly trees: number;
  readonly parameters: ParameterValues;
  /** Random forest alone. */
  readonly outOfBag?: { readonly accuracy: number; readonly logLoss: number };
}

export interface EventsSource {
  readonly kind: 'events';
  /** Canonical column → the file's column. */
  readonly map: Readonly<Record<string, string>>;
  readonly moments: 'all' | 'cart' | 'last';
  readonly horizon?: number;
  readonly idFeatures: boolean;
  readonly features: readonly FeatureDescription[];
  /** File of the history snapshot in the bundle. */
  readonly history: string;
}

export interface TableSource {
  readonly kind: 'table';
  readonly map: Readonly<Record<string, string>>;
  readonly target: string;
  /** The target's text that counts as 1. */
  readonly positive: string;
  readonly time?: string;
  /** The column of row weights it was trained and judged with. */
  readonly weight?: string;
  /** Columns that pass through scoring. */
  readonly id: readonly string[];
  /** Types that the table's columns are read by. */
  readonly schema: readonly TableColumn[];
}

export interface Manifest {
  /** Version of ecomml that wrote the bundle. */
  readonly ecomml: string;
  readonly source: EventsSource | TableSource;
  readonly seed: number;
  readonly encoder: Encoder;
  readonly members: readonly ManifestMember[];
  readonly blend: Blend;
  readonly split: {
    readonly by: 'time' | 'random' | 'column';
    readonly rows: Readonly<Record<SplitPart, number>>;
    readonly positives: Readonly<Record<SplitPart, number>>;
    readonly purgedSessions: number;
    /** ISO times of the cuts of a split by time. */
    readonly cuts?: Readonly<Record<'stopping' | 'blending' | 'test', string>>;
  };
  /** On the test rows, by member and "ensemble". */
  readonly metrics: Readonly<Record<string, MetricSet>>;
  /** sha256 of the features and labels that the bundle was trained on. */
  readonly fingerprint: string;
  /** How many of the training input's events (or moments) `generate` made, when any are. */
  readonly synthetic?: number;
  /** The bundle whose models this one's grew on from: its name, its data, and the trees each had. */
  readonly continued?: {
    readonly bundle: string;
    readonly fingerprint: string;
    readonly trees: Readonly<Record<string, number>>;
  };
  /** Largest differences between ecomml and onnxruntime, by exported graph. */
  readonly onnx: readonly { readonly name: string; readonly rows: number; readonly largestDifference: number }[];
}

/** Names of the files that every bundle has. */
export const ENSEMBLE_ONNX = 'ensemble.onnx';
export const REPORT_DATA = 'report-data.json';
/** Suspect features, those that were dropped, and why. */
export const FEATURE_SELECTION = 'feature-selection.json';
export const EVALUATION_HISTORY = 'evaluation-history.json';
export const SAMPLE_ROWS = 'sample-rows.json';
export const HISTORY = 'history.parquet';
