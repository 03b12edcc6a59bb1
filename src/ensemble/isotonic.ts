/**
 * Isotonic regression of labels on scores by pooling adjacent violators. It gives the pooled blocks; what becomes of
 * them is decided in calibration.ts and confidence.ts.
 */

export interface Block {
  /** Mean score of the block's rows. */
  readonly score: number;
  /** Their number, or their weight. */
  readonly rows: number;
  readonly positives: number;
}

/** Rows of equal score as one block each, by rising score; rows of weight 0 are in none. O(n log n). */
export function blocksByScore(score: Float64Array, label: Float64Array, weight?: Float64Array): Block[] {
  const all = Uint32Array.from(score.keys()).sort((a, b) => score[a] - score[b] || a - b);
  const order = weight === undefined ? all : all.filter((row) => weight[row] > 0);
  const blocks: { score: number; rows: number; positives: number }[] = [];
  for (const row of order) {
    const last = blocks.at(-1);
    const w = weight === undefined ? 1 : weight[row];
    if (last !== undefined && last.score === score[row]) {
      last.rows += w;
      last.positives += w * label[row];
    } else blocks.push({ score: score[row], rows: w, positives: w * label[row] });
  }
  return blocks;
}

/**
 * Pools neighbours until the share of positives rises strictly from block to block: the least-squares (and maximum
 * likelihood) monotone fit (Ayer et al. 1955). O(blocks).
 */
export function poolAdjacentViolators(blocks: readonly Block[]): Block[] {
  const pooled: { score: number; rows: number; positives: number }[] = [];
  for (const block of blocks) {
    let current = { ...block };
    for (let last = pooled.at(-1); last !== undefined; last = pooled.at(-1)) {
      // last.positives / last.rows >= current's, without a division: counts make this exact.
      if (last.positives * current.rows < current.positives * last.rows) break;
      pooled.pop();
      const rows = last.rows + current.rows;
      const score = (last.score * last.rows + current.score * current.rows) / rows;
      current = { score, rows, positives: last.positives + current.positives };
    }
    pooled.push(current);
  }
  return pooled;
}

/** Merges neighbours into at most `limit` blocks of about equally many rows; leaves shorter lists alone. */
export function mergeBlocks(blocks: readonly Block[], limit: number): Block[] {
  if (blocks.length <= limit) return [...blocks];
  const total = blocks.reduce((sum, block) => sum + block.rows, 0);
  const merged: { score: number; rows: number; positives: number }[] = [];
  let seen = 0;
  let slot = -1;
  for (const block of blocks) {
    const place = Math.min(limit - 1, Math.floor(((seen + block.rows / 2) / total) * limit));
    seen += block.rows;
    const last = merged.at(-1);
    if (last === undefined || place !== slot) {
      merged.push({ ...block });
      slot = place;
    } else {
      const rows = last.rows + block.rows;
      last.score = (last.score * last.rows + block.score * block.rows) / rows;
      last.rows = rows;
      last.positives += block.positives;
    }
  }
  return merged;
}
