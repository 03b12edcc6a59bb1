/**
 * Builds a Forest tree by tree. A tree's root is added first; children may be added before or after their parents and are
 * joined to them by absolute node index. It checks nothing on the way: `finish` runs `checkForest` over the result.
 */
import { checkForest } from './check-forest.js';
import {
  type Family,
  type Forest,
  type ForestInput,
  MissingMode,
  type ObliviousTrees,
  Operator,
  type TargetStatistic,
} from './forest.js';
import { NumberList } from './number-list.js';

/** What training knows of a node, inner or leaf; what is absent becomes 0, an inner node's value NaN. */
export interface NodeStatistics {
  readonly value?: number;
  readonly cover?: number;
  readonly count?: number;
  readonly hessian?: number;
}

/** A split: its column, its test and where a missing value goes. */
export interface NodeTest {
  readonly feature: number;
  readonly operator: number;
  /** Not looked at for InSet. */
  readonly threshold?: number;
  /** NaN by default. */
  readonly missingMode?: number;
  readonly defaultLeft?: boolean;
  /** Codes (whole numbers ≥ 0, any order) that go left, for InSet. */
  readonly set?: Iterable<number>;
  readonly gain?: number;
}

/** One level of an oblivious tree: column > border, or column equal to border. */
export interface ObliviousSplit {
  readonly feature: number;
  readonly border: number;
  readonly oneHot?: boolean;
  /** NaN makes the test true. */
  readonly missingTrue?: boolean;
  /** Gain of the whole level; the node form carries it in equal shares. */
  readonly gain?: number;
}

export interface ForestDescription {
  readonly family: Family;
  readonly inputs: readonly ForestInput[];
  readonly targetStatistics?: readonly TargetStatistic[];
  readonly average?: boolean;
  readonly intercept?: number;
  readonly link?: Forest['link'];
  readonly parameters?: Forest['parameters'];
  readonly generators?: string;
}

export class ForestBuilder {
  readonly #treeStart: number[] = [];
  readonly #treeWeight: number[] = [];
  /** Where each tree's category sets begin. */
  readonly #treeWords: number[] = [];
  readonly #feature = new NumberList();
  readonly #operator = new NumberList();
  readonly #missingMode = new NumberList();
  readonly #defaultLeft = new NumberList();
  readonly #threshold = new NumberList();
  readonly #left = new NumberList();
  readonly #right = new NumberList();
  readonly #value = new NumberList();
  readonly #cover = new NumberList();
  readonly #count = new NumberList();
  readonly #hessian = new NumberList();
  readonly #gain = new NumberList();
  readonly #setStart = new NumberList();
  readonly #setLength = new NumberList();
  readonly #setWords = new NumberList();
  readonly #splits: ObliviousSplit[] = [];
  readonly #splitStart: number[] = [0];
  readonly #leafValue = new NumberList();
  readonly #leafWeight = new NumberList();
  readonly #leafStart: number[] = [0];

  get trees(): number {
    return this.#treeStart.length;
  }

  /** Starts a tree; the next node added is its root. */
  beginTree(weight = 1): void {
    this.#treeStart.push(this.#feature.length);
    this.#treeWeight.push(weight);
    this.#treeWords.push(this.#setWords.length);
  }

