/**
 * Cells of many rows as ranks and ids in the kernels' memory, column after column: what the masks of tests are made from.
 * A column at a time, so that its borders are in the cache and few calls are made.
 */

import type { Kernels } from '../kernels/kernels.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { Cells } from '../table/matrix.js';
import { Filling, packCells, STAND_IN } from './packed-cells.js';
import { rankTable } from './rank-table.js';
import type { IdColumn, RankedColumn, RankedTests } from './ranked-columns.js';

export interface StagedColumns {
  /** Rows it takes at once, at most. */
  readonly rows: number;
  /** Address of the columns of ranks − 128 as signed bytes, and the bytes from one to the next. */
  readonly ranks: number;
  readonly rankBytes: number;
  /** Address of the columns of ids, u16, and the bytes from one to the next. */
  readonly ids: number;
  readonly idBytes: number;
  /** Takes `count` rows from row `from` of the columns, one a forest column. */
  stage(columns: readonly Cells[], from: number, count: number): void;
}

/** Takes the memory of `rows` rows (even); `more` columns of bytes without a name follow the ranks. */
export function stagedColumns(
  { ranked, coded }: RankedTests,
  more: number,
  rows: number,
  memory: KernelMemory,
  kernels: Kernels,
): StagedColumns {
  const cellsAt = memory.alloc(rows * 8);
  const ranks = memory.alloc((ranked.length + more) * rows);
  const ids = memory.alloc(coded.length * rows * 2);
  // Rows that were never staged are looked up, too, and not read: their ids must lie within the tables.
  memory.u16(ids, coded.length * rows).fill(0);
  const fillers = [
    ...ranked.map((column, c) => rankColumn(column, cellsAt, ranks + c * rows, memory, kernels)),
    ...coded.map((column, c) => idsOfColumn(column, cellsAt, ids + c * rows * 2, memory, kernels)),
  ];
  return {
    ...{ rows, ranks, rankBytes: rows, ids, idBytes: rows * 2 },
    stage: (columns, from, count) => {
      const cells = memory.f64(cellsAt, rows);
      for (const fill of fillers) fill(columns, from, count, cells);
    },
  };
}

/** Copies a column's cells into the kernels' memory and turns them into ranks or ids. */
type FillColumn = (columns: readonly Cells[], from: number, count: number, cells: Float64Array) => void;

function rankColumn(
  { cell, borders }: RankedColumn,
  staged: number,
  out: number,
  memory: KernelMemory,
  kernels: Kernels,
): FillColumn {
  // The rank of what stands in for a missing value. The other fillings change cells that are not missing, too.
  const plain = !cell.zeroMissing && cell.filling < Filling.Keep;
  const standIn = STAND_IN[cell.filling];
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
  // 0 is the id of all else, before the codes and right after them.
  const places = new Uint16Array(ids.length + 3);
  places.set(ids, 1);
  places[ids.length + 2] = missing;
  const table = memory.alloc(places.byteLength);
  memory.u16(table, places.length).set(places);
  return (columns, from, count, cells) => {
    cells.set(columns[column].subarray(from, from + count));
    kernels.idCodes(staged, count + (count & 1), table, ids.length, out);
  };
}
