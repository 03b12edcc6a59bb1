/**
 * Who plays in a forest's game. A player is a set of inputs: the columns (an input itself, or target statistics) computed
 * from the same inputs are one player and come and go together, so a category's statistic and its one-hot tests are the
 * category's. A player of several inputs, a combination, leaves equal parts of its value to each of them, as CatBoost
 * does (catboost/libs/fstr/shap_values.cpp, combination classes).
 */
import type { Forest } from '../forest/forest.js';

export interface ShapPlayers {
  /** The inputs of each player, ascending; the inputs' own players come first, in the inputs' order. */
  readonly inputs: readonly (readonly number[])[];
  /** The player of each column of the forest. */
  readonly ofColumn: Int32Array;
}

export function shapPlayers({ inputs, targetStatistics }: Pick<Forest, 'inputs' | 'targetStatistics'>): ShapPlayers {
  const players = inputs.map((_, input) => [input]);
  const numbers = new Map(inputs.map((_, input) => [String(input), input]));
  const ofStatistics = targetStatistics.map(({ parts }) => {
    const sources = [...new Set(parts.map((part) => part.input))].sort((a, b) => a - b);
    const key = sources.join();
    const known = numbers.get(key) ?? players.length;
    if (known === players.length) {
      players.push(sources);
      numbers.set(key, known);
    }
    return known;
  });
  return { inputs: players, ofColumn: Int32Array.from([...inputs.keys(), ...ofStatistics]) };
}

/** Adds one row's values of the players to the values of the inputs. */
export function shareValues(players: ShapPlayers, values: Float64Array, out: Float64Array): void {
  players.inputs.forEach((inputs, player) => {
    for (const input of inputs) out[input] += values[player] / inputs.length;
  });
}

/** The same for a matrix of pairs: a pair of players leaves equal parts to every pair of their inputs. */
export function sharePairs(players: ShapPlayers, values: Float64Array, out: Float64Array, width: number): void {
  const count = players.inputs.length;
  players.inputs.forEach((rows, i) => {
    players.inputs.forEach((columns, j) => {
      const part = values[i * count + j] / rows.length / columns.length;
      if (part !== 0) for (const row of rows) for (const column of columns) out[row * width + column] += part;
    });
  });
}
