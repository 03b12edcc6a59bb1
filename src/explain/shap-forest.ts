/**
 * The trees whose coverage SHAP reads. It is the forest itself, except for symmetric trees: what a path-dependent value
 * takes for unknown depends on which split is the root, and CatBoost's own contributions descend from a tree's last split
 * to its first (catboost/libs/fstr/shap_values.cpp), so these are turned round. The scores are the same.
 */
import type { Forest } from '../forest/forest.js';
import { ForestBuilder } from '../forest/forest-builder.js';

export function shapForest(forest: Forest): Forest {
  const { oblivious } = forest;
  if (oblivious === undefined) return forest;
  const builder = new ForestBuilder();
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    const first = oblivious.splitStart[tree];
    const depth = oblivious.splitStart[tree + 1] - first;
    const splits = Array.from({ length: depth }, (_, level) => {
      const split = first + depth - 1 - level;
      return {
        feature: oblivious.splitFeature[split],
        border: oblivious.splitBorder[split],
        oneHot: oblivious.splitOneHot[split] === 1,
        missingTrue: oblivious.splitMissingTrue[split] === 1,
      };
    });
    const from = oblivious.leafStart[tree];
    const turned = (values: Float64Array) =>
      Float64Array.from({ length: 2 ** depth }, (_, leaf) => values[from + reversedBits(leaf, depth)]);
    const weight = forest.treeWeight[tree];
    builder.addObliviousTree(splits, turned(oblivious.leafValue), turned(oblivious.leafWeight), { weight });
  }
  const { family, inputs, targetStatistics, average, intercept, link } = forest;
  return builder.finish({ family, inputs, targetStatistics, average, intercept, link });
}

function reversedBits(index: number, bits: number): number {
  let out = 0;
  for (let bit = 0; bit < bits; bit++) if ((index >> bit) & 1) out |= 1 << (bits - 1 - bit);
  return out;
}
