/** The finished CatBoost model as a Forest: splits as columns and borders, target statistics as tables. */
import type { Forest, ForestInput, TargetStatistic, TargetStatisticPart } from '../forest/forest.js';
import { ForestBuilder } from '../forest/forest-builder.js';
import { foldKeys, learnFolds } from '../forest/key-folding.js';
import type { Matrix } from '../table/matrix.js';
import type { CatboostColumns } from './catboost-columns.js';
import { PRIORS, type TreeSplit } from './catboost-split.js';
import type { StatisticTotals } from './catboost-target-statistics.js';

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

class StatisticTables {
  readonly list: TargetStatistic[] = [];
  readonly #inputs: readonly ForestInput[];
  readonly #columns: CatboostColumns;
  readonly #totals: ReadonlyMap<string, StatisticTotals>;
  readonly #train: Matrix;
  readonly #index = new Map<string, number>();
  readonly #tables = new Map<string, Omit<TargetStatistic, 'type' | 'prior'> & { readonly largest: number }>();

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
  index(split: TreeSplit): number {
    const key = `${split.lane} ${split.combination?.key}`;
    let index = this.#index.get(key);
    if (index === undefined) {
      index = this.list.length;
      this.#index.set(key, index);
      const { largest, ...table } = this.#table(split);
      if (split.lane < PRIORS.length) this.list.push({ type: 'borders', prior: PRIORS[split.lane], ...table });
      else {
        const { denominator } = table;
        this.list.push({ type: 'counter', prior: 0, ...table, numerator: denominator, counterDenominator: largest });
      }
    }
    return index;
  }

  #table({ combination }: TreeSplit): Omit<TargetStatistic, 'type' | 'prior'> & { readonly largest: number } {
    const key = combination?.key as string;
    let table = this.#tables.get(key);
    if (table === undefined) {
      const { firstRow, rows, positives, largest } = this.#totals.get(key) as StatisticTotals;
      const parts = this.#parts(combination as NonNullable<typeof combination>);
      const folds = learnFolds(this.#inputs, parts, this.#train);
      const used = new Set(parts.map((part) => part.input));
      const firsts = this.#train.columns.map((column, c) => ({
        ...column,
        values: used.has(c) ? Float64Array.from(firstRow, (row) => column.values[row]) : new Float64Array(0),
      }));
      const sample: Matrix = { rows: firstRow.length, columns: firsts };
      const keys = foldKeys(this.#inputs, parts, folds, sample, 0, firstRow.length);
      const order = Uint32Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
      table = {
        parts,
        priorWeight: 1,
        shift: 0,
        scale: 15,
        folds,
        keys: Float64Array.from(order, (i) => keys[i]),
        numerator: Float64Array.from(order, (i) => positives[i]),
        denominator: Float64Array.from(order, (i) => rows[i]),
        largest,
      };
      this.#tables.set(key, table);
    }
    return table;
  }

  #parts({ categories, splits }: NonNullable<TreeSplit['combination']>): TargetStatisticPart[] {
    const parts: TargetStatisticPart[] = categories.map((c) => ({ input: this.#columns.categories[c].column }));
    for (const { quad, lane, bin } of splits) {
      const { column, borders, oneHot, missingTrue } = this.#columns.quads[quad].lanes[lane];
      if (oneHot) parts.push({ input: column, equals: borders[bin] });
      else parts.push({ input: column, border: borders[bin], missingTrue });
    }
    return parts;
  }
}
