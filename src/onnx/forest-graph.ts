/** One forest as nodes of a graph: its trees' sum, the mean, the intercept, and an explicit Sigmoid for the logistic link. */
import { type Forest, MissingMode, ZERO_THRESHOLD } from '../forest/forest.js';
import { type GraphWriter, ML_DOMAIN } from './graph-writer.js';
import { type ColumnOf, treeEnsembleAttributes } from './tree-ensemble.js';

/** Names of the values [N, 1] that hold a forest's raw score and probability. */
export interface ForestOutputs {
  readonly raw: string;
  readonly probability: string;
}

/**
 * Adds a forest that reads `features` [N, width]; `places` gives the feature of each column its nodes test. The names of
 * the nodes begin with `prefix`, the outputs are called as `outputs` says.
 */
export function addForest(
  graph: GraphWriter,
  prefix: string,
  forest: Forest,
  features: string,
  width: number,
  places: Int32Array,
  outputs: ForestOutputs,
): void {
  const { input, columnOf } = withZerosMissing(graph, prefix, forest, features, width, places);
  let score = graph.node(
    `${prefix}trees`,
    'TreeEnsemble',
    [input],
    treeEnsembleAttributes(forest, columnOf),
    ML_DOMAIN,
  );
  if (forest.average) {
    let sum = 0;
    for (const weight of forest.treeWeight) sum += weight;
    const weights = graph.constant(`${prefix}weights`, Float64Array.of(sum));
    score = graph.node(`${prefix}mean`, 'Div', [score, weights]);
  }
  const intercept = graph.constant(`${prefix}intercept`, Float64Array.of(forest.intercept));
  graph.node(outputs.raw, 'Add', [score, intercept]);
  graph.node(outputs.probability, forest.link === 'logistic' ? 'Sigmoid' : 'Identity', [outputs.raw]);
}

interface ForestColumns {
  readonly input: string;
  readonly columnOf: ColumnOf;
}

/** Columns tested under missing mode Zero are appended to the features once more, their zeros as NaN. */
function withZerosMissing(
  graph: GraphWriter,
  prefix: string,
  forest: Forest,
  features: string,
  width: number,
  places: Int32Array,
): ForestColumns {
  const zeroMissing = new Set<number>();
  for (let node = 0; node < forest.feature.length; node++)
    if (forest.feature[node] >= 0 && forest.missingMode[node] === MissingMode.Zero)
      zeroMissing.add(places[forest.feature[node]]);
  const columns = Int32Array.from(zeroMissing).sort();
  const columnOf: ColumnOf = (column, isZeroMissing) =>
    isZeroMissing ? width + columns.indexOf(places[column]) : places[column];
  if (columns.length === 0) return { input: features, columnOf };
  const indices = graph.constant(`${prefix}zero_columns`, BigInt64Array.from(columns, BigInt));
  const limit = graph.constant(`${prefix}zero_limit`, Float64Array.of(ZERO_THRESHOLD));
  const nan = graph.constant(`${prefix}nan`, Float64Array.of(Number.NaN));
  const taken = graph.node(`${prefix}zero_taken`, 'Gather', [features, indices], { axis: 1 });
  const size = graph.node(`${prefix}zero_size`, 'Abs', [taken]);
  const isZero = graph.node(`${prefix}is_zero`, 'LessOrEqual', [size, limit]);
  const missing = graph.node(`${prefix}zero_missing`, 'Where', [isZero, nan, taken]);
  return { input: graph.node(`${prefix}features_and_zeros`, 'Concat', [features, missing], { axis: 1 }), columnOf };
}
