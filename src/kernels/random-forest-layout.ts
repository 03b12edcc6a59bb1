/**
 * Where the random forest's kernels find their arguments: two blocks of doubles, one a training run (`ForestJob`), one a
 * tree in flight (`TreeSlot`). Offsets count doubles; pointers are byte offsets kept as doubles. Compiled into both the
 * WebAssembly and the TypeScript side.
 */
export enum ForestJob {
  Rows,
  Features,
  /** Features drawn at a split. */
  MaxFeatures,
  MaxDepth,
  MinSamplesSplit,
  MinSamplesLeaf,
  /** Share of the tree's whole weight that a leaf needs. */
  MinWeightFraction,
  MinImpurityDecrease,
  /** 0 gini, 1 entropy. */
  Criterion,
  /** u32 a feature: address of its column of ranks. */
  RankColumns,
  /** u8 a feature: bytes of a rank, 2 or 4. All bits set is the rank of a missing value. */
  RankBytes,
  /** u8 a row. */
  Labels,
  /** f64 a row, or 0: each row weighs 1. Only without bootstrap: a bag's rows weigh their number of draws. */
  Weights,
  /** f64 a row: running sum of the weights that a bag is drawn by, or 0: all rows alike. */
  Cumulative,
  /** Draws a tree; 0 is no bootstrap. */
  BagSize,
  /** Leaves at most: the tree then grows best split first; 0 is no limit. */
  MaxLeaves,
  ClassWeight0,
  ClassWeight1,
  /** 1: class weights are made anew from each bag (balanced_subsample). */
  BalanceBag,
  /**
   * u32 a feature: address of its distinct values, f64 ascending; or 0: splits are exact.
   * Given, one threshold is drawn between a node's smallest and largest value of each feature drawn (extra-trees).
   */
  ValueColumns,
  /** Rows whose votes are wanted besides the training rows. */
  ValidRows,
  /** u32 a feature: address of its column of doubles. */
  ValidColumns,
  /** Doubles in the block. */
  Words,
}

export enum TreeSlot {
  /** u32 × 4, xoshiro128**. */
  RandomState,
  /** u32 a row: draws of the row. */
  Bag,
  /** u64 a row: payload << 32 | row, ascending within a node. */
  Samples,
  /** u64 a row, twice: the node's values while they are sorted. */
  Items,
  Spare,
  /** u32 × 6144: digits counted by the radix sort. */
  Digits,
  /** i32 a feature, twice: the drawing order and the features known to be constant. */
  FeatureOrder,
  ConstantFeatures,
  /** i32 × 6 × 64. */
  Stack,
  /** With MaxLeaves. i32 × 4 a node: start, end, depth, rows going left. */
  Frontier,
  /** With MaxLeaves. i32 a node: the nodes that may still be split, a binary heap. */
  Heap,
  /** Out: the tree's number of nodes. */
  Nodes,
  // One entry a node.
  /** i32; −1 at a leaf. */
  Feature,
  /** u32: a row goes left when its rank is at most Low; High is the next rank in the node (all bits set: only missing ones are right). */
  Low,
  High,
  /** u32: the last rank of the whole column that is at most the threshold, Low <= Cut < High. */
  Cut,
  /** i32 */
  Left,
  Right,
  /** u8 */
  MissingLeft,
  /** i32: rows, each once however often it was drawn. */
  Count,
  /** f64: weight of the rows labelled 0 and 1. */
  Weight0,
  Weight1,
  /** f64: weighted impurity decrease of the split. */
  Gain,
  /** f64 */
  Threshold,
  Value,
  /** f64 a training row: the tree's vote on a row out of its bag, NaN on the others. */
  Votes,
  /** f64 a validation row. */
  ValidVotes,
  /** Doubles in the block. */
  Words,
}
