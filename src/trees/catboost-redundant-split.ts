/** Splits that divide no row from another any more: a tree that has one drops it and is done (CatBoost, GetRedundantSplitIdx). */
import type { KernelMemory } from '../kernels/memory.js';
import type { CatboostColumns } from './catboost-columns.js';
import { type BestSplit, type Leaves, splitTest, type TreeSplit } from './catboost-split.js';

/**
 * Which leaves no training row is in after the last split. The sample tells most of the time: only when it makes a
 * split look redundant are all rows asked.
 */
export function emptyLeaves(
  memory: KernelMemory,
  columns: CatboostColumns,
  best: BestSplit,
  leaves: Leaves,
  splits: readonly TreeSplit[],
  permutation: number,
): boolean[] {
  const { candidate, split } = best;
  const count = 2 ** (splits.length - 1);
  const segments = leaves.from.length / count;
  const lane = split.lane - candidate.firstLane;
  const empty = new Array<boolean>(count * 2).fill(true);
  for (let range = 0; range < leaves.from.length; range++) {
    const leaf = Math.floor(range / segments);
    const at = candidate.histogram + (leaves.slot[range] * 4 + lane) * candidate.laneBytes;
    const bins = memory.i64(at, candidate.buckets[lane] * 2);
    for (let b = 0; b < bins.length / 2; b++) {
      if (bins[b * 2 + 1] === 0n) continue;
      const answer = candidate.oneHot[lane] ? b === split.bin : b > split.bin;
      empty[answer ? leaf + count : leaf] = false;
    }
  }
  if (redundantSplit(empty) < 0) return empty;
  const filled = new Uint8Array(count * 2);
  const tests = splits.map((one) => {
    const { address, lane: at, bin, oneHot } = splitTest(columns, one, permutation);
    return { bins: memory.u8(address + at, columns.trainRows * 4 - 3), bin, oneHot };
  });
  for (let row = 0; row < columns.trainRows; row++) {
    let leaf = 0;
    for (let s = 0; s < tests.length; s++) {
      const { bins, bin, oneHot } = tests[s];
      const value = bins[row * 4];
      if (oneHot ? value === bin : value > bin) leaf |= 1 << s;
    }
    filled[leaf] = 1;
  }
  return Array.from(filled, (has) => has === 0);
}

/** The first split whose two sides are never both there, −1 for none (leaves by index, bit j is split j). */
export function redundantSplit(empty: readonly boolean[]): number {
  for (let bit = 1, split = 0; bit < empty.length; bit *= 2, split++) {
    let needed = false;
    for (let leaf = 0; leaf < empty.length; leaf++) {
      if ((leaf & bit) === 0 && !empty[leaf] && !empty[leaf | bit]) needed = true;
    }
    if (!needed) return split;
  }
  return -1;
}
