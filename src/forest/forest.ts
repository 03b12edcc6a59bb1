/**
 * A trained model as flat typed arrays: the one form every family trains into and every importer reads into, and all
 * that scoring, SHAP, ONNX and the report read. It holds no training state.
 *
 * Columns a node may test: the inputs 0 … inputs.length − 1 (a `Matrix` row), then the target statistics, computed from
 * the inputs, at inputs.length + k.
 *
 * Raw score of a row: starting from 0, treeWeight[t] · leaf is added tree by tree in their order; with `average` the sum
 * is then divided by the sum of the weights (added in the same order); the intercept is added last. All in double
 * precision, so every reader gets the same bits.
 */
export type Family = 'catboost' | 'xgboost' | 'lightgbm' | 'random-forest';

export const FAMILIES: readonly Family[] = ['catboost', 'xgboost', 'lightgbm', 'random-forest'];

/**
 * How a node sends a value to the left. One polarity serves all families: XGBoost's categorical test (in the set → right)
 * and CatBoost's one-hot test (equal → true) are written with their children, and the default, exchanged. CatBoost's
 * `x > border` is LessOrEqual with "true" on the right.
 */
export const Operator = {
  /** x <= threshold */
  LessOrEqual: 0,
  /** x < threshold */
  Less: 1,
  /**
   * The category's code is in the node's set. Everything else (an unseen category −1, a code past the set's end, a value
   * that is no whole number ≥ 0) goes right; NaN is missing. The missing mode of such a node is always NaN. An empty set
   * with defaultLeft tests "is missing".
   */
  InSet: 2,
} as const;

/** What counts as missing at a node; a missing value follows `defaultLeft`. */
export const MissingMode = {
  /** Nothing is missing: NaN is read as 0 (LightGBM's missing type None); `defaultLeft` is not looked at. */
  None: 0,
  /** NaN and |x| <= ZERO_THRESHOLD are missing (LightGBM's zero_as_missing). */
  Zero: 1,
  /** NaN is missing (XGBoost; CatBoost's nan_mode Min is defaultLeft 1, Max is 0). */
  NaN: 2,
} as const;

/** LightGBM's kZeroThreshold: the float32 nearest to 1e-35, as a double (include/LightGBM/meta.h). */
export const ZERO_THRESHOLD: number = Math.fround(1e-35);

export interface ForestInput {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** The dictionary of a categorical input, in the order of its codes. */
  readonly categories?: readonly string[];
}

/**
 * A numeric column computed from categorical inputs through a table of training statistics (CatBoost's CTR):
 * value = scale · ((numerator[key] + prior · priorWeight) / (denominator[key] + priorWeight) + shift); an unseen key has
 * numerator 0 and denominator 0 (`counter` type: see `counterDenominator`).
 */
export interface TargetStatistic {
  readonly type: 'borders' | 'buckets' | 'binarized-target-mean' | 'counter';
  /** Indices of the inputs combined into the key; each categorical, or numeric compared with a border. */
  readonly parts: readonly TargetStatisticPart[];
  readonly prior: number;
  readonly priorWeight: number;
  readonly shift: number;
  readonly scale: number;
  /** How long tuples are shortened on the way to a key; empty when all of them fit into 2^53 (see `key-folding.ts`). */
  readonly folds: readonly KeyFold[];
  /**
   * Keys, strictly ascending; a key is the tuple of the parts' codes folded into one safe integer by `foldKeys`.
   * Statistics over the same parts share these arrays (the same objects): they are looked up and saved once.
   */
  readonly keys: Float64Array;
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
  /** For `counter`: the one denominator of every key, seen or not. */
  readonly counterDenominator?: number;
}

/** A categorical input takes its code (missing −2, unseen −1); a numeric input takes 1 when x > border, else 0. */
export interface TargetStatisticPart {
  readonly input: number;
  /** Absent for a categorical input. */
  readonly border?: number;
  /** Numeric input: NaN takes 1 instead of 0 (nan_mode Max). */
  readonly missingTrue?: boolean;
  /** Present when the part is 1 for "category equals this code" (−2: is missing), else 0: a one-hot split in a combination. */
  readonly equals?: number;
}

/** Before part `part` is folded in, the key of the parts so far becomes its rank in `keys`; one not in it is unseen. */
export interface KeyFold {
  readonly part: number;
  /** Partial keys of the training rows, strictly ascending. */
  readonly keys: Float64Array;
}

export interface Forest {
  readonly family: Family;
  readonly inputs: readonly ForestInput[];
  readonly targetStatistics: readonly TargetStatistic[];

  /** Nodes of tree t are treeStart[t] … treeStart[t + 1] − 1, the root first; length trees + 1. */
  readonly treeStart: Int32Array;
  /** Factor on every leaf of a tree (dart); 1 by default. Length trees. */
  readonly treeWeight: Float64Array;
  /** True: the raw score is the weighted mean of the trees (random forest); false: their weighted sum. */
  readonly average: boolean;
  /** Added to the sum of the trees. */
  readonly intercept: number;
  /** `logistic`: probability = 1 / (1 + exp(−raw)); `identity`: the raw score is the probability. */
  readonly link: 'logistic' | 'identity';

  // One entry a node.
  /** Column tested, or −1 at a leaf. */
  readonly feature: Int32Array;
  readonly operator: Uint8Array;
  readonly missingMode: Uint8Array;
  /** 1 when a missing value goes left. */
  readonly defaultLeft: Uint8Array;
  readonly threshold: Float64Array;
  /** Children as absolute node indices; −1 at a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Leaf output (in raw-score units, or a probability for `identity`); inner nodes hold the value a leaf there would have, or NaN when the family does not know it. */
  readonly value: Float64Array;
  /** Training rows that reached the node, weighted. */
  readonly cover: Float64Array;
  /** Training rows that reached the node, counted. */
  readonly count: Float64Array;
  /** Sum of second derivatives at the node; for random forests the weighted count. */
  readonly hessian: Float64Array;
  /** Gain of the node's split in the family's own units; 0 at a leaf. */
  readonly gain: Float64Array;
  /** First word of the node's category set in `setWords`, or −1. Code c is in the set when bit c & 31 of word c >> 5 is 1; codes past the set's end are not in it. */
  readonly setStart: Int32Array;
  readonly setLength: Int32Array;
  readonly setWords: Uint32Array;

  /** The symmetric form of oblivious trees, beside the nodes; absent for other families. */
  readonly oblivious?: ObliviousTrees;

  /** Every parameter the model was trained with, canonical names. */
  readonly parameters: Readonly<Record<string, number | string | boolean>>;

  /** Where the generators of its training stand, in the family's own words, for training that goes on from it. */
  readonly generators?: string;
}

/** CatBoost's symmetric trees: bit j of a leaf's index is 1 when split j's test is true (x > border, or category equal). Splits test columns as nodes do. */
export interface ObliviousTrees {
  /** Splits of tree t are splitStart[t] … splitStart[t + 1] − 1. */
  readonly splitStart: Int32Array;
  readonly splitFeature: Int32Array;
  readonly splitBorder: Float64Array;
  /** 1 where the split is "category equals border" (border −2, with splitMissingTrue: "category is missing"). */
  readonly splitOneHot: Uint8Array;
  /** 1 where NaN makes the test true (nan_mode Max), 0 where it makes it false. */
  readonly splitMissingTrue: Uint8Array;
  /** Leaves of tree t are leafStart[t] … leafStart[t + 1] − 1, 2^depth of them. */
  readonly leafStart: Int32Array;
  readonly leafValue: Float64Array;
  readonly leafWeight: Float64Array;
}
