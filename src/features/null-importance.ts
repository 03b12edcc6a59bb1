/**
 * Null importances (Altmann, Toloşi, Sander and Lengauer, "Permutation importance: a corrected feature importance measure",
 * Bioinformatics 26(10), 2010): a feature's importance beside those it has when the outcome is shuffled, which are chance.
 * It trains nothing: importances come from outside.
 */
import type { Random } from '../base/random.js';

export interface NullImportance {
  readonly feature: string;
  /** The gain of its splits with the true outcome. */
  readonly gain: number;
  /** The gain that shuffled outcomes exceed in one run of twenty. */
  readonly chance: number;
  /** (1 + shuffled runs with at least its gain) / (1 + runs): Altmann's non-parametric p value. */
  readonly p: number;
}

/** A feature is told from chance when its p value is at most this. */
export const NULL_LEVEL = 0.05;
/** The fewest shuffled outcomes with which a p value can be below the level, twice over. */
export const NULL_RUNS = 39;

/** `shuffled`: the gains of each run, in the order of the features. */
export function nullImportances(
  features: readonly string[],
  gains: ArrayLike<number>,
  shuffled: readonly ArrayLike<number>[],
): NullImportance[] {
  return features.map((feature, f) => {
    const chances = Float64Array.from(shuffled, (run) => run[f]).sort();
    const reached = chances.reduce((count, chance) => count + (chance >= gains[f] ? 1 : 0), 0);
    const chance = chances[Math.min(chances.length - 1, Math.ceil((1 - NULL_LEVEL) * chances.length) - 1)] ?? 0;
    return { feature, gain: gains[f], chance, p: (1 + reached) / (1 + shuffled.length) };
  });
}

/**
 * The labels in another order. With `unit` (the session of each row) whole units change places, so that labels still come
 * in runs: rows of a session are alike, and shuffled one by one they would make chance look smaller than it is.
 */
export function shuffledLabels(label: Float64Array, unit: Int32Array | undefined, random: Random): Float64Array {
  if (unit === undefined) return random.shuffle(label.slice());
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < label.length; row++) {
    const rows = rowsOf.get(unit[row]);
    if (rows === undefined) rowsOf.set(unit[row], [row]);
    else rows.push(row);
  }
  const units = [...rowsOf.values()];
  const order = random.shuffle(Int32Array.from(units, (_, u) => u));
  const labels = Array.from(order, (u) => units[u]).flat();
  const places = units.flat();
  const shuffled = new Float64Array(label.length);
  for (let i = 0; i < places.length; i++) shuffled[places[i]] = label[labels[i]];
  return shuffled;
}
