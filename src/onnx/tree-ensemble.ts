/**
 * A forest's trees as the attributes of ai.onnx.ml 5 `TreeEnsemble`, with double thresholds and leaves, so that tests are
 * exact. It gives the weighted sum of the trees; mean, intercept and link are nodes of their own (forest-graph.ts).
 *
 * Written so that onnxruntime runs it right: every numeric test is BRANCH_LEQ (`x < t` becomes `x <=` the double below t,
 * exactly), which keeps its one-comparison loop; an empty set, which it refuses, becomes `x < −inf`; a tree of a single
 * leaf becomes a node with two leaf entries, because some of its versions read a root whose branches share one leaf
 * entry as the leaf of the root's number. Members of a set are whole numbers: it truncates a cell before it looks a large
 * set up, and a cell of codes holds nothing else.
 */
import { type Forest, MissingMode, Operator } from '../forest/forest.js';
import { doubleBelow } from '../forest/neighbour.js';
import type { AttributeValue } from './graph-writer.js';

/** TreeEnsemble's nodes_modes. */
const Mode = { LessOrEqual: 0, Less: 1, Member: 6 } as const;

/** The graph's feature of a column that the forest tests, read with or without "zero is missing". */
export type ColumnOf = (column: number, zeroMissing: boolean) => number;

export function treeEnsembleAttributes(forest: Forest, columnOf: ColumnOf): Readonly<Record<string, AttributeValue>> {
  const trees = forest.treeWeight.length;
  const writer = new TreeWriter(forest, columnOf);
  for (let tree = 0; tree < trees; tree++) writer.addTree(tree);
  if (trees === 0) writer.addConstant(0);
  return writer.attributes();
}

class TreeWriter {
  readonly #forest: Forest;
  readonly #columnOf: ColumnOf;
  readonly #roots: number[] = [];
  readonly #features: number[] = [];
  readonly #modes: number[] = [];
  readonly #splits: number[] = [];
  readonly #missingTrue: number[] = [];
  readonly #trueIds: number[] = [];
  readonly #trueLeafs: number[] = [];
  readonly #falseIds: number[] = [];
  readonly #falseLeafs: number[] = [];
  readonly #leaves: number[] = [];
  /** The sets of Member nodes in the order of the nodes, a NaN after each. */
  readonly #members: number[] = [];

  constructor(forest: Forest, columnOf: ColumnOf) {
    this.#forest = forest;
    this.#columnOf = columnOf;
  }

  addTree(tree: number): void {
    const { feature, left, right, treeStart, treeWeight, value } = this.#forest;
    const root = treeStart[tree];
    if (feature[root] < 0) {
      this.addConstant(treeWeight[tree] * value[root]);
      return;
    }
    // A node of the forest and its place here; children take their places when their parent is visited.
    const stack = [{ node: root, place: this.#addTest(root) }];
    this.#roots.push(stack[0].place);
    const addChild = (child: number, place: number, ids: number[], leafs: number[]) => {
      const isLeaf = feature[child] < 0;
      leafs[place] = isLeaf ? 1 : 0;
      if (isLeaf) {
        ids[place] = this.#leaves.length;
        this.#leaves.push(treeWeight[tree] * value[child]);
      } else {
        ids[place] = this.#addTest(child);
        stack.push({ node: child, place: ids[place] });
      }
    };
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      addChild(left[next.node], next.place, this.#trueIds, this.#trueLeafs);
      addChild(right[next.node], next.place, this.#falseIds, this.#falseLeafs);
    }
  }

  /** A tree that gives the same value to every row. */
  addConstant(value: number): void {
    const place = this.#add(0, Mode.LessOrEqual, 0, false);
    this.#roots.push(place);
    this.#trueIds[place] = this.#leaves.length;
    this.#falseIds[place] = this.#leaves.length + 1;
    this.#trueLeafs[place] = 1;
    this.#falseLeafs[place] = 1;
    this.#leaves.push(value, value);
  }

  attributes(): Readonly<Record<string, AttributeValue>> {
    return {
      aggregate_function: 1,
      leaf_targetids: new Int32Array(this.#leaves.length),
      leaf_weights: Float64Array.from(this.#leaves),
      ...(this.#members.length > 0 && { membership_values: Float64Array.from(this.#members) }),
      n_targets: 1,
      nodes_falseleafs: this.#falseLeafs,
      nodes_falsenodeids: this.#falseIds,
      nodes_featureids: this.#features,
      nodes_missing_value_tracks_true: this.#missingTrue,
      nodes_modes: Uint8Array.from(this.#modes),
      nodes_splits: Float64Array.from(this.#splits),
      nodes_trueleafs: this.#trueLeafs,
      nodes_truenodeids: this.#trueIds,
      post_transform: 0,
      tree_roots: this.#roots,
    };
  }

  #addTest(node: number): number {
    const { defaultLeft, feature, missingMode, operator, threshold } = this.#forest;
    const mode = missingMode[node];
    const column = this.#columnOf(feature[node], mode === MissingMode.Zero);
    if (operator[node] === Operator.InSet) return this.#addSet(node, column);
    const t = threshold[node];
    const isLess = operator[node] === Operator.Less;
    let missingTrue = defaultLeft[node] === 1;
    // NaN read as 0 goes where 0 goes.
    if (mode === MissingMode.None) missingTrue = isLess ? 0 < t : 0 <= t;
    if (isLess && t === Number.NEGATIVE_INFINITY) return this.#add(column, Mode.Less, t, missingTrue);
    return this.#add(column, Mode.LessOrEqual, isLess ? doubleBelow(t) : t, missingTrue);
  }

  #addSet(node: number, column: number): number {
    const missingTrue = this.#forest.defaultLeft[node] === 1;
    const codes = setCodes(this.#forest, node);
    if (codes.length === 0) return this.#add(column, Mode.Less, Number.NEGATIVE_INFINITY, missingTrue);
    for (const code of codes) this.#members.push(code);
    this.#members.push(Number.NaN);
    return this.#add(column, Mode.Member, 0, missingTrue);
  }

  #add(feature: number, mode: number, split: number, missingTrue: boolean): number {
    this.#features.push(feature);
    this.#modes.push(mode);
    this.#splits.push(split);
    this.#missingTrue.push(missingTrue ? 1 : 0);
    return this.#features.length - 1;
  }
}

/** The codes of a node's category set, ascending. */
function setCodes(forest: Forest, node: number): number[] {
  const codes: number[] = [];
  for (let code = 0; code < forest.setLength[node] * 32; code++)
    if (((forest.setWords[forest.setStart[node] + (code >> 5)] >>> (code & 31)) & 1) === 1) codes.push(code);
  return codes;
}
