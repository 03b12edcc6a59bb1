/**
 * The rows an export is proved on: real rows, and rows made from them that stand where exports go wrong: a cell exactly on
 * a threshold, one double and one float32 step either side (in a row that reaches the threshold's node, where a real one
 * does), NaN, infinities and zeros, codes of the dictionary, an unseen one and one past its end. Chosen evenly and
 * without randomness.
 */
import { Operator } from '../forest/forest.js';
import { doubleAbove, doubleBelow, floatAbove, floatBelow } from '../forest/neighbour.js';
import { goesLeft } from '../forest/walk.js';
import type { Cells, Matrix } from '../table/matrix.js';
import { columnsOf, memberColumns, type OnnxColumn, type OnnxMember } from './onnx-columns.js';

export interface ProofLimits {
  /** Real rows, taken evenly from the matrix. */
  readonly realRows: number;
  /** Thresholds a column, taken evenly; each gives five rows. */
  readonly thresholds: number;
  /** Codes a categorical column, taken evenly, the last one included. */
  readonly codes: number;
  /** Made rows altogether, about: with many columns each gets fewer thresholds and codes, but never less than two. */
  readonly madeRows: number;
}

export const PROOF_LIMITS: ProofLimits = { realRows: 2000, thresholds: 40, codes: 200, madeRows: 12_000 };

const ROWS_A_THRESHOLD = 5;
const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-35, 1e-40, 1e300, -1e300];

/** One array a column of the graph, all of one length. */
export function proofRows(
  members: readonly OnnxMember[],
  columns: readonly OnnxColumn[],
  matrix: Matrix,
  limits: ProofLimits = PROOF_LIMITS,
): Float64Array[] {
  const share = limits.madeRows / Math.max(1, columns.length);
  const thresholds = Math.max(2, Math.min(limits.thresholds, Math.floor((share - SPECIAL.length) / ROWS_A_THRESHOLD)));
  const mostCodes = Math.max(2, Math.min(limits.codes, Math.floor(share) - 3));
  const whole = columnsOf(members, columns, matrix, 0, matrix.rows);
  const real = evenly(matrix.rows, limits.realRows);
  const reached = members.map((member) => reachingRows(member, columns, whole, real));
  const probes = columns.map((column, place): Probe[] => {
    if (column.kind !== 'categorical') return numericProbes(members, reached, columns, place, thresholds);
    const codes = column.categories?.length ?? 0;
    return [...evenly(codes, mostCodes), codes, -1, Number.NaN].map((cell) => ({ cell }));
  });
  const made = probes.reduce((sum, list) => sum + list.length, 0);
  const rows = columns.map(() => new Float64Array(real.length + made + 1));
  const copyRow = (from: number | undefined, to: number) => {
    for (let c = 0; c < columns.length; c++) rows[c][to] = from === undefined ? Number.NaN : whole[c][from];
  };
  let at = 0;
  for (const row of real) copyRow(row, at++);
  let turn = 0;
  probes.forEach((list, place) => {
    for (const { cell, row } of list) {
      copyRow(row ?? real[turn++ % Math.max(1, real.length)], at);
      rows[place][at++] = cell;
    }
  });
  copyRow(undefined, at);
  return rows;
}

/** A cell, to be put into this real row or into any. */
interface Probe {
  readonly cell: number;
  readonly row?: number;
}

/** For each node of a member, a real row that reaches it, or −1. */
function reachingRows(
  member: OnnxMember,
  columns: readonly OnnxColumn[],
  whole: readonly Cells[],
  real: readonly number[],
): Int32Array {
  const { forest } = member;
  const places = memberColumns(columns, member);
  const reached = new Int32Array(forest.feature.length).fill(-1);
  for (const row of real) {
    for (let tree = 0; tree < forest.treeWeight.length; tree++) {
      let node = forest.treeStart[tree];
      while (forest.feature[node] >= 0) {
        reached[node] = row;
        const left = goesLeft(forest, node, whole[places[forest.feature[node]]][row]);
        node = left ? forest.left[node] : forest.right[node];
      }
    }
  }
  return reached;
}

/** 0 … count − 1, or `most` of them from first to last. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * (count - 1)) / (most - 1)));
}

function numericProbes(
  members: readonly OnnxMember[],
  reached: readonly Int32Array[],
  columns: readonly OnnxColumn[],
  place: number,
  most: number,
): Probe[] {
  const rowOf = new Map<number, number>();
  members.forEach((member, m) => {
    const { forest } = member;
    const places = memberColumns(columns, member);
    for (let node = 0; node < forest.feature.length; node++) {
      if (places[forest.feature[node]] !== place || forest.operator[node] === Operator.InSet) continue;
      const threshold = forest.threshold[node];
      rowOf.set(threshold, Math.max(rowOf.get(threshold) ?? -1, reached[m][node]));
    }
  });
  const sorted = Float64Array.from(rowOf.keys()).sort();
  const around = evenly(sorted.length, most).flatMap((i) => {
    const t = sorted[i];
    const row = rowOf.get(t) as number;
    const cells = [t, doubleBelow(t), doubleAbove(t), floatBelow(t), floatAbove(t)];
    return cells.map((cell) => (row < 0 ? { cell } : { cell, row }));
  });
  return [...SPECIAL.map((cell) => ({ cell })), ...around];
}
