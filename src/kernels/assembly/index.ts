// Every kernel that kernels.ts names is exported from here; one file a concern.

export { binCategories, binNumeric } from './binning';
export { mvsWeights, randomWeights, sampleRows } from './catboost-sampling';
export { fillF64 } from './fill';
export { addToScores, logisticGradients, logLossGradients, logLossSum } from './gradient';
export {
  addHistogram,
  histogramColumn,
  histogramTile,
  histogramToDoubles,
  subtractHistogram,
  sumGradients,
} from './histogram';
export { scanLightgbm } from './lightgbm-scan';
export { scanXgboost } from './xgboost-scan';
export { copyRows, countRows, partitionRows } from './partition';
export { obliviousHistogram, obliviousNarrowHistogram, obliviousScores } from './oblivious-histogram';
export { multiplyOdds, oddsGradients, oddsLeafSums } from './oblivious-leaves';
export { obliviousLeafBit, obliviousLeafCounts, obliviousLeafIndex, obliviousLeafScatter, obliviousPartition } from './oblivious-rows';
export { combineIds, orderedStatistics, statisticTotals } from './ordered-statistics';
export { drawForestBag, growForestTree } from './random-forest';
export { castForestVotes } from './random-forest-votes';
export { scorePlanedTrees } from './planed-trees';
export { scoreNodes, scoreOblivious } from './predict';
export { idCodes, rankCells, rankEqual } from './rank-cells';
