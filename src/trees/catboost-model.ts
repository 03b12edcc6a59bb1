/** The finished CatBoost model as a Forest: splits as columns and borders, target statistics as tables. */
import type { Forest, ForestInput, TargetStatistic, TargetStatisticPart } from '../forest/forest.js';
import { ForestBuilder } from '../forest/forest-builder.js';
import { foldKeys, learnFolds } from '../forest/key-folding.js';
import type { Matrix } from '../table/matrix.js';
import type { CatboostColumns } from './catboost-columns.js';
import type { Combination, StatisticTotals } from './catboost-combination.js';
import type { TreeSplit } from './catboost-split.js';
import { Counted } from './catboost-statistic-lanes.js';

/** Borders of a statistic are k − 10^−6, as in the original: a value of exactly k lies above. */
const BELOW = 1e-6;

export interface CatboostTree {
  readonly splits: readonly TreeSplit[];
  /** With the learning rate in them. */
  readonly leafValue: Float64Array;
  readonly leafWeight: Float64Array;
  readonly leafRows: Float64Array;
  readonly leafHessian: Float64Array;
}

export function catboostForest(
  trees: readonly CatboostTree[],
  columns: CatboostColumns,
  totals: ReadonlyMap<string, StatisticTotals>,
  train: Matrix,
  intercept: number,
  parameters: Forest['parameters'],
): Forest {
  const inputs: ForestInput[] = train.columns.map(({ name, kind, categories }) =>
    categories === undefined ? { name, kind } : { name, kind, categories },
  );
  const statistics = new StatisticTables(inputs, columns, totals, train);
  const builder = new ForestBuilder();
  for (const { splits, leafValue, leafWeight, leafRows, leafHessian } of trees) {
    const tests = splits.map((split) => {
      const gain = Math.max(0, split.score);
      if (split.combination !== undefined) {
        return { feature: inputs.length + statistics.index(split), border: split.bin + 1 - BELOW, gain };
      }
      const lane = columns.quads[split.quad].lanes[split.lane];
      const border = lane.borders[split.bin];
      return lane.oneHot
        ? { feature: lane.column, border, oneHot: true, missingTrue: border === -2, gain }
        : { feature: lane.column, border, missingTrue: lane.missingTrue, gain };
    });
    builder.addObliviousTree(tests, leafValue, leafWeight, { leafCount: leafRows, leafHessian });
  }
  return builder.finish({
    family: 'catboost',
    inputs,
    targetStatistics: statistics.list,
    intercept,
    link: 'logistic',
    parameters,
  });
}

/** What the statistics of one combination share, in the order of the keys. */
interface StatisticTable extends Pick<TargetStatistic, 'parts' | 'folds' | 'keys'> {
  readonly rows: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: () => Float64Array;
  /** Of Counter. */
  readonly counted: Float64Array;
  readonly largest: number;
}

class StatisticTables {
  readonly list: TargetStatistic[] = [];
  readonly #inputs: readonly ForestInput[];
  readonly #columns: CatboostColumns;
  readonly #totals: ReadonlyMap<string, StatisticTotals>;
  readonly #train: Matrix;
  readonly #index = new Map<string, number>();
  readonly #tables = new Map<string, StatisticTable>();

  constructor(
    inputs: readonly ForestInput[],
    columns: CatboostColumns,
    totals: ReadonlyMap<string, StatisticTotals>,
    train: Matrix,
  ) {
    this.#inputs = inputs;
    this.#columns = columns;
    this.#totals = totals;
    this.#train = train;
  }

  /** The statistic's number; made when first asked for. */
  index({ lane, combination }: TreeSplit): number {
    const { lanes, key } = combination as Combination;
    const name = `${lane} ${key}`;
    let index = this.#index.get(name);
    if (index === undefined) {
      index = this.list.length;
      this.#index.set(name, index);
      const { positives, negatives, rows, counted, largest, ...table } = this.#table(combination as Combination);
      const { type, prior, shift, scale, counted: what } = lanes[lane];
      const common = { type, prior, priorWeight: 1, shift, scale, ...table };
      if (type === 'counter') {
        this.list.push({ ...common, numerator: counted, denominator: counted, counterDenominator: largest });
      } else {
        const numerator = what === Counted.Negatives ? negatives() : positives;
        this.list.push({ ...common, numerator, denominator: rows });
      }
    }
    return index;
  }

  #table(combination: Combination): StatisticTable {
    let table = this.#tables.get(combination.key);
    if (table === undefined) {
      const totals = this.#totals.get(combination.key) as StatisticTotals;
      const { firstRow, largest } = totals;
      const parts = this.#parts(combination);
      const folds = learnFolds(this.#inputs, parts, this.#train);
      const used = new Set(parts.map((part) => part.input));
      const firsts = this.#train.columns.map((column, c) => ({
        ...column,
        values: used.has(c) ? Float64Array.from(firstRow, (row) => column.values[row]) : new Float64Array(0),
      }));
      const sample: Matrix = { rows: firstRow.length, columns: firsts };
      const keys = foldKeys(this.#inputs, parts, folds, sample, 0, firstRow.length);
      const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
      const ordered = (values: ArrayLike<number>) => Float64Array.from(order, (i) => values[i]);
      const [rows, positives] = [ordered(totals.rows), ordered(totals.positives)];
      const counted = totals.counted === totals.rows ? rows : ordered(totals.counted);
      let negatives: Float64Array | undefined;
      table = {
        parts,
        folds,
        keys: ordered(keys),
        rows,
        positives,
        negatives: () => {
          negatives ??= rows.map((count, i) => count - positives[i]);
          return negatives;
        },
        counted,
        largest,
      };
      this.#tables.set(combination.key, table);
    }
    return table;
  }

  #parts({ categories, splits }: Combination): TargetStatisticPart[] {
    const parts: TargetStatisticPart[] = categories.map((c) => ({ input: this.#columns.categories[c].column }));
    for (const { quad, lane, bin } of splits) {
      const { column, borders, oneHot, missingTrue } = this.#columns.quads[quad].lanes[lane];
      if (oneHot) parts.push({ input: column, equals: borders[bin] });
      else parts.push({ input: column, border: borders[bin], missingTrue });
    }
    return parts;
  }
}
