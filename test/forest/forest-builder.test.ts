// Trees taken back from a forest that is being built leave nothing behind.
import { expect, it } from 'vitest';
import { Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';

function built(trees: number, kept = trees) {
  const builder = new ForestBuilder();
  for (let tree = 0; tree < trees; tree++) {
    builder.beginTree();
    const root = builder.addSplit(
      { feature: 1, operator: Operator.InSet, set: [tree, 40 + tree], gain: 1 },
      { count: 9 },
    );
    const inner = builder.addSplit({ feature: 0, operator: Operator.LessOrEqual, threshold: tree });
    builder.join(root, inner, builder.addLeaf(tree, { cover: 3 }));
    builder.join(inner, builder.addLeaf(-tree), builder.addLeaf(0.5));
  }
  builder.keepTrees(kept);
  const categories = Array.from({ length: 64 }, (_, code) => `c${code}`);
  const inputs = [
    { name: 'x', kind: 'numeric' as const },
    { name: 'c', kind: 'categorical' as const, categories },
  ];
  return builder.finish({ family: 'lightgbm', inputs });
}

it.each([0, 1, 3, 5])('keepTrees(%i) of five', (kept) => {
  expect(built(5, kept)).toEqual(built(kept));
});

it('trees may be added after others were taken back', () => {
  const builder = new ForestBuilder();
  for (const value of [1, 2, 3]) {
    builder.keepTrees(1);
    builder.beginTree();
    builder.addLeaf(value);
  }
  const { treeStart, value } = builder.finish({ family: 'xgboost', inputs: [] });
  expect([...treeStart]).toEqual([0, 1, 2]);
  expect([...value]).toEqual([1, 3]);
});
