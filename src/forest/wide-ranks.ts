/**
 * A forest's tests as ranks of two bytes: for each column the borders it is compared with, and for each node the way its
 * column is read and the rank that must be exceeded. It places nothing in memory.
 */
import { type Forest, Operator } from './forest.js';
import { type CellKind, cellKindKey, Filling } from './packed-cells.js';
import { packedTest } from './packed-nodes.js';
import type { RankedColumn } from './ranked-columns.js';

export interface WideRanks {
  readonly columns: readonly RankedColumn[];
  /** The ways columns are read: those whose missing cells are kept are read with such cells on either side. */
  readonly readings: readonly RankReading[];
  /** Index into `readings`; of no meaning at leaves. */
  readonly reading: Uint16Array;
  /** Borders below the node's own. */
  readonly rank: Uint16Array;
}

export interface RankReading {
  /** Index into `columns`. */
  readonly column: number;
  /** The rank that a missing cell is read as, where the column keeps it. */
  readonly missing: number;
}

/** Exceeds every border's rank: that of a missing cell to the right of all others. */
export const NEVER = 65_535;
/** Borders of a column, and readings, at most: the offset of a reading fits two bytes. */
const MOST_BORDERS = 65_534;
const MOST_READINGS = 4_096;

/** The tests, or undefined when there are category sets, tests that no number passes, or too many borders or readings. */
export function wideRanks(forest: Forest): WideRanks | undefined {
  const nodes = forest.feature.length;
  const readings = new Map<number, RankReading & { readonly index: number }>();
  const columnsByKey = new Map<number, { readonly cell: CellKind; readonly index: number; tests: number }>();
  const reading = new Uint16Array(nodes);
  const column = new Uint16Array(nodes);
  const thresholds = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (forest.feature[node] < 0) continue;
    if (forest.operator[node] === Operator.InSet) return undefined;
    const { cell, threshold } = packedTest(forest, node);
    if (Number.isNaN(threshold)) return undefined;
    const kept = keepsMissing(cell) ? { ...cell, filling: Filling.Keep } : cell;
    const ranked = keptOrMade(columnsByKey, cellKindKey(kept), (index) => ({ cell: kept, index, tests: 0 }));
    ranked.tests++;
    const missing = cell.filling === Filling.High ? NEVER : 0;
    const read = keptOrMade(readings, cellKindKey(cell), (index) => ({ column: ranked.index, missing, index }));
    if (read.index === MOST_READINGS) return undefined;
    column[node] = ranked.index;
    reading[node] = read.index;
    // −0 and 0 are one border.
    thresholds[node] = threshold + 0;
  }
  const found = [...columnsByKey.values()];
  const all = found.map(({ tests }) => new Float64Array(tests));
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
  return { columns, readings: [...readings.values()], reading, rank };
}

function keptOrMade<V>(values: Map<number, V>, key: number, make: (index: number) => V): V {
  const known = values.get(key) ?? make(values.size);
  values.set(key, known);
  return known;
}

/** Whether missing cells are ranked as missing, for each reading to place where it likes. */
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
