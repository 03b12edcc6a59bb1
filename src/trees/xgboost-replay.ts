/**
 * Draws again what XGBoost drew for the trees of a finished model, so that training that goes on from it draws as if it had
 * never stopped. It grows nothing: which nodes were looked at, and in which order, follows from the finished trees. (The
 * original begins anew with its seed: its further trees see the rows and columns of its first ones.)
 */
import { type Forest, Operator } from '../forest/forest.js';
import type { XgboostColumns } from './xgboost-columns.js';
import type { XgboostGrowth } from './xgboost-growth.js';
import { XgboostLevels } from './xgboost-levels.js';
import type { RowSampler } from './xgboost-row-sample.js';

interface Node {
  /** In the forest. */
  readonly at: number;
  readonly depth: number;
}

/** `growth` must be that of the finished model, `rows` its training rows. */
export function replayDraws(
  forest: Forest,
  growth: XgboostGrowth,
  rows: number,
  columns: XgboostColumns,
  sampler: RowSampler,
): void {
  for (let tree = 0; tree < forest.treeWeight.length; tree++) {
    sampler.skip(rows);
    columns.beginTree();
    replayTree(forest, forest.treeStart[tree], growth, columns);
  }
}

/** The loop of `grow.ts` over a tree that is there. */
function replayTree(forest: Forest, root: number, growth: XgboostGrowth, columns: XgboostColumns): void {
  const { maxDepth, lossGuide } = growth;
  const maxLeaves = growth.maxLeaves === 0 ? Number.POSITIVE_INFINITY : growth.maxLeaves;
  const levels = lossGuide ? undefined : new XgboostLevels(maxLeaves);
  const open: Node[] = [];
  const look = (at: number, depth: number): void => {
    if (levels?.isLooked(depth) === false) return;
    columns.nextNode(depth);
    if (forest.feature[at] < 0) return;
    open.push({ at, depth });
    levels?.open(depth);
  };
  if (maxLeaves > 1) look(root, 0);
  for (let leaves = 2; open.length > 0; leaves++) {
    const { at, depth } = open.splice(lossGuide ? largestGain(forest, open) : 0, 1)[0];
    if (leaves >= maxLeaves || (maxDepth !== 0 && depth + 1 >= maxDepth)) continue;
    // A category set's left side is the original's right one.
    const swapped = forest.operator[at] === Operator.InSet;
    look(swapped ? forest.right[at] : forest.left[at], depth + 1);
    look(swapped ? forest.left[at] : forest.right[at], depth + 1);
  }
}

/** Of equal gains the first: nodes were opened in the order of their making. */
function largestGain({ gain }: Forest, open: readonly Node[]): number {
  let best = 0;
  for (let i = 1; i < open.length; i++) if (gain[open[i].at] > gain[open[best].at]) best = i;
  return best;
}
