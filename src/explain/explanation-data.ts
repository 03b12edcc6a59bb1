/**
 * Everything that is shown of why a model says what it says, as plain JSON: bounded in size whatever the number of rows,
 * without clock times, and not trusted (a drawing escapes every string). What rows show of a business is in insight-data.ts.
 *
 * Units. "Points": contributions to the blend's calibrated probability, as a share (0.12 is +12 percentage points); base + a
 * row's points = its probability exactly. "Log odds": contributions to a member's raw score; for a random forest, whose
 * raw score is a probability, these are points already (`unit` says which). JSON has no infinities: such cells are null.
 */
import type { InsightData } from './insight-data.js';

export const EXPLANATION_DATA_FORMAT = 1;

export interface ExplanationData {
  readonly format: typeof EXPLANATION_DATA_FORMAT;
  readonly sample: ExplainedSample;
  /** Every feature of the model, in the order of `importances`' blend SHAP (largest first). */
  readonly features: readonly ExplainedFeature[];
  readonly shap: ShapSummary;
  /** Every feature, largest blend SHAP first: the methods side by side. */
  readonly importances: readonly FeatureImportance[];
  /** The most important features, largest first. */
  readonly dependence: readonly Dependence[];
  readonly interactions: Interactions | null;
  readonly partial_dependence: readonly PartialDependence[];
  /** Many rows' way from the base to their probability. */
  readonly decision: Decision;
  /** Rows chosen to be told: likeliest, least likely, near the threshold, most wrong. */
  readonly rows: readonly RowExplanation[];
  readonly what_if: WhatIf | null;
  readonly insights: InsightData;
  /** What was sampled, capped or left out, and why; one sentence each. */
  readonly notes: readonly string[];
  /** How each number is computed: a heading and sentences. */
  readonly methods: readonly { readonly name: string; readonly text: string }[];
}

export interface ExplainedSample {
  /** "test rows of training", or the input's file name. */
  readonly source: string;
  /** Rows explained, and the rows they were drawn from. */
  readonly rows: number;
  readonly of: number;
  /** Positives among the rows explained; null when the rows have no labels. */
  readonly positives: number | null;
  /** Rows of the background that interventional values, partial dependence and LIME use; 0 when the bundle has none. */
  readonly background: number;
  readonly seed: number;
}

export interface ExplainedFeature {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** The catalogue's words; absent for tables. */
  readonly description?: string;
  readonly unit?: string;
  /** "user", "product", …; absent for tables. */
  readonly group?: string;
  /** Whether the shop can change it; null: nobody has said (tables). */
  readonly actionable: boolean | null;
}

// --- SHAP over all explained rows -------------------------------------------------------------------------------

export interface ShapSummary {
  readonly method: 'path-dependent' | 'interventional';
  /** The blend's probability that nothing is known for. */
  readonly base: number;
  readonly members: readonly {
    readonly name: string;
    readonly weight: number;
    readonly unit: 'log odds' | 'points';
    readonly base: number;
  }[];
  /** Largest |base + Σ values − probability| over the explained rows and the blend, and over members' raw scores. */
  readonly largest_residual: number;
  readonly beeswarm: Beeswarm;
}

/** Dots are counted, not listed: cell (bin, level) of a feature holds `count` rows. */
export interface Beeswarm {
  /** The axis in points, cut into `bins` equal parts. A row beyond an end is counted in the last bin. */
  readonly from: number;
  readonly to: number;
  readonly bins: number;
  readonly features: readonly {
    readonly feature: string;
    readonly cells: readonly BeeswarmCell[];
  }[];
}

export interface BeeswarmCell {
  readonly bin: number;
  /** Fifth of the feature's values the rows are in, 0 (low) … 4 (high); −1 missing; null for categories, which have no order. */
  readonly level: number | null;
  readonly count: number;
}

export interface FeatureImportance {
  readonly feature: string;
  /** Mean |SHAP| of the blend in points, with a 95% interval over the rows (whole sessions where there are any). */
  readonly shap: number;
  readonly shap_interval: readonly [number, number];
  /** Mean SHAP, signed: which way it pushes on the whole. */
  readonly shap_mean: number;
  /** Correlation of the value's rank with its SHAP value, −1 … 1: does more of it help or hurt? Null for categories and constants. */
  readonly direction: number | null;
  /** Member → mean |SHAP| in the member's unit. */
  readonly members: Readonly<Record<string, number>>;
  /** Member → share of gain and of splits. */
  readonly gain: Readonly<Record<string, number>>;
  readonly splits: Readonly<Record<string, number>>;
  /** Rise of the blend's log loss when the column is shuffled; null where rows have no labels or it was not computed. */
  readonly permutation: PermutationResult | null;
}

