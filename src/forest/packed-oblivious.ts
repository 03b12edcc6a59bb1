/**
 * Symmetric trees as the kernel `scoreOblivious` reads them (layout in kernels/assembly/predict.ts). Each tested column
 * becomes a column of bins: how many of the forest's borders lie below the cell. A split `x > border` is then `bin >
 * rank of the border`, exactly, sixteen rows an instruction.
 */
import type { Forest, ObliviousTrees } from './forest.js';

/** A column of bins: its source column, its borders, ascending, and the bin of NaN. */
export interface BinnedColumn {
  readonly column: number;
  readonly borders: Float64Array;
  /** The bin is 1 where the cell equals the one border. */
  readonly equal: boolean;
  readonly nanBin: number;
}

export interface PackedOblivious {
  readonly columns: readonly BinnedColumn[];
  /** u32 first split, u32 number of splits, u32 byte offset of the leaves a tree. */
  readonly trees: Uint32Array;
  /** Index of the split's binned column, rank − 128 of its border. */
  readonly splits: Int32Array;
  /** Leaves, the tree's weight multiplied in. */
  readonly leaves: Float64Array;
}

/** A bin is one byte. */
const MAX_BORDERS = 255;

/** The packed form; undefined when a column has more than 255 borders (then the nodes are walked instead). */
export function packOblivious(forest: Forest, oblivious: ObliviousTrees): PackedOblivious | undefined {
  const { splitFeature, splitBorder, splitOneHot, splitMissingTrue, splitStart, leafStart } = oblivious;
  const bordersOf = new Map<string, Set<number>>();
  const keys = Array.from(splitFeature, (column, s) => {
    // A one-hot test has a column of bins for itself; −0 and 0 are one border.
    const border = splitBorder[s] + 0;
    const key = `${column} ${splitMissingTrue[s]} ${splitOneHot[s] === 1 ? border : 'x'}`;
    let borders = bordersOf.get(key);
    if (borders === undefined) {
      borders = new Set();
      bordersOf.set(key, borders);
    }
    borders.add(border);
    return key;
  });
  const columns: BinnedColumn[] = [];
  const indexOf = new Map<string, number>();
  keys.forEach((key, s) => {
    if (indexOf.has(key)) return;
    const equal = splitOneHot[s] === 1;
    const borders = Float64Array.from(bordersOf.get(key) as Set<number>).sort();
    // "Category is missing": no cell equals NaN, and NaN itself takes nanBin.
    if (equal && borders[0] < 0) borders[0] = Number.NaN;
    indexOf.set(key, columns.length);
    columns.push({
      column: splitFeature[s],
      borders,
      equal,
      nanBin: splitMissingTrue[s] === 1 ? borders.length : 0,
    });
  });
  if (columns.some(({ borders }) => borders.length > MAX_BORDERS)) return undefined;
  const trees = new Uint32Array(forest.treeWeight.length * 3);
  const leaves = new Float64Array(oblivious.leafValue.length);
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    trees.set([splitStart[tree], splitStart[tree + 1] - splitStart[tree], leafStart[tree] * 8], tree * 3);
    for (let leaf = leafStart[tree]; leaf < leafStart[tree + 1]; leaf++)
      leaves[leaf] = forest.treeWeight[tree] * oblivious.leafValue[leaf];
  }
  const splits = new Int32Array(splitFeature.length * 2);
  const ranks = columns.map(({ borders }) => new Map(Array.from(borders, (border, rank) => [border, rank])));
  keys.forEach((key, s) => {
    const index = indexOf.get(key) as number;
    const rank = splitOneHot[s] === 1 ? 0 : (ranks[index].get(splitBorder[s] + 0) as number);
    splits.set([index, rank - 128], s * 2);
  });
  return { columns, trees, splits, leaves };
}
