// Every kernel that kernels.ts names is exported from here; one file a concern.

export { binCategories, binNumeric, packTile } from './binning';
export { mvsWeights, randomWeights, sampleRows } from './catboost-sampling';
export { fillF64 } from './fill';
export { addToScores, logisticGradients, logLossGradients, logLossSum } from './gradient';
export {
  histogramColumn,
  histogramTiles,
  histogramToDoubles,
  settleHistograms,
  sumGradients,
} from './histogram';
export { laneStatistics } from './lane-statistics';
export { scanLightgbm, scanPackedLightgbm } from './lightgbm-scan';
export { packedColumn, packedTiles, packedToDoubles, settleShorts, sumPacked } from './packed-histogram';
export { drawRows, drawRowsBySize, gradientSizes, sizeThreshold } from './xgboost-row-sample';
export { scanXgboost } from './xgboost-scan';
export { countNumbers, sketchColumn } from './xgboost-sketch';
export { largestGradients, quantizeGradients, sumOfGradients } from './quantized';
export { copyRows, countRows, partitionRows } from './partition';
export { obliviousHistogram, obliviousNarrowHistogram } from './oblivious-histogram';
export { obliviousRecordHistogram, obliviousSettle, packRecords } from './oblivious-records';
export { obliviousOrderedScores, obliviousScores } from './oblivious-scores';
export { multiplyOdds, oddsGradients, oddsLeafSums } from './oblivious-leaves';
export { obliviousAnswers, obliviousCountTrue, obliviousLeafBit, obliviousLeafCounts, obliviousLeafIndex, obliviousLeafOrder, obliviousLeafScatter, obliviousPartition } from './oblivious-rows';
export { combineIds, orderedStatistics, statisticTotals } from './ordered-statistics';
export { histogramRare, keepRareApart, settleRare } from './rare-bins';
export { drawForestBag, growForestTree } from './random-forest';
export { castForestVotes } from './random-forest-votes';
export { scoreMaskedTrees } from './masked-trees';
export { scoreNodes, scoreOblivious } from './predict';
export { groupRanks, scoreWideRanks } from './wide-ranks';
export { idCodes, rankCells, rankEqual } from './rank-cells';
export { rankMasks, setMasks } from './test-masks';
export { mergeBundle } from './bundle';
export { distinctNumbers } from './distinct';
export { sortNumbers } from './sort-numbers';
export { shapRows, shapTables } from './shap';
export { shapBackground } from './shap-background';
export { readCsvCells } from './csv-cells';
export { countLines } from './csv-lines';
export { printNumber } from './print-number';
