/**
 * Where the masks of a forest's tests lie, and how a block of rows fills them (kernels/assembly/test-masks.ts): one mask a
 * border of a column of ranks, and one a distinct category set.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Forest } from './forest.js';
import type { IdColumn, RankedTests } from './ranked-columns.js';
import type { StagedColumns } from './staged-columns.js';

/** Rows of a mask. */
export const MASK_ROWS = 512;
const MASK_BYTES = MASK_ROWS / 8;
/** Bytes of all masks, and of all tables of category sets, at most: a forest of more walks its nodes instead. */
const MAX_MASK_BYTES = 2 ** 27;
const MAX_TABLE_BYTES = 2 ** 25;

export interface TestMasks {
  /** Address of the mask of an inner node's test: 1 where the row goes right. */
  maskOf(node: number): number;
  /** Fills all masks for `count` rows from staged row `from`. */
  fill(from: number, count: number): void;
}

/** Takes the memory of the masks; undefined when they, or the tables of category sets, are too large. */
export function testMasks(
  forest: Forest,
  tests: RankedTests,
  staged: StagedColumns,
  memory: KernelMemory,
  kernels: Kernels,
): TestMasks | undefined {
  const { ranked, coded, rank, column } = tests;
  const sets = distinctSets(forest, tests);
  // A row of a table is read eight bytes at a time.
  const rowBytes = sets.list.map((list) => Math.ceil(list.length / 64) * 8);
  const maskSizes = [
    ...ranked.map(({ borders }) => borders.length * MASK_BYTES),
    ...sets.list.map((list) => Math.ceil(list.length / 8) * 8 * MASK_BYTES),
  ];
  const maskBytes = maskSizes.reduce((sum, size) => sum + size, 0);
  const tableBytes = coded.reduce((sum, { missing }, c) => sum + rowBytes[c] * (missing + 1), 0);
  if (maskBytes > MAX_MASK_BYTES || tableBytes > MAX_TABLE_BYTES) return undefined;
  const scratch = memory.alloc(896);
  let next = memory.alloc(maskBytes);
  const masksAt = maskSizes.map((size) => {
    const at = next;
    next += size;
    return at;
  });
  const rankList = memory.alloc(ranked.length * 12);
  ranked.forEach(({ borders }, c) => {
    memory.u32(rankList + c * 12, 3).set([c * staged.rankBytes, borders.length, masksAt[c]]);
  });
  const setList = memory.alloc(coded.length * 20);
  coded.forEach((one, c) => {
    const table = memory.alloc(rowBytes[c] * (one.missing + 1));
    const bits = outcomes(forest, tests, one, sets.list[c], rowBytes[c]);
    memory.u8(table, bits.length).set(bits);
    memory
      .u32(setList + c * 20, 5)
      .set([c * staged.idBytes, table, rowBytes[c], sets.list[c].length, masksAt[ranked.length + c]]);
  });
  return {
    maskOf: (node) =>
      rank[node] < 0
        ? masksAt[ranked.length + column[node]] + sets.place[node] * MASK_BYTES
        : masksAt[column[node]] + rank[node] * MASK_BYTES,
    fill: (from, count) => {
      const bytes = Math.ceil(count / 128) * 16;
      kernels.rankMasks(rankList, ranked.length, staged.ranks + from, bytes, scratch);
      kernels.setMasks(setList, coded.length, staged.ids + from * 2, bytes, scratch);
    },
  };
}

/** The different sets of each coded column, as a node that has each, and the place of every node's set among them. */
function distinctSets(forest: Forest, { coded, column, rank }: RankedTests) {
  const places = coded.map(() => new Map<string, number>());
  const list: number[][] = coded.map(() => []);
  const place = new Int32Array(rank.length);
  for (let node = 0; node < rank.length; node++) {
    if (forest.feature[node] < 0 || rank[node] >= 0) continue;
    const known = places[column[node]];
    const first = forest.setStart[node];
    const key = `${forest.defaultLeft[node]} ${forest.setWords.subarray(first, first + forest.setLength[node]).join()}`;
    let at = known.get(key);
    if (at === undefined) {
      at = known.size;
      known.set(key, at);
      list[column[node]].push(node);
    }
    place[node] = at;
  }
  return { list, place };
}

/** A row of bits an id, one bit a set: 1 where the set sends it to the right. */
function outcomes(
  forest: Forest,
  tests: RankedTests,
  { ids, missing }: IdColumn,
  nodes: readonly number[],
  rowBytes: number,
): Uint8Array {
  const table = new Uint8Array(rowBytes * (missing + 1)).fill(255);
  nodes.forEach((node, t) => {
    const goesLeft = 255 ^ (1 << (t & 7));
    for (const code of tests.codes(node)) table[ids[code] * rowBytes + (t >> 3)] &= goesLeft;
    if (forest.defaultLeft[node] === 1) table[missing * rowBytes + (t >> 3)] &= goesLeft;
  });
  return table;
}
