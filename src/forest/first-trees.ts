/** The forest of the first trees alone: what early stopping keeps. */
import type { Forest, ObliviousTrees } from './forest.js';

/** Copies of the first `trees` trees (0 … all of them); inputs, target statistics and parameters stay the same objects. */
export function firstTrees(forest: Forest, trees: number): Forest {
  const nodes = forest.treeStart[trees];
  let words = 0;
  for (let node = 0; node < nodes; node++) words = Math.max(words, forest.setStart[node] + forest.setLength[node]);
  const { oblivious, ...rest } = forest;
  return {
    ...rest,
    treeStart: forest.treeStart.slice(0, trees + 1),
    treeWeight: forest.treeWeight.slice(0, trees),
    feature: forest.feature.slice(0, nodes),
    operator: forest.operator.slice(0, nodes),
    missingMode: forest.missingMode.slice(0, nodes),
    defaultLeft: forest.defaultLeft.slice(0, nodes),
    threshold: forest.threshold.slice(0, nodes),
    left: forest.left.slice(0, nodes),
    right: forest.right.slice(0, nodes),
    value: forest.value.slice(0, nodes),
    cover: forest.cover.slice(0, nodes),
    count: forest.count.slice(0, nodes),
    hessian: forest.hessian.slice(0, nodes),
    gain: forest.gain.slice(0, nodes),
    setStart: forest.setStart.slice(0, nodes),
    setLength: forest.setLength.slice(0, nodes),
    setWords: forest.setWords.slice(0, words),
    ...(oblivious === undefined ? {} : { oblivious: firstOblivious(oblivious, trees) }),
  };
}

function firstOblivious(oblivious: ObliviousTrees, trees: number): ObliviousTrees {
  const splits = oblivious.splitStart[trees];
  const leaves = oblivious.leafStart[trees];
  return {
    splitStart: oblivious.splitStart.slice(0, trees + 1),
    splitFeature: oblivious.splitFeature.slice(0, splits),
    splitBorder: oblivious.splitBorder.slice(0, splits),
    splitOneHot: oblivious.splitOneHot.slice(0, splits),
    splitMissingTrue: oblivious.splitMissingTrue.slice(0, splits),
    leafStart: oblivious.leafStart.slice(0, trees + 1),
    leafValue: oblivious.leafValue.slice(0, leaves),
    leafWeight: oblivious.leafWeight.slice(0, leaves),
  };
}