export interface PermutationResult {
  /** Nats. */
  readonly log_loss_rise: number;
  /** 95%, over shuffles and rows together. */
  readonly interval: readonly [number, number];
  readonly repeats: number;
}

// --- How a feature acts ------------------------------------------------------------------------------------------

/** A place on a feature's axis: a number (numeric; null is missing) or a category's text. */
export interface ValueBin {
  /** "3 to 5", "samsung", "missing", "not seen in training", "12 others". */
  readonly label: string;
  /** Numeric bins: smallest and largest value in it, equal where it holds one value; absent for categories and missing. */
  readonly from?: number;
  readonly to?: number;
  readonly rows: number;
}

export interface DependenceBin extends ValueBin {
  /** Points: mean, and the 10th and 90th percentile. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface Dependence {
  readonly feature: string;
  readonly kind: 'numeric' | 'categorical';
  /** At most 24, ascending for numbers (missing last), by rows for categories. */
  readonly bins: readonly DependenceBin[];
  /** The feature whose values explain most of the vertical spread; null when there is none. */
  readonly partner: string | null;
  /** At most 400 rows: [value, points, fifth of the partner's values 0 … 4 or −1]; a category's value is its bin's index. Without missing values. */
  readonly points: readonly (readonly [number, number, number])[];
}

export interface Interactions {
  /** Rows on which interaction values were computed. */
  readonly rows: number;
  /** Rows of the background on which H was computed; 0 when it was not. */
  readonly h_rows: number;
  /** Strongest first. */
  readonly pairs: readonly InteractionPair[];
}

export interface InteractionPair {
  readonly a: string;
  readonly b: string;
  /** Mean |interaction| in points, both cells of the matrix together. */
  readonly strength: number;
  /** Friedman's H², the share of the pair's joint effect that is interaction, 0 … 1; null when not computed. */
  readonly h_squared: number | null;
  /** At most 10 × 10: mean interaction in points where a is in bin i and b in bin j. Absent for weaker pairs. */
  readonly grid?: {
    readonly a: readonly ValueBin[];
    readonly b: readonly ValueBin[];
    /** [i, j, rows, mean points]; empty cells are left out. */
    readonly cells: readonly (readonly [number, number, number, number])[];
  };
}

export interface PartialDependence {
  readonly feature: string;
  readonly kind: 'numeric' | 'categorical';
  /** Grid of values: numbers ascending, or category texts. */
  readonly grid: readonly (number | string)[];
  /** Mean probability of the background rows with the feature set to each value of the grid, with 95% interval of that mean. */
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Individual conditional expectation: at most 40 rows' own curves, same grid. */
  readonly curves: readonly (readonly number[])[];
  /** Share of background rows at or below each numeric grid value (how well founded the curve is there); categories: share of rows. */
  readonly support: readonly number[];
}

export interface Decision {
  /** Features drawn, most important first; the others are summed into `rest`. */
  readonly features: readonly string[];
  readonly rows: readonly {
    readonly probability: number;
    /** Null when not known. */
    readonly label: number | null;
    /** Points of each of `features`, and of all others together. */
    readonly points: readonly number[];
    readonly rest: number;
  }[];
}

// --- One row -----------------------------------------------------------------------------------------------------

export interface RowExplanation {
  /** "row 17", or the row's ids: "user 42, product 7". */
  readonly name: string;
  /** Why it is shown: "likeliest", "asked for", … */
  readonly chosen: string;
  /** 1-based row of the input; null for rows kept in the bundle. */
  readonly source_row: number | null;
  /** Ids and other columns that pass through, in order. */
  readonly ids: Readonly<Record<string, string | null>>;
  readonly probability: number;
  readonly confidence: number;
  readonly label: number | null;
  readonly base: number;
  /** Member → its own probability. */
  readonly members: Readonly<Record<string, number>>;
  /** Largest |points| first; what is left is in `rest`. base + Σ points + rest.points = probability. */
  readonly contributions: readonly Contribution[];
  readonly rest: { readonly features: number; readonly points: number };
  /** Reasons in words, strongest first: "viewed this product 4 times in this session: +12 points". */
  readonly reasons: readonly string[];
  readonly lime: LimeExplanation | null;
  /** What to beware of in this row: unseen categories, values outside the training range, a poor local fit. */
  readonly warnings: readonly string[];
}

