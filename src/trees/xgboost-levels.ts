/**
 * Which nodes the original looks for splits of when it grows level by level under `max_leaves` (src/tree/driver.h): it
 * splits 256 nodes of a level at a time, and looks at their children only if leaves are left after all of these. The trees
 * would be the same without this; what is drawn for the nodes, and so for later trees, would not.
 */
const BATCH = 256;

export class XgboostLevels {
  readonly #maxLeaves: number;
  /** Nodes of each level that have a split, and that were asked for. */
  readonly #open: number[] = [];
  readonly #asked: number[] = [];

  constructor(maxLeaves: number) {
    this.#maxLeaves = maxLeaves;
  }

  /** To be asked once a node, in the order of growth; false: the node is not looked at. */
  isLooked(depth: number): boolean {
    const parent = Math.floor((this.#asked[depth] ?? 0) / 2);
    this.#asked[depth] = (this.#asked[depth] ?? 0) + 1;
    if (depth === 0) return true;
    let leaves = 1;
    for (let level = 0; level < depth - 1; level++) leaves += this.#open[level];
    leaves += Math.min(this.#open[depth - 1], (Math.floor(parent / BATCH) + 1) * BATCH);
    return leaves < this.#maxLeaves;
  }

  /** A node of the level has a split. */
  open(depth: number): void {
    this.#open[depth] = (this.#open[depth] ?? 0) + 1;
  }
}
