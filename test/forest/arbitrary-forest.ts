/** Random forests of any kind and rows that lie on their thresholds, for property tests. */
import fc from 'fast-check';
import { Random } from '#ecomml/base/random.js';
import { FAMILIES, type Forest, MissingMode, Operator } from '#ecomml/forest/forest.js';
import { ForestBuilder } from '#ecomml/forest/forest-builder.js';
import { doubleAbove, doubleBelow, floatAbove, floatBelow } from '#ecomml/forest/neighbour.js';
import { INPUTS, sampleStatistics } from './sample-forests.js';

const SPECIAL = [0, -0, 1e-35, -1e-35, 1e-40, 5e-324, 1, -1, 0.1, 1e308, -1e308, Infinity, -Infinity, Number.NaN];

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)];

function threshold(random: Random): number {
  const special = pick(random, SPECIAL);
  if (random.below(3) === 0 && !Number.isNaN(special)) return special;
  return random.below(2) === 0 ? random.normal() : Math.round(random.normal() * 4) / 4;
}

/** Nodes of any operator, mode and set, over inputs and target statistics; a tree is often a single leaf. */
function nodeForest(random: Random): Forest {
  const builder = new ForestBuilder();
  const trees = 1 + random.below(12);
  for (let tree = 0; tree < trees; tree++) {
    builder.beginTree(random.below(4) === 0 ? 0.5 + random.next() : 1);
    const grow = (depth: number): number => {
      if (depth > 7 || random.next() < 0.1 + depth * 0.1) return builder.addLeaf(random.normal());
      const feature = random.below(INPUTS.length + 4);
      const set = INPUTS[feature]?.kind === 'categorical' && random.below(4) > 0;
      const node = builder.addSplit({
        feature,
        operator: set ? Operator.InSet : pick(random, [Operator.LessOrEqual, Operator.Less]),
        threshold: feature === 2 || feature === 3 ? random.below(9) - 1 : threshold(random),
        missingMode: set ? MissingMode.NaN : random.below(3),
        defaultLeft: random.below(2) === 1,
        set: Array.from({ length: random.below(8) }, () => random.below(random.below(2) === 0 ? 6 : 100)),
      });
      const left = grow(depth + 1);
      builder.join(node, left, grow(depth + 1));
      return node;
    };
    grow(0);
  }
  const average = random.below(3) === 0;
  return builder.finish({
    family: pick(random, FAMILIES),
    inputs: INPUTS,
    targetStatistics: sampleStatistics(),
    average,
    link: 'logistic',
    intercept: random.below(2) === 0 ? 0 : random.normal(),
  });
}

/** Symmetric trees of depth 0 to 10 with borders, one-hot tests and both ways of NaN. */
function symmetricForest(random: Random): Forest {
  const builder = new ForestBuilder();
  const trees = 1 + random.below(8);
  for (let tree = 0; tree < trees; tree++) {
    const depth = random.below(4) === 0 ? random.below(11) : random.below(6);
    const splits = Array.from({ length: depth }, () => {
      const feature = random.below(INPUTS.length + 4);
      const oneHot = INPUTS[feature]?.kind === 'categorical' && random.below(2) === 0;
      const missing = oneHot && random.below(4) === 0;
      return {
        feature,
        oneHot,
        border: missing ? -2 : oneHot ? random.below(6) : threshold(random),
        missingTrue: missing || (!oneHot && random.below(2) === 0),
      };
    });
    const leaves = Float64Array.from({ length: 2 ** depth }, () => random.normal());
    builder.addObliviousTree(splits, leaves, new Float64Array(2 ** depth).fill(1), { weight: random.below(3) + 1 });
  }
  return builder.finish({ family: 'catboost', inputs: INPUTS, targetStatistics: sampleStatistics(), intercept: -1 });
}

/** Rows of the sample inputs: special numbers, and the forest's own thresholds with their neighbours. */
export function rowsFor(forest: Forest, random: Random, count: number): number[][] {
  const thresholds = [...SPECIAL];
  for (const t of forest.threshold)
    thresholds.push(t, doubleBelow(t), doubleAbove(t), floatBelow(t), floatAbove(t), Math.fround(t));
  const number = () => (random.below(4) === 0 ? random.normal() : pick(random, thresholds));
  const code = (bound: number) => pick(random, [Number.NaN, -1, random.below(bound), random.below(6), random.below(6)]);
  return Array.from({ length: count }, () => [number(), number(), code(102), code(7)]);
}

export interface ForestCase {
  readonly forest: Forest;
  readonly rows: number[][];
}

/** A forest and rows to score with it. */
export function forestCase(count: number): fc.Arbitrary<ForestCase> {
  return fc.tuple(fc.nat(), fc.boolean()).map(([seed, symmetric]) => {
    const random = new Random(seed);
    const forest = symmetric ? symmetricForest(random) : nodeForest(random);
    const rows = rowsFor(forest, random, count);
    return { forest, rows, [fc.toStringMethod]: () => `seed ${seed}${symmetric ? ', symmetric' : ''}` };
  });
}
