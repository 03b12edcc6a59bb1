/**
 * The rows an export is proved on: real rows, and rows made from them that stand where exports go wrong: a cell exactly on
 * a threshold, one double and one float32 step either side, NaN, infinities and zeros, every code of a dictionary, an
 * unseen one and one past its end. Chosen evenly and without randomness.
 */
import { Operator } from '../forest/forest.js';
import { doubleAbove, doubleBelow, floatAbove, floatBelow } from '../forest/neighbour.js';
import type { Matrix } from '../table/matrix.js';
import { columnsOf, memberColumns, type OnnxColumn, type OnnxMember } from './onnx-columns.js';

export interface ProofLimits {
  /** Real rows, taken evenly from the matrix. */
  readonly realRows: number;
  /** Thresholds a column, taken evenly; each gives five rows. */
  readonly thresholds: number;
  /** Codes a categorical column, taken evenly, the last one included. */
  readonly codes: number;
}

export const PROOF_LIMITS: ProofLimits = { realRows: 2000, thresholds: 40, codes: 200 };

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-35, 1e-40, 1e300, -1e300];

/** One array a column of the graph, all of one length. */
export function proofRows(
  members: readonly OnnxMember[],
  columns: readonly OnnxColumn[],
  matrix: Matrix,
  limits: ProofLimits = PROOF_LIMITS,
): Float64Array[] {
  const whole = columnsOf(members, columns, matrix, 0, matrix.rows);
  const real = evenly(matrix.rows, limits.realRows);
  const probes = columns.map((column, place) => {
    if (column.kind !== 'categorical') return numericProbes(members, columns, place, limits);
    const codes = column.categories?.length ?? 0;
    return [...evenly(codes, limits.codes), codes, -1, Number.NaN];
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
    for (const probe of list) {
      copyRow(real[turn++ % Math.max(1, real.length)], at);
      rows[place][at++] = probe;
    }
  });
  copyRow(undefined, at);
  return rows;
}

/** 0 … count − 1, or `most` of them from first to last. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * (count - 1)) / (most - 1)));
}

function numericProbes(
  members: readonly OnnxMember[],
  columns: readonly OnnxColumn[],
  place: number,
  limits: ProofLimits,
): number[] {
  const thresholds = new Set<number>();
  for (const member of members) {
    const { forest } = member;
    const places = memberColumns(columns, member);
    for (let node = 0; node < forest.feature.length; node++)
      if (places[forest.feature[node]] === place && forest.operator[node] !== Operator.InSet)
        thresholds.add(forest.threshold[node]);
  }
  const sorted = Float64Array.from(thresholds).sort();
  const chosen = evenly(sorted.length, limits.thresholds).map((i) => sorted[i]);
  const around = chosen.flatMap((t) => [t, doubleBelow(t), doubleAbove(t), floatBelow(t), floatAbove(t)]);
  return [...SPECIAL, ...around];
}
