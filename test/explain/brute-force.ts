/** SHAP by its definition: the value of every coalition of players, then the sum over all subsets. For 12 players at most. */
import { coverOf, coverRatio } from '#ecomml/explain/shap-plan.js';
import { type ShapPlayers, shapPlayers } from '#ecomml/explain/shap-players.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { targetStatisticColumns } from '#ecomml/forest/target-statistics.js';
import { goesLeft, walkRow } from '#ecomml/forest/walk.js';
import type { Matrix } from '#ecomml/table/matrix.js';

export function allColumns(forest: Forest, matrix: Matrix, row: number): Float64Array {
  const statistics = targetStatisticColumns(forest, matrix, row, row + 1);
  return Float64Array.from([...matrix.columns.map((c) => c.values[row]), ...statistics.map((s) => s[0])]);
}

/** The value of each coalition (bit p: player p is known). */
export function coalitions(forest: Forest, players: ShapPlayers, row: Float64Array, others?: Float64Array[]): number[] {
  const cover = coverOf(forest);
  const total = forest.average ? forest.treeWeight.reduce((a, b) => a + b, 0) : 1;
  const expected = (node: number, known: number): number => {
    const column = forest.feature[node];
    if (column < 0) return forest.value[node];
    const [l, r] = [forest.left[node], forest.right[node]];
    if ((known >> players.ofColumn[column]) & 1) return expected(goesLeft(forest, node, row[column]) ? l : r, known);
    return coverRatio(cover, l, r) * expected(l, known) + coverRatio(cover, r, l) * expected(r, known);
  };
  return Array.from({ length: 2 ** players.inputs.length }, (_, known) => {
    if (others !== undefined) {
      const mixed = (other: Float64Array) =>
        row.map((cell, column) => ((known >> players.ofColumn[column]) & 1 ? cell : other[column]));
      return others.reduce((sum, other) => sum + walkRow(forest, mixed(other)), 0) / others.length;
    }
    let sum = forest.intercept;
    for (let t = 0; t < forest.treeWeight.length; t++)
      sum += (forest.treeWeight[t] / total) * expected(forest.treeStart[t], known);
    return sum;
  });
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Shapley values of a game of n players. */
export function shapley(value: readonly number[], n: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let s = 0; s < value.length; s++) {
      if ((s >> i) & 1) continue;
      const size = s.toString(2).replaceAll('0', '').length;
      sum += ((factorial(size) * factorial(n - size - 1)) / factorial(n)) * (value[s | (1 << i)] - value[s]);
    }
    return sum;
  });
}

/** SHAP interaction values (Lundberg et al. 2020, equations 8 to 10). */
export function shapleyPairs(value: readonly number[], n: number): number[][] {
  const alone = shapley(value, n);
  const pairs = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      let sum = 0;
      if (i === j) return 0;
      for (let s = 0; s < value.length; s++) {
        if ((s >> i) & 1 || (s >> j) & 1) continue;
        const size = s.toString(2).replaceAll('0', '').length;
        const weight = (factorial(size) * factorial(n - size - 2)) / (2 * factorial(n - 1));
        sum += weight * (value[s | (1 << i) | (1 << j)] - value[s | (1 << i)] - value[s | (1 << j)] + value[s]);
      }
      return sum;
    }),
  );
  for (let i = 0; i < n; i++) pairs[i][i] = alone[i] - pairs[i].reduce((a, b) => a + b, 0);
  return pairs;
}

/** Players' values shared among the inputs: equal parts, as documented in shap-players.ts. */
export function ofInputs(forest: Forest, values: readonly number[]): number[] {
  const out = forest.inputs.map(() => 0);
  for (const [player, inputs] of shapPlayers(forest).inputs.entries())
    for (const input of inputs) out[input] += values[player] / inputs.length;
  return out;
}
