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
  const setsOf = new Map<number, Uint32Array<ArrayBuffer>>();
  const thresholds = new Float64Array(nodes);
  const keys = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const column = forest.feature[node];
    if (column < 0) continue;
    if (forest.operator[node] === Operator.InSet) {
      setsOf.set(column, withSet(forest, node, setsOf.get(column)));
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
  const codesOf = new Map(Array.from(setsOf, ([column, words]) => [column, codesIn(words, 0, words.length)]));
  if ([...codesOf.values()].some((codes) => codes.length > MAX_IDS)) return undefined;
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
  return {
    ranked,
    coded,
    column,
    rank,
    codes: (node) => codesIn(forest.setWords, forest.setStart[node], forest.setLength[node]),
  };
}

/** Codes ascending. */
function idColumn(column: number, codes: readonly number[]): IdColumn {
  const ids = new Uint16Array((codes.at(-1) ?? -1) + 1);
  codes.forEach((code, i) => {
    ids[code] = i + 1;
  });
  return { column, ids, missing: codes.length + 1 };
}

/** The union of a column's sets so far and of a node's, as words of bits. */
function withSet(
  { setStart, setLength, setWords }: Forest,
  node: number,
  known = new Uint32Array(0),
): Uint32Array<ArrayBuffer> {
  const [first, length] = [setStart[node], setLength[node]];
  let union = known;
  if (length > known.length) {
    union = new Uint32Array(length);
    union.set(known);
  }
  for (let word = 0; word < length; word++) union[word] |= setWords[first + word];
  return union;
}

function codesIn(words: Uint32Array, first: number, length: number): number[] {
  const codes: number[] = [];
  for (let word = 0; word < length; word++)
    for (let bits = words[first + word]; bits !== 0; bits &= bits - 1)
      codes.push(word * 32 + 31 - Math.clz32(bits & -bits));
  return codes;
}
