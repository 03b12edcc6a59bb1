/**
 * What a shop can do with a model's answers, as plain JSON: segments, profit, actions, levers, drift. Everything that needs
 * labels is null where rows have none. Shares and rates are 0 … 1; intervals are 95%.
 */

export interface InsightData {
  readonly segments: SegmentInsights | null;
  readonly profit: ProfitInsight | null;
  readonly actions: ActionInsight | null;
  /** What can be acted on, and what explains but cannot be changed; each largest mean |SHAP| first. */
  readonly levers: readonly Lever[];
  readonly not_actionable: readonly Lever[];
  /** True when the catalogue knows which features can be acted on (events); a table's are all in `not_actionable` with a note. */
  readonly levers_known: boolean;
  /** Largest PSI first; null when the bundle kept no rows of its splits. */
  readonly drift: DriftInsight | null;
}

export interface SegmentInsights {
  readonly rows: number;
  /** Conversion of all these rows. */
  readonly average: number;
  /** Segments looked at; the false discovery rate at which those listed were kept (Benjamini–Hochberg). */
  readonly tested: number;
  readonly false_discovery_rate: number;
  /** Converting above or below the average, surest difference in money terms first: |rows · (rate − average)|. */
  readonly against_average: readonly Segment[];
  /** Converting above or below what the model expects there. */
  readonly against_model: readonly Segment[];
}

export interface Segment {
  readonly feature: string;
  /** "session_views 3 to 5", "brand samsung" */
  readonly condition: string;
  /** In words of the catalogue where there are any: "viewed 3 to 5 products in this session". */
  readonly words: string;
  readonly rows: number;
  readonly positives: number;
  readonly rate: number;
  /** Of the rate. Wider where rows of one session belong together. */
  readonly interval: readonly [number, number];
  /** What it is held against: the average of all other rows, or the mean of the model's probabilities there. */
  readonly expected: number;
  /** rate − expected, with its interval. */
  readonly difference: number;
  readonly difference_interval: readonly [number, number];
  readonly p_value: number;
  /** Benjamini–Hochberg adjusted. */
  readonly q_value: number;
}

export interface ProfitInsight {
  readonly margin: number;
  readonly cost: number;
  /** True when nobody gave margin and cost: the numbers are an example. */
  readonly assumed: boolean;
  /** Acting where probability ≥ threshold; at most 200 points, thresholds falling, the first acts on nobody (threshold 1 or above), the last on everybody. */
  readonly points: readonly ProfitPoint[];
  /** Best on these rows; null threshold: act on nobody. */
  readonly best: ProfitChoice;
  /** cost / margin: best when the probabilities are true. */
  readonly break_even: ProfitChoice;
  readonly everybody: ProfitChoice;
}

export interface ProfitPoint {
  readonly threshold: number;
  /** Rows at or above it, and positives among them. */
  readonly rows: number;
  readonly positives: number;
  /** positives · margin − rows · cost */
  readonly profit: number;
}

export interface ProfitChoice {
  readonly threshold: number | null;
  readonly rows: number;
  readonly positives: number;
  readonly profit: number;
  /** Over rows (sessions), the threshold taken as given; null when not computed. */
  readonly interval: readonly [number, number] | null;
}

export interface ActionInsight {
  /** What the estimates rest on, in sentences; nothing in the data says what an action brings. */
  readonly assumptions: readonly string[];
  readonly economics: ActionEconomics;
  readonly actions: readonly ActionGroup[];
  /** Total expected gain over leaving everybody alone, with its interval. */
  readonly gain: number;
  readonly gain_interval: readonly [number, number];
}

export interface ActionEconomics {
  /** Earned a purchase. */
  readonly margin: number;
  readonly reminder_cost: number;
  /** Relative rise of the odds of a purchase by a reminder, and by a discount. */
  readonly reminder_lift: number;
  readonly discount_lift: number;
  /** Given up of the margin when a discounted purchase happens. */
  readonly discount_cost: number;
  readonly assumed: boolean;
}

export interface ActionGroup {
  readonly action: 'leave alone' | 'remind' | 'discount';
  /** Rows with probability in [from, to); null when no row gets it. */
  readonly from: number | null;
  readonly to: number | null;
  readonly rows: number;
  readonly share: number;
  readonly mean_probability: number;
  /** Observed rate where there are labels. */
  readonly rate: number | null;
  /** Expected purchases without and with the action, and money gained over leaving alone. */
  readonly purchases_without: number;
  readonly purchases_with: number;
  readonly gain: number;
  readonly gain_interval: readonly [number, number];
  readonly words: string;
}

export interface Lever {
  readonly feature: string;
  readonly description?: string;
  /** Mean |SHAP| of the blend in points. */
  readonly shap: number;
  /** Share of all features' mean |SHAP|. */
  readonly share: number;
  /** What a change does to the mean probability of the background rows: "10% lower: +0.4 points"; empty when not computed. */
  readonly effects: readonly { readonly change: string; readonly points: number }[];
}

export interface DriftInsight {
  /** The rows compared: "training" and, for each, "test" or the input's name. */
  readonly reference: string;
  readonly compared: string;
  readonly reference_rows: number;
  readonly compared_rows: number;
  readonly features: readonly FeatureDrift[];
  /** Drift of the blend's own probabilities; null where the reference kept none. */
  readonly prediction: FeatureDrift | null;
}

/** How far each feature moves between each two parts of a split; of samples where parts are large. */
export interface SplitDrift {
  readonly parts: readonly { readonly name: string; readonly rows: number; readonly sampled: number }[];
  /** Indices into `parts`: the earlier is the reference. */
  readonly pairs: readonly (readonly [reference: number, compared: number])[];
  /** Features whose level is above none, of all, for each pair. */
  readonly moved: readonly number[];
  /** Largest PSI of any pair first; `of` says how many there are in all. */
  readonly features: readonly SplitFeatureDrift[];
  readonly of: number;
}

export interface SplitFeatureDrift {
  readonly feature: string;
  /** In the order of the pairs. */
  readonly pairs: readonly Pick<FeatureDrift, 'psi' | 'psi_chance' | 'ks' | 'ks_p' | 'level'>[];
  /** In the order of the parts. */
  readonly missing: readonly number[];
}

export interface FeatureDrift {
  readonly feature: string;
  /** Population stability index over at most 10 bins of the reference (and missing, and unseen). */
  readonly psi: number;
  /** What chance alone reaches in 5% of samples of these sizes. */
  readonly psi_chance: number;
  /** Kolmogorov–Smirnov distance and its p-value; null for categories. */
  readonly ks: number | null;
  readonly ks_p: number | null;
  /** PSI: below .1 none, to .25 some, above much; never above none when within chance. */
  readonly level: 'none' | 'some' | 'much';
  readonly missing: readonly [number, number];
  /** Share of compared rows with a category that training did not see; null for numbers. */
  readonly unseen: number | null;
  /** Shares of the rows; empty but for the 20 features of largest PSI and the first 20 whose level is above none. */
  readonly bins: readonly { readonly label: string; readonly reference: number; readonly compared: number }[];
}
