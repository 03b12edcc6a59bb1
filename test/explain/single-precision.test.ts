// Why XGBoost's contributions differ from ours by more than 1e-6 on some rows: its single precision, shown to the last bit.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { treeShap } from '#ecomml/explain/tree-shap.js';
import { type Forest, MissingMode, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { sampleMatrix } from '../forest/sample-forests.js';
import { pathTreeShap } from './path-tree-shap.js';

type PlainNode =
  | readonly [value: number, cover: number]
  | readonly [feature: number, threshold: number, cover: number, missingLeft: 0 | 1, yes: PlainNode, no: PlainNode];

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('./goldens/single-precision.json.gz', import.meta.url))).toString(),
) as {
  readonly cells: readonly (number | null)[];
  readonly trees: readonly PlainNode[];
  readonly given: readonly number[];
  readonly exact: readonly number[];
};

const row = golden.cells.map((cell) => cell ?? Number.NaN);
const inputs = row.map((_, c) => ({ name: `x${c}`, kind: 'numeric' as const }));

/** Leaves and thresholds are floats that the dump writes in decimal. */
function model(): Forest {
  const builder = new ForestBuilder();
  const known = (cover: number) => ({ cover, count: cover, hessian: cover });
  const add = (node: PlainNode): number => {
    if (node.length === 2) return builder.addLeaf(Math.fround(node[0]), known(node[1]));
    const [feature, threshold, cover, missingLeft, yes, no] = node;
    const test = {
      feature,
      operator: Operator.Less,
      threshold: Math.fround(threshold),
      missingMode: MissingMode.NaN,
      defaultLeft: missingLeft === 1,
    };
    const at = builder.addSplit(test, known(cover));
    const left = add(yes);
    builder.join(at, left, add(no));
    return at;
  };
  for (const tree of golden.trees) {
    builder.beginTree();
    add(tree);
  }
  return builder.finish({ family: 'xgboost', inputs, intercept: 0 });
}

const furthest = (found: readonly number[], expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(found[i] - value)));

describe('the row of the bench where XGBoost is furthest from us', () => {
  const forest = model();
  const { base, values } = treeShap(forest, sampleMatrix([row], inputs));
  const ours = [...values, base];

  // 100 trees of some 60 leaves: sums of doubles, which err by some 1e-14 of values of 4.
  it('ours are the exact values, summed without loss over all subsets of each leaf’s features', () => {
    expect(furthest(ours, golden.exact)).toBeLessThan(1e-12);
  });

  it('XGBoost’s are 2.3e-6 from the exact values', () => {
    const error = furthest(golden.given, golden.exact);
    expect(error).toBeGreaterThan(2.3e-6);
    expect(error).toBeLessThan(2.4e-6);
  });

  it('TreeSHAP over the same trees gives XGBoost’s values to the bit when every number is rounded to a float', () => {
    expect(pathTreeShap(forest, row, Math.fround)).toEqual(golden.given);
  });

  // Nodes' covers are sums of hessians rounded to floats, so a node's is not quite that of its children: shares of a node, as
  // XGBoost takes them, differ from shares of both children, as ours are, by 1e-7 of themselves.
  it('and ours when none is', () => {
    expect(
      furthest(
        pathTreeShap(forest, row, (value) => value),
        golden.exact,
      ),
    ).toBeLessThan(5e-8);
  });
});
