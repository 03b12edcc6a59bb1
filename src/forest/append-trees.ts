/**
 * Two forests of one family over the same inputs as one: the trees of the first, then those of the second. What a training
 * without a break would have made, byte for byte, given that its further trees are the same.
 */
import type { Forest, ObliviousTrees, TargetStatistic } from './forest.js';

/** `more` has the parameters and the intercept of the whole; its arrays and the first's are copied. */
export function appendTrees(first: Forest, more: Forest): Forest {
  const inputs = first.inputs.length;
  const statistics = mergedStatistics(first.targetStatistics, more.targetStatistics);
  const column = (feature: number) => (feature < inputs ? feature : inputs + statistics.indexOf[feature - inputs]);
  const nodes = first.feature.length;
  const words = first.setWords.length;
  const moved = (by: number) => (node: number) => (node < 0 ? node : node + by);
  const { oblivious: _, generators: __, ...rest } = first;
  return {
    ...rest,
    parameters: more.parameters,
    ...(more.generators === undefined ? {} : { generators: more.generators }),
    targetStatistics: statistics.list,
    treeStart: join(first.treeStart, more.treeStart.subarray(1).map(moved(nodes))),
    treeWeight: join(first.treeWeight, more.treeWeight),
    feature: join(first.feature, more.feature.map(column)),
    operator: join(first.operator, more.operator),
    missingMode: join(first.missingMode, more.missingMode),
    defaultLeft: join(first.defaultLeft, more.defaultLeft),
    threshold: join(first.threshold, more.threshold),
    left: join(first.left, more.left.map(moved(nodes))),
    right: join(first.right, more.right.map(moved(nodes))),
    value: join(first.value, more.value),
    cover: join(first.cover, more.cover),
    count: join(first.count, more.count),
    hessian: join(first.hessian, more.hessian),
    gain: join(first.gain, more.gain),
    setStart: join(first.setStart, more.setStart.map(moved(words))),
    setLength: join(first.setLength, more.setLength),
    setWords: join(first.setWords, more.setWords),
    ...(first.oblivious === undefined || more.oblivious === undefined
      ? {}
      : { oblivious: joinOblivious(first.oblivious, more.oblivious, column) }),
  };
}

function joinOblivious(first: ObliviousTrees, more: ObliviousTrees, column: (feature: number) => number) {
  const [splits, leaves] = [first.splitFeature.length, first.leafValue.length];
  return {
    splitStart: join(
      first.splitStart,
      more.splitStart.subarray(1).map((at) => at + splits),
    ),
    splitFeature: join(first.splitFeature, more.splitFeature.map(column)),
    splitBorder: join(first.splitBorder, more.splitBorder),
    splitOneHot: join(first.splitOneHot, more.splitOneHot),
    splitMissingTrue: join(first.splitMissingTrue, more.splitMissingTrue),
    leafStart: join(
      first.leafStart,
      more.leafStart.subarray(1).map((at) => at + leaves),
    ),
    leafValue: join(first.leafValue, more.leafValue),
    leafWeight: join(first.leafWeight, more.leafWeight),
  };
}

/** The second's statistics after the first's, each once; tables of equal content become the first's objects. */
function mergedStatistics(first: readonly TargetStatistic[], more: readonly TargetStatistic[]) {
  const list = [...first];
  const indexOf = more.map((given) => {
    const shared = list.find((one) => sameTable(one, given));
    const statistic = shared === undefined ? given : { ...given, keys: shared.keys, folds: shared.folds };
    const known = list.findIndex((one) => sameStatistic(one, statistic));
    if (known >= 0) return known;
    return list.push(statistic) - 1;
  });
  return { list, indexOf };
}

function sameTable(a: TargetStatistic, b: TargetStatistic): boolean {
  return (
    sameNumbers(a.keys, b.keys) &&
    JSON.stringify(a.parts) === JSON.stringify(b.parts) &&
    a.folds.length === b.folds.length &&
    a.folds.every(({ part, keys }, f) => part === b.folds[f].part && sameNumbers(keys, b.folds[f].keys))
  );
}

function sameStatistic(a: TargetStatistic, b: TargetStatistic): boolean {
  const numbers = ['prior', 'priorWeight', 'shift', 'scale', 'counterDenominator'] as const;
  return (
    a.type === b.type &&
    numbers.every((name) => Object.is(a[name], b[name])) &&
    sameTable(a, b) &&
    sameNumbers(a.numerator, b.numerator) &&
    sameNumbers(a.denominator, b.denominator)
  );
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => Object.is(value, b[i])));
}

function join<T extends Float64Array | Int32Array | Uint32Array | Uint8Array>(first: T, more: T): T {
  const joined = new (first.constructor as new (length: number) => T)(first.length + more.length);
  joined.set(first);
  joined.set(more, first.length);
  return joined;
}
