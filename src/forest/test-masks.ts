/**
 * Where the masks of a forest's tests lie, and how a block of rows fills them (kernels/assembly/test-masks.ts): one mask a
 * border of a column of ranks, and one a distinct category set.
 */
import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Forest } from './forest.js';
import { Filling, packCells } from './packed-cells.js';
import { rankTable } from './rank-table.js';
import type { IdColumn, RankedColumn, RankedTests } from './ranked-columns.js';

/** Rows of a mask. */
export const MASK_ROWS = 512;
const MASK_BYTES = MASK_ROWS / 8;
/** Bytes of all masks, and of all tables of category sets, at most: a forest of more walks its nodes instead. */
const MAX_MASK_BYTES = 2 ** 27;
const MAX_TABLE_BYTES = 2 ** 25;

export interface TestMasks {
  /** Address of the mask of an inner node's test: 1 where the row goes right. */
  maskOf(node: number): number;
  /** Fills all masks for `count` rows from row `from` of the columns, one a forest column. */
  fill(columns: readonly Float64Array[], from: number, count: number): void;
}

/** Takes the memory of the masks; `ranks` has a column of MASK_ROWS bytes for each ranked one. Undefined when they are too many. */
export function testMasks(
  forest: Forest,
  tests: RankedTests,
  ranks: number,
  memory: KernelMemory,
  kernels: Kernels,
): TestMasks | undefined {
  const { ranked, coded, rank, column } = tests;
  const sets = distinctSets(forest, tests);
  let maskBytes = 0;
  for (const { borders } of ranked) maskBytes += borders.length * MASK_BYTES;
  let tableBytes = 0;
  sets.list.forEach((list, c) => {
    maskBytes += Math.ceil(list.length / 8) * 8 * MASK_BYTES;
    tableBytes += Math.ceil(list.length / 8) * (coded[c].missing + 1);
  });
  if (maskBytes > MAX_MASK_BYTES || tableBytes > MAX_TABLE_BYTES) return undefined;
  const staged = memory.alloc(MASK_ROWS * 8);
  const scratch = memory.alloc(896);
  const masks = memory.alloc(maskBytes);
  let next = masks;
  const fillers: FillColumn[] = [];
  const rankedAt = ranked.map((one, c) => {
    const at = next;
    next += one.borders.length * MASK_BYTES;
    const toRanks = rankColumn(one, staged, ranks + c * MASK_ROWS, memory, kernels);
    fillers.push((columns, from, count, cells) => {
      toRanks(columns, from, count, cells);
      kernels.rankMasks(ranks + c * MASK_ROWS, one.borders.length, scratch, at);
    });
    return at;
  });
  const ids = memory.alloc(MASK_ROWS * 2);
  const codedAt = coded.map((one, c) => {
    const at = next;
    const bytes = Math.ceil(sets.list[c].length / 8);
    next += bytes * 8 * MASK_BYTES;
    const table = memory.alloc(bytes * (one.missing + 1));
    memory.u8(table, bytes * (one.missing + 1)).set(outcomes(forest, tests, one, sets.list[c]));
    const toIds = idsOfColumn(one, staged, ids, memory, kernels);
    fillers.push((columns, from, count, cells) => {
      toIds(columns, from, count, cells);
      // Rows past the count keep ids of another column, which may lie beyond this one's table.
      if (count < MASK_ROWS) memory.u16(ids, MASK_ROWS).fill(0, count);
      kernels.setMasks(ids, table, bytes, at);
    });
    return at;
  });
  return {
    maskOf: (node) =>
      rank[node] < 0
        ? codedAt[column[node]] + sets.place[node] * MASK_BYTES
        : rankedAt[column[node]] + rank[node] * MASK_BYTES,
    fill: (columns, from, count) => {
      const cells = memory.f64(staged, MASK_ROWS);
      for (const fill of fillers) fill(columns, from, count, cells);
    },
  };
}

/** The different sets of each coded column, as a node that has each, and the place of every node's set among them. */
function distinctSets(forest: Forest, { coded, column, rank, codes }: RankedTests) {
  const places = coded.map(() => new Map<string, number>());
  const list: number[][] = coded.map(() => []);
  const place = new Int32Array(rank.length);
  for (let node = 0; node < rank.length; node++) {
    if (forest.feature[node] < 0 || rank[node] >= 0) continue;
    const known = places[column[node]];
    const key = `${forest.defaultLeft[node]} ${codes(node).join()}`;
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
): Uint8Array {
  const bytes = Math.ceil(nodes.length / 8);
  const table = new Uint8Array(bytes * (missing + 1)).fill(255);
  nodes.forEach((node, t) => {
    const goesLeft = 255 ^ (1 << (t & 7));
    for (const code of tests.codes(node)) table[ids[code] * bytes + (t >> 3)] &= goesLeft;
    if (forest.defaultLeft[node] === 1) table[missing * bytes + (t >> 3)] &= goesLeft;
  });
  return table;
}

/** Copies a column's cells of the block into the kernels' memory and turns them into ranks or ids. */
type FillColumn = (columns: readonly Float64Array[], from: number, count: number, cells: Float64Array) => void;

function rankColumn(
  { cell, borders }: RankedColumn,
  staged: number,
  out: number,
  memory: KernelMemory,
  kernels: Kernels,
): FillColumn {
  // The rank of what stands in for a missing value. The other fillings change cells that are not missing, too.
  const plain = !cell.zeroMissing && cell.filling < Filling.Keep;
  const standIn = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0][cell.filling];
  const rank = rankTable(borders, borders.filter((border) => standIn > border).length, memory, kernels);
  return (columns, from, count, cells) => {
    const values = columns[cell.column];
    if (plain) cells.set(values.subarray(from, from + count));
    else packCells(cell, values, from, count, cells, 0, 1);
    rank(staged, count, out);
  };
}

function idsOfColumn(
  { column, ids, missing }: IdColumn,
  staged: number,
  out: number,
  memory: KernelMemory,
  kernels: Kernels,
): FillColumn {
  const table = memory.alloc(Math.max(2, ids.byteLength));
  memory.u16(table, ids.length).set(ids);
  return (columns, from, count, cells) => {
    cells.set(columns[column].subarray(from, from + count));
    kernels.idCodes(staged, count, table, ids.length, missing, out);
  };
}
