/**
 * A forest's tests as ranks and ids, which fit in a byte or two: `x <= threshold` becomes "the rank of x does not exceed
 * the threshold's", exactly, and a category set becomes a byte a category. It does not place anything in memory.
 */
import { type Forest, Operator } from './forest.js';
import { type CellKind, cellKindKey } from './packed-cells.js';
import { packedTest } from './packed-nodes.js';
import { MAX_BORDERS } from './rank-table.js';

/** Cells of one kind and the ascending thresholds that the forest compares them with. */
export interface RankedColumn {
  readonly cell: CellKind;
  readonly borders: Float64Array;
}

/** A categorical column whose codes are renumbered: 0 is every code that no set has, 1 … those of the sets. */
export interface IdColumn {
  readonly column: number;
  /** Id by code, up to the last code of any set. */
  readonly ids: Uint16Array;
  /** The id of NaN; ids are at most this. */
  readonly missing: number;
}

export interface RankedTests {
  readonly ranked: readonly RankedColumn[];
  readonly coded: readonly IdColumn[];
  /** Index of a node's ranked or coded column; of no meaning at leaves. */
  readonly column: Int32Array;
  /** Rank that a node's cell must exceed to go right; −1 where it tests a set. */
  readonly rank: Int16Array;
  /** The codes of a node's set. */
  codes(node: number): number[];
}

const MAX_IDS = 65_534;

/** The tests, or undefined when a column has too many thresholds or categories, or a test that no number passes. */
export function rankTests(forest: Forest): RankedTests | undefined {
  const nodes = forest.feature.length;
  const thresholdsOf = new Map<number, { readonly cell: CellKind; readonly thresholds: Set<number> }>();
  const codesOf = new Map<number, Set<number>>();
  const thresholds = new Float64Array(nodes);
  const keys = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const column = forest.feature[node];
    if (column < 0) continue;
    if (forest.operator[node] === Operator.InSet) {
      const known = codesOf.get(column) ?? new Set<number>();
      for (const code of setCodes(forest, node)) known.add(code);
      codesOf.set(column, known);
      continue;
    }
    const { cell, threshold } = packedTest(forest, node);
    if (Number.isNaN(threshold)) return undefined;
    keys[node] = cellKindKey(cell);
    // −0 and 0 are one border.
    thresholds[node] = threshold + 0;
    const known = thresholdsOf.get(keys[node]) ?? { cell, thresholds: new Set<number>() };
    known.thresholds.add(thresholds[node]);
    thresholdsOf.set(keys[node], known);
    if (known.thresholds.size > MAX_BORDERS) return undefined;
  }
  if ([...codesOf.values()].some((codes) => codes.size > MAX_IDS)) return undefined;
  const rankedKeys = [...thresholdsOf.keys()].sort((a, b) => a - b);
  const ranked = rankedKeys.map((key) => {
    const { cell, thresholds: set } = thresholdsOf.get(key)!;
    return { cell, borders: Float64Array.from(set).sort() };
  });
  const ranks = ranked.map(({ borders }) => new Map(Array.from(borders, (border, rank) => [border, rank])));
  const coded = [...codesOf.keys()].sort((a, b) => a - b).map((column) => idColumn(column, codesOf.get(column)!));
  const indexOf = new Map(rankedKeys.map((key, index) => [key, index]));
  const codedIndexOf = new Map(coded.map(({ column }, index) => [column, index]));
  const column = new Int32Array(nodes);
  const rank = new Int16Array(nodes).fill(-1);
  for (let node = 0; node < nodes; node++) {
    if (forest.feature[node] < 0) continue;
    if (forest.operator[node] === Operator.InSet) {
      column[node] = codedIndexOf.get(forest.feature[node])!;
      continue;
    }
    column[node] = indexOf.get(keys[node])!;
    rank[node] = ranks[column[node]].get(thresholds[node])!;
  }
  return { ranked, coded, column, rank, codes: (node) => setCodes(forest, node) };
}

function idColumn(column: number, codes: ReadonlySet<number>): IdColumn {
  const sorted = Uint32Array.from(codes).sort();
  const ids = new Uint16Array((sorted.at(-1) ?? -1) + 1);
  sorted.forEach((code, i) => {
    ids[code] = i + 1;
  });
  return { column, ids, missing: sorted.length + 1 };
}

function setCodes(forest: Forest, node: number): number[] {
  const codes: number[] = [];
  const first = forest.setStart[node];
  for (let word = 0; word < forest.setLength[node]; word++)
    for (let bits = forest.setWords[first + word]; bits !== 0; bits &= bits - 1)
      codes.push(word * 32 + 31 - Math.clz32(bits & -bits));
  return codes;
}
