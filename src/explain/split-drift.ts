/** Drift between each two parts of a split, feature by feature: drift.ts for every pair. It draws no rows. */
import type { Matrix } from '../table/matrix.js';
import { drift } from './drift.js';
import type { FeatureDrift, SplitDrift, SplitFeatureDrift } from './insight-data.js';

export interface DriftPart {
  readonly name: string;
  /** At least one row. */
  readonly matrix: Matrix;
  /** Rows the matrix was drawn from. */
  readonly rows: number;
}

/** Parts in time order, of the same columns; the `most` features that move furthest are kept. O(pairs · rows log rows · columns). */
export function splitDrift(parts: readonly DriftPart[], most: number): SplitDrift {
  const pairs = parts.flatMap((_, a) => parts.slice(a + 1).map((__, i): [number, number] => [a, a + 1 + i]));
  const found = pairs.map(
    ([a, b]) => new Map(drift(parts[a].matrix, parts[b].matrix).map((one) => [one.feature, one])),
  );
  const features = (parts[0]?.matrix.columns ?? [])
    .map(({ name }) => featureDrift(name, pairs, found, parts.length))
    .sort((a, b) => largest(b) - largest(a) || (a.feature < b.feature ? -1 : 1));
  return {
    parts: parts.map(({ name, matrix, rows }) => ({ name, rows, sampled: matrix.rows })),
    pairs,
    moved: pairs.map((_, p) => features.filter((one) => one.pairs[p].level !== 'none').length),
    features: pairs.length === 0 ? [] : features.slice(0, most),
    of: features.length,
  };
}

function featureDrift(
  feature: string,
  pairs: readonly (readonly [number, number])[],
  found: readonly ReadonlyMap<string, FeatureDrift>[],
  parts: number,
): SplitFeatureDrift {
  const missing = new Array<number>(parts).fill(0);
  const own = pairs.map(([a, b], p) => {
    const one = found[p].get(feature) as FeatureDrift;
    [missing[a], missing[b]] = one.missing;
    const { psi, psi_chance, ks, ks_p, level } = one;
    return { psi, psi_chance, ks, ks_p, level };
  });
  return { feature, pairs: own, missing };
}

const largest = ({ pairs }: SplitFeatureDrift) => Math.max(0, ...pairs.map(({ psi }) => psi));