  /** Forgets all trees but the first `count`; not for oblivious ones. */
  keepTrees(count: number): void {
    if (count >= this.trees) return;
    for (const list of this.#nodeLists()) list.cut(this.#treeStart[count]);
    this.#setWords.cut(this.#treeWords[count]);
    for (const list of [this.#treeStart, this.#treeWeight, this.#treeWords]) list.length = count;
  }

  /** Appends a leaf to the tree begun last; its absolute index. */
  addLeaf(value: number, statistics: Omit<NodeStatistics, 'value'> = {}): number {
    return this.#append({ ...statistics, value }, undefined);
  }

  /** Appends an inner node without children (see `join`); its absolute index. */
  addSplit(test: NodeTest, statistics: NodeStatistics = {}): number {
    return this.#append(statistics, test);
  }

  /** Gives an inner node its children, by absolute index. */
  join(node: number, left: number, right: number): void {
    this.#left.set(node, left);
    this.#right.set(node, right);
  }

  /**
   * Adds a symmetric tree in both forms. Bit j of a leaf's index is the outcome of split j; arrays have 2^splits entries.
   * A forest is oblivious when every one of its trees was added here. Inner nodes hold the weighted mean of the leaves
   * below them.
   */
  addObliviousTree(
    splits: readonly ObliviousSplit[],
    leafValue: ArrayLike<number>,
    leafWeight: ArrayLike<number>,
    { weight = 1, leafCount = leafWeight, leafHessian = leafWeight }: ObliviousTreeOptions = {},
  ): void {
    const depth = splits.length;
    const leaves = 2 ** depth;
    const range = (values: ArrayLike<number>, from: number, step: number) => {
      let sum = 0;
      for (let leaf = from; leaf < leaves; leaf += step) sum += values[leaf];
      return sum;
    };
    this.beginTree(weight);
    // The node at `level` holds the leaves whose lower `level` bits are `bits`.
    const add = (level: number, bits: number): number => {
      const step = 2 ** level;
      const cover = range(leafWeight, bits, step);
      const statistics = { cover, count: range(leafCount, bits, step), hessian: range(leafHessian, bits, step) };
      if (level === depth) return this.addLeaf(leafValue[bits], statistics);
      let weighted = 0;
      for (let leaf = bits; leaf < leaves; leaf += step) weighted += leafValue[leaf] * leafWeight[leaf];
      const value = cover > 0 ? weighted / cover : range(leafValue, bits, step) / (leaves / step);
      const split = splits[level];
      const node = this.addSplit(obliviousTest(split, (split.gain ?? 0) / step), { ...statistics, value });
      const isFalse = add(level + 1, bits);
      const isTrue = add(level + 1, bits + step);
      if (split.oneHot) this.join(node, isTrue, isFalse);
      else this.join(node, isFalse, isTrue);
      return node;
    };
    add(0, 0);
    this.#splits.push(...splits);
    this.#splitStart.push(this.#splits.length);
    for (let leaf = 0; leaf < leaves; leaf++) {
      this.#leafValue.push(leafValue[leaf]);
      this.#leafWeight.push(leafWeight[leaf]);
    }
    this.#leafStart.push(this.#leafValue.length);
  }

  /** The forest; throws `BAD_FOREST` when what was built is not one. */
  finish(description: ForestDescription): Forest {
    const forest: Forest = {
      family: description.family,
      inputs: description.inputs,
      targetStatistics: description.targetStatistics ?? [],
      treeStart: Int32Array.from([...this.#treeStart, this.#feature.length]),
      treeWeight: Float64Array.from(this.#treeWeight),
      average: description.average ?? false,
      intercept: description.intercept ?? 0,
      link: description.link ?? 'logistic',
      feature: this.#feature.to(Int32Array),
      operator: this.#operator.to(Uint8Array),
      missingMode: this.#missingMode.to(Uint8Array),
      defaultLeft: this.#defaultLeft.to(Uint8Array),
      threshold: this.#threshold.to(Float64Array),
      left: this.#left.to(Int32Array),
      right: this.#right.to(Int32Array),
      value: this.#value.to(Float64Array),
      cover: this.#cover.to(Float64Array),
      count: this.#count.to(Float64Array),
      hessian: this.#hessian.to(Float64Array),
      gain: this.#gain.to(Float64Array),
      setStart: this.#setStart.to(Int32Array),
      setLength: this.#setLength.to(Int32Array),
      setWords: this.#setWords.to(Uint32Array),
      ...(this.#oblivious() ?? {}),
      parameters: description.parameters ?? {},
      ...(description.generators === undefined ? {} : { generators: description.generators }),
    };
    checkForest(forest);
    return forest;
  }

  /** What has an entry a node. */
  #nodeLists(): NumberList[] {
    return [
      ...[
        this.#feature,
        this.#operator,
        this.#missingMode,
        this.#defaultLeft,
        this.#threshold,
        this.#left,
        this.#right,
      ],
      ...[this.#value, this.#cover, this.#count, this.#hessian, this.#gain, this.#setStart, this.#setLength],
    ];
  }

  #append(statistics: NodeStatistics, test: NodeTest | undefined): number {
    this.#feature.push(test?.feature ?? -1);
    this.#operator.push(test?.operator ?? Operator.LessOrEqual);
    this.#missingMode.push(test === undefined ? MissingMode.None : (test.missingMode ?? MissingMode.NaN));
    this.#defaultLeft.push(test?.defaultLeft ? 1 : 0);
    this.#threshold.push(test?.threshold ?? 0);
    this.#left.push(-1);
    this.#right.push(-1);
    this.#value.push(statistics.value ?? Number.NaN);
    this.#cover.push(statistics.cover ?? 0);
    this.#count.push(statistics.count ?? 0);
    this.#hessian.push(statistics.hessian ?? 0);
    this.#gain.push(test?.gain ?? 0);
    const words = test?.operator === Operator.InSet ? setWords(test.set ?? []) : undefined;
    this.#setStart.push(words === undefined ? -1 : this.#setWords.length);
    this.#setLength.push(words?.length ?? 0);
    for (const word of words ?? []) this.#setWords.push(word);
    return this.#feature.length - 1;
  }

  #oblivious(): { oblivious: ObliviousTrees } | undefined {
    const trees = this.#splitStart.length - 1;
    if (trees === 0 || trees !== this.#treeStart.length) return undefined;
    const splits = this.#splits;
    return {
      oblivious: {
        splitStart: Int32Array.from(this.#splitStart),
        splitFeature: Int32Array.from(splits, (split) => split.feature),
        splitBorder: Float64Array.from(splits, (split) => split.border),
        splitOneHot: Uint8Array.from(splits, (split) => (split.oneHot ? 1 : 0)),
        splitMissingTrue: Uint8Array.from(splits, (split) => (split.missingTrue ? 1 : 0)),
        leafStart: Int32Array.from(this.#leafStart),
        leafValue: this.#leafValue.to(Float64Array),
        leafWeight: this.#leafWeight.to(Float64Array),
      },
    };
  }
}

export interface ObliviousTreeOptions {
  readonly weight?: number;
  readonly leafCount?: ArrayLike<number>;
  readonly leafHessian?: ArrayLike<number>;
}

/** The node form of a level: "true" is the right child of a border test and the left child of a one-hot test. */
function obliviousTest(split: ObliviousSplit, gain: number): NodeTest {
  const { feature, border, oneHot = false, missingTrue = false } = split;
  if (!oneHot) return { feature, operator: Operator.LessOrEqual, threshold: border, defaultLeft: !missingTrue, gain };
  return { feature, operator: Operator.InSet, set: border >= 0 ? [border] : [], defaultLeft: missingTrue, gain };
}

/** A category set as words: bit c & 31 of word c >> 5 for each code c. */
export function setWords(codes: Iterable<number>): Uint32Array {
  const list = [...codes];
  let last = -1;
  for (const code of list) if (code > last) last = code;
  const words = new Uint32Array((last + 32) >> 5);
  for (const code of list) words[code >> 5] |= 1 << (code & 31);
  return words;
}
