/** What each input gave to a forest's splits, read off its nodes. It looks at no rows: see permutation-importance.ts. */
import type { Forest } from '../forest/forest.js';

export interface ForestImportance {
  readonly feature: string;
  /** Share of the gain of all splits; the shares sum to 1 unless no split has a gain. */
  readonly gain: number;
  /** Share of the number of splits. */
  readonly splits: number;
  /** Splits that test the input; one on a combination of inputs counts in equal parts for each. */
  readonly split_count: number;
}

/**
 * One entry an input, in the inputs' order. A split on a target statistic counts for the inputs it is computed from.
 * Negative gains (which no family should report) count as 0. O(nodes).
 */
export function forestImportances(forest: Forest): ForestImportance[] {
  const inputs = forest.inputs.length;
  const gain = new Float64Array(inputs);
  const splits = new Float64Array(inputs);
  for (let node = 0; node < forest.feature.length; node++) {
    const column = forest.feature[node];
    if (column < 0) continue;
    const sources = column < inputs ? [column] : sourcesOf(forest, column - inputs);
    const worth = Math.max(0, forest.gain[node]) || 0;
    for (const input of sources) {
      gain[input] += worth / sources.length;
      splits[input] += 1 / sources.length;
    }
  }
  const totalGain = gain.reduce((sum, value) => sum + value, 0);
  const totalSplits = splits.reduce((sum, value) => sum + value, 0);
  return forest.inputs.map(({ name }, i) => ({
    feature: name,
    gain: totalGain > 0 ? gain[i] / totalGain : 0,
    splits: totalSplits > 0 ? splits[i] / totalSplits : 0,
    split_count: splits[i],
  }));
}

/** Distinct inputs of a target statistic. */
function sourcesOf(forest: Forest, statistic: number): number[] {
  return [...new Set(forest.targetStatistics[statistic].parts.map((part) => part.input))];
}