export interface Contribution {
  readonly feature: string;
  /** The cell as the user knows it: a number, a category's text, or null (missing). */
  readonly value: number | string | null;
  /** The cell in words: "4 events", "2 h 5 min", "samsung", "missing". */
  readonly shown: string;
  /** Share of the background's rows with a smaller value, 0 … 1; null for categories, missing, or without background. */
  readonly rank: number | null;
  readonly points: number;
  /** Member → contribution in the member's unit. */
  readonly members: Readonly<Record<string, number>>;
}

export interface LimeExplanation {
  /** Perturbed rows the local fit used. */
  readonly samples: number;
  /** Weighted R² of the local linear fit, at most 1. */
  readonly r_squared: number;
  readonly intercept: number;
  /** The local fit's own answer for the row, and the model's. */
  readonly local_probability: number;
  readonly probability: number;
  /** Largest |weight| first. */
  readonly terms: readonly {
    readonly feature: string;
    /** "2 < session_views ≤ 5", "brand = samsung" */
    readonly condition: string;
    /** Points that the condition's holding adds, by the local fit. */
    readonly weight: number;
  }[];
  /** Against SHAP on LIME's features. */
  readonly agreement: {
    /** Spearman's correlation of weights with points, −1 … 1; null with fewer than 3 features. */
    readonly rank: number | null;
    /** Share of LIME's features, weighted by |weight|, whose sign SHAP shares. */
    readonly sign: number;
  };
  /** Said when the fit is poor or SHAP disagrees. */
  readonly warning: string | null;
}

// --- What if -----------------------------------------------------------------------------------------------------

/**
 * A forest small enough for a page: probability = 1 / (1 + exp(−(intercept + Σ trees' leaves))). Its columns are the features
 * below, in their order; cells are numbers (NaN missing) or a category's index in `categories` (−1: any other).
 */
export interface WhatIf {
  /** "model": the blend itself; "surrogate": trees fitted to the blend's answers. */
  readonly kind: 'model' | 'surrogate';
  readonly fidelity: WhatIfFidelity;
  readonly columns: readonly WhatIfColumn[];
  readonly intercept: number;
  /** Nodes of tree t are tree_start[t] … tree_start[t + 1] − 1, the root first; children are absolute indices. */
  readonly tree_start: readonly number[];
  /** Column tested, or −1 at a leaf. */
  readonly feature: readonly number[];
  /** Numeric: left when value <= threshold. Categorical: index into `sets`, left when the category's index is in the set. 0 at a leaf. */
  readonly threshold: readonly number[];
  /** 1: a missing value goes left. */
  readonly missing_left: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Leaf output in log odds; 0 at inner nodes. */
  readonly value: readonly number[];
  readonly sets: readonly (readonly number[])[];
  /** Rows to start from: name, cells in the columns' order (null missing), and the blend's own probability. */
  readonly starts: readonly {
    readonly name: string;
    readonly cells: readonly (number | null)[];
    readonly probability: number;
  }[];
}

/** Against the blend, on rows the surrogate was not fitted to. */
export interface WhatIfFidelity {
  readonly rows: number;
  /** Of the log odds. */
  readonly r_squared: number;
  /** Mean and 95th percentile of |difference| of the probabilities. */
  readonly mean_difference: number;
  readonly p95_difference: number;
}

export interface WhatIfColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly description?: string;
  readonly unit?: string;
  readonly actionable: boolean | null;
  /** Numeric: 1st and 99th percentile of the background, a step that suits them, and whether all values are whole. */
  readonly from?: number;
  readonly to?: number;
  readonly step?: number;
  readonly whole?: boolean;
  /** Categorical: the commonest texts (at most 30); everything else is −1. */
  readonly categories?: readonly string[];
  readonly can_be_missing: boolean;
}
