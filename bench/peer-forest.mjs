/** An original library's trees (trees.json, written by peers/predict.py) as a Forest over a table's columns. */
import { readFileSync } from 'node:fs';
import { MissingMode, Operator } from '../dist/forest/forest.js';
import { ForestBuilder } from '../dist/forest/forest-builder.js';

export function peerForest(path, columns) {
  const { family, trees = [], oblivious = [], intercept } = JSON.parse(readFileSync(path, 'utf8'));
  const inputs = columns.map(({ name, kind, categories }) => ({ name, kind, ...(categories && { categories }) }));
  const builder = new ForestBuilder();
  for (const tree of trees) addTree(builder, tree);
  for (const { splits, leaves } of oblivious)
    builder.addObliviousTree(
      splits,
      leaves,
      leaves.map(() => 1),
    );
  return builder.finish({ family, inputs, intercept });
}

function addTree(builder, nodes) {
  builder.beginTree();
  const places = nodes.map((node) =>
    node.value === undefined ? builder.addSplit(testOf(node)) : builder.addLeaf(node.value),
  );
  nodes.forEach(({ left, right }, node) => {
    if (left !== undefined) builder.join(places[node], places[left], places[right]);
  });
}

function testOf({ feature, missing, defaultLeft, set, lessOrEqual, less }) {
  const shared = { feature, missingMode: MissingMode[missing], defaultLeft };
  if (set === undefined)
    return {
      ...shared,
      operator: less === undefined ? Operator.LessOrEqual : Operator.Less,
      threshold: less ?? lessOrEqual,
    };
  // LightGBM writes missing type None for category sets that send NaN to the right.
  return {
    ...shared,
    operator: Operator.InSet,
    missingMode: MissingMode.NaN,
    defaultLeft: missing === 'NaN' && defaultLeft,
    set,
  };
}
