/**
 * The plain-TypeScript twin of every kernel, over the same memory: slow, obvious, and what tests hold the WebAssembly
 * against. Each twin lives in a file named like its assembly file.
 */
import type { Kernels } from '../kernels.js';
import type { KernelMemory } from '../memory.js';
import { plainBinning } from './binning.js';
import { plainBundle } from './bundle.js';
import { plainCatboostSampling } from './catboost-sampling.js';
import { plainCsvCells } from './csv-cells.js';
import { plainCsvLines } from './csv-lines.js';
import { plainDistinct } from './distinct.js';
import { plainFill } from './fill.js';
import { plainGradient } from './gradient.js';
import { plainHistogram } from './histogram.js';
import { plainLaneStatistics } from './lane-statistics.js';
import { plainLightgbmScan } from './lightgbm-scan.js';
import { plainMaskedTrees } from './masked-trees.js';
import { plainObliviousHistogram } from './oblivious-histogram.js';
import { plainObliviousLeaves } from './oblivious-leaves.js';
import { plainObliviousRows } from './oblivious-rows.js';
import { plainObliviousScores } from './oblivious-scores.js';
import { plainOrderedStatistics } from './ordered-statistics.js';
import { plainPackedHistogram } from './packed-histogram.js';
import { plainPartition } from './partition.js';
import { plainPredict } from './predict.js';
import { plainPrintNumber } from './print-number.js';
import { plainQuantized } from './quantized.js';
import { plainRandomForest } from './random-forest.js';
import { plainRankCells } from './rank-cells.js';
import { plainRareBins } from './rare-bins.js';
import { plainShap } from './shap.js';
import { plainSortNumbers } from './sort-numbers.js';
import { plainTestMasks } from './test-masks.js';
import { plainWideRanks } from './wide-ranks.js';
import { plainXgboostRowSample } from './xgboost-row-sample.js';
import { plainXgboostScan } from './xgboost-scan.js';
import { plainXgboostSketch } from './xgboost-sketch.js';

export function plainKernels(memory: KernelMemory): Kernels {
  return {
    ...plainFill(memory),
    ...plainCsvCells(memory),
    ...plainCsvLines(memory),
    ...plainDistinct(memory),
    ...plainRandomForest(memory),
    ...plainBinning(memory),
    ...plainBundle(memory),
    ...plainHistogram(memory),
    ...plainPackedHistogram(memory),
    ...plainPartition(memory),
    ...plainGradient(memory),
    ...plainQuantized(memory),
    ...plainObliviousHistogram(memory),
    ...plainObliviousScores(memory),
    ...plainObliviousRows(memory),
    ...plainObliviousLeaves(memory),
    ...plainCatboostSampling(memory),
    ...plainOrderedStatistics(memory),
    ...plainLaneStatistics(memory),
    ...plainPredict(memory),
    ...plainPrintNumber(memory),
    ...plainWideRanks(memory),
    ...plainRankCells(memory),
    ...plainMaskedTrees(memory),
    ...plainTestMasks(memory),
    ...plainLightgbmScan(memory),
    ...plainRareBins(memory),
    ...plainXgboostRowSample(memory),
    ...plainShap(memory),
    ...plainSortNumbers(memory),
    ...plainXgboostScan(memory),
    ...plainXgboostSketch(memory),
  };
}
