/**
 * A forest's tests as ranks of two bytes: for each column the borders it is compared with, and for each node its column, the
 * rank that must be exceeded and where a missing cell goes. It places nothing in memory.
 */
import { type Forest, Operator } from './forest.js';
import { type CellKind, cellKindKey, Filling } from './packed-cells.js';
import { packedTest } from './packed-nodes.js';
import type { RankedColumn } from './ranked-columns.js';

export interface WideRanks {
  readonly columns: readonly RankedColumn[];
  /** Index into `columns`; of no meaning at leaves. */
  readonly column: Uint16Array;
  /** Borders below the node's own. */
  readonly rank: Uint16Array;
  /** 1 where a cell that is kept as missing goes left. */
  readonly missingLeft: Uint8Array;
}

/** Borders of a column, and columns, at most. */
const MOST_BORDERS = 65_533;
const MOST_COLUMNS = 32_767;

/** The tests, or undefined when there are category sets, tests that no number passes, or too many borders or columns. */
export function wideRanks(forest: Forest): WideRanks | undefined {
  const nodes = forest.feature.length;
  const kinds = new Map<number, { readonly cell: CellKind; readonly index: number; count: number }>();
  const column = new Uint16Array(nodes);
  const missingLeft = new Uint8Array(nodes);
  const thresholds = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (forest.feature[node] < 0) continue;
    if (forest.operator[node] === Operator.InSet) return undefined;
    const { cell, threshold } = packedTest(forest, node);
    if (Number.isNaN(threshold)) return undefined;
    // Nodes that only differ in where a missing cell goes share a column.
    const kept = keepsMissing(cell);
    const shared = kept ? { ...cell, filling: Filling.Keep } : cell;
    const key = cellKindKey(shared);
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = { cell: shared, index: kinds.size, count: 0 };
      kinds.set(key, kind);
      if (kinds.size > MOST_COLUMNS) return undefined;
    }
    kind.count++;
    column[node] = kind.index;
    missingLeft[node] = kept && cell.filling === Filling.Low ? 1 : 0;
    // −0 and 0 are one border.
    thresholds[node] = threshold + 0;
  }
  const found = [...kinds.values()];
  const all = found.map(({ count }) => new Float64Array(count));
  const filled = new Uint32Array(found.length);
  for (let node = 0; node < nodes; node++) {
    if (forest.feature[node] >= 0) all[column[node]][filled[column[node]]++] = thresholds[node];
  }
  const columns = found.map(({ cell }, c) => ({ cell, borders: distinct(all[c].sort()) }));
  if (columns.some(({ borders }) => borders.length > MOST_BORDERS)) return undefined;
  const rank = new Uint16Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (forest.feature[node] >= 0) rank[node] = placeOf(columns[column[node]].borders, thresholds[node]);
  }
  return { columns, column, rank, missingLeft };
}

/** Whether the kind's missing cells are ranked as missing, for each node to send where it likes. */
function keepsMissing({ zeroMissing, filling }: CellKind): boolean {
  return !zeroMissing && (filling === Filling.Low || filling === Filling.High);
}

function distinct(ascending: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  let count = 0;
  for (let i = 0; i < ascending.length; i++)
    if (i === 0 || ascending[i] !== ascending[i - 1]) ascending[count++] = ascending[i];
  return ascending.slice(0, count);
}

function placeOf(borders: Float64Array, border: number): number {
  let [low, high] = [0, borders.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (borders[middle] < border) low = middle + 1;
    else high = middle;
  }
  return low;
}
