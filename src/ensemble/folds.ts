/** Folds for cross-fitting: rows of one unit (a session) share a fold, and every fold gets its part of the positives. */
import { Random } from '../base/random.js';

/** The fold of every row, 0 … folds − 1; seeded. Units that hold a positive are dealt out first, then the others. */
export function assignFolds(
  label: Float64Array,
  unit: ArrayLike<number> | undefined,
  folds: number,
  seed: number,
): Uint8Array {
  const numbers = new Map<number, number>();
  const unitOf = Uint32Array.from({ length: label.length }, (_, row) => {
    const key = unit === undefined ? row : unit[row];
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  const positive = new Uint8Array(numbers.size);
  for (let row = 0; row < label.length; row++) if (label[row] === 1) positive[unitOf[row]] = 1;
  const order = new Random(seed, 0x666f6c64).shuffle(Uint32Array.from({ length: numbers.size }, (_, i) => i));
  const foldOf = new Uint8Array(numbers.size);
  let dealt = 0;
  for (const wanted of [1, 0]) for (const u of order) if (positive[u] === wanted) foldOf[u] = dealt++ % folds;
  return Uint8Array.from(unitOf, (u) => foldOf[u]);
}

/** The number of distinct units. */
export function countUnits(unit: ArrayLike<number> | undefined, rows: number): number {
  return unit === undefined ? rows : new Set(Array.from(unit)).size;
}
