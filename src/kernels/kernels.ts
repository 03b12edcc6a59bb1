/**
 * The kernels by name. A kernel takes numbers (byte offsets into the shared memory, counts, flags, doubles), writes into
 * that memory and returns one number. WebAssembly and the plain-TypeScript twins have the same names and arguments.
 *
 * The order of the names is a kernel's number in the pool's task table: append only within one build.
 */
export const KERNEL_NAMES = [
  'fillF64',
  'binNumeric',
  'binCategories',
  'packTile',
  'histogramTiles',
  'histogramColumn',
  'addHistogram',
  'subtractHistogram',
  'histogramToDoubles',
  'sumGradients',
  'partitionRows',
  'copyRows',
  'countRows',
  'logLossGradients',
  'logisticGradients',
  'logLossSum',
  'addToScores',
  'obliviousHistogram',
  'obliviousNarrowHistogram',
  'obliviousScores',
  'obliviousPartition',
  'obliviousLeafIndex',
  'obliviousLeafBit',
  'obliviousLeafCounts',
  'obliviousLeafScatter',
  'oddsGradients',
  'oddsLeafSums',
  'multiplyOdds',
  'mvsWeights',
  'randomWeights',
  'sampleRows',
  'combineIds',
  'orderedStatistics',
  'statisticTotals',
  'drawForestBag',
  'growForestTree',
  'castForestVotes',
  'scoreNodes',
  'rankCells',
  'scoreOblivious',
  'scanLightgbm',
  'scanXgboost',
  'obliviousOrderedScores',
  'obliviousLeafOrder',
  'laneStatistics',
  'sketchColumn',
  'countNumbers',
  'keepRareApart',
  'histogramRare',
  'settleRare',
  'mergeBundle',
  'distinctNumbers',
] as const;

export type KernelName = (typeof KERNEL_NAMES)[number];

export type Kernel = (...args: number[]) => number;

export type Kernels = Readonly<Record<KernelName, Kernel>>;
