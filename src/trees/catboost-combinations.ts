/** Which combinations of categorical columns a level tries (CatBoost, AddSimpleCtrs and AddTreeCtrs). It makes no statistics. */
import { type Combination, type SplitPart, splitKey } from './catboost-combination.js';
import type { TreeSplit } from './catboost-split.js';
import type { TargetStatistics } from './catboost-target-statistics.js';

/**
 * Every categorical column, and every one added to the tree's own numeric and one-hot splits or to a combination that
 * the tree uses, up to `complexity` columns, where the tree's own splits count as one. `takes` is asked for each (rsm).
 */
export function combinationsToTry(
  statistics: TargetStatistics,
  categories: number,
  splits: readonly TreeSplit[],
  complexity: number,
  takes: () => boolean,
): Combination[] {
  const found = new Map<string, Combination>();
  const add = (list: readonly number[], parts: readonly SplitPart[]) => {
    const combination = statistics.combination(list, parts);
    found.set(combination.key, combination);
  };
  for (let c = 0; c < categories; c++) if (takes()) add([c], []);
  for (const base of bases(splits)) {
    const length = base.categories.length + 1 + (base.splits.length > 0 ? 1 : 0);
    for (let c = 0; c < categories; c++) {
      if (!takes() || base.categories.includes(c) || length > complexity) continue;
      const list = [...base.categories, c].sort((a, b) => a - b);
      add(list, base.splits);
    }
  }
  return [...found.values()];
}

type Base = Pick<Combination, 'categories' | 'splits'>;

function bases(splits: readonly TreeSplit[]): Base[] {
  const own = new Map<string, SplitPart>();
  const used = new Map<string, Base>();
  for (const { quad, lane, bin, combination } of splits) {
    if (combination !== undefined) used.set(combination.key, combination);
    else own.set(splitKey([{ quad, lane, bin }]), { quad, lane, bin });
  }
  const ownBase = { categories: [], splits: [...own.values()] };
  return own.size > 0 ? [ownBase, ...used.values()] : [...used.values()];
}
