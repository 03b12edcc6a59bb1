/** Proves an export: runs its bytes in onnxruntime on real and on hard rows, and holds every output against the model. */
import { EcommlError } from '../base/errors.js';
import type { Forest } from '../forest/forest.js';
import { throughLink } from '../forest/forest-scorer.js';
import { predictRaw } from '../forest/predict.js';
import type { Matrix } from '../table/matrix.js';
import { memberOutput, type OnnxExport, PROBABILITY, RAW_SCORE } from './export-onnx.js';
import { interleave, memberColumns, type OnnxMember } from './onnx-columns.js';
import { PROOF_LIMITS, type ProofLimits, proofRows } from './proof-rows.js';
import { OnnxSession } from './session.js';

/** What scores rows inside ecomml, from the members' probabilities by name: the ensemble's blend and calibration. */
export type Blend = (probabilities: Readonly<Record<string, Float64Array>>) => Float64Array;

export interface ExportProof {
  readonly rows: number;
  /** Over all rows and outputs, absolute. */
  readonly largestDifference: number;
}

/**
 * Largest difference accepted. Thresholds are exact doubles on both sides, so a row takes the same path; what remains is
 * the order of a double sum and the runtime's exponential, below 1e-12. A wrong path would show as a leaf's difference.
 */
export const TOLERANCE = 1e-6;

/** `where` names the file in errors; `blend` is needed for an ensemble. Throws `EXPORT_DIFFERS` above TOLERANCE. */
export async function proveExport(
  exported: OnnxExport,
  matrix: Matrix,
  where: string,
  blend?: Blend,
  limits: ProofLimits = PROOF_LIMITS,
): Promise<ExportProof> {
  const columns = proofRows(exported.members, exported.columns, matrix, limits);
  const rows = columns[0].length;
  const expected = expectedOutputs(exported, columns, rows, blend);
  const session = await OnnxSession.open(exported.bytes, where);
  try {
    const found = await runInBatches(session, columns, rows);
    let worst = { difference: 0, output: '', row: 0 };
    for (const [output, values] of Object.entries(expected)) {
      const difference = largestDifference(values, found[output]);
      if (difference.value >= worst.difference) worst = { difference: difference.value, output, row: difference.row };
    }
    if (!(worst.difference <= TOLERANCE)) throw differs(where, worst, columns, exported);
    return { rows, largestDifference: worst.difference };
  } finally {
    await session.close();
  }
}

/** Row-major cells that are handed to the runtime at once: 32 MB. */
const BATCH_CELLS = 2 ** 22;

async function runInBatches(
  session: OnnxSession,
  columns: readonly Float64Array[],
  rows: number,
): Promise<Record<string, Float64Array>> {
  const found: Record<string, Float64Array> = {};
  const batch = Math.max(1, Math.floor(BATCH_CELLS / columns.length));
  for (let from = 0; from < rows; from += batch) {
    const to = Math.min(rows, from + batch);
    const part = columns.map((values) => values.subarray(from, to));
    for (const [name, values] of Object.entries(await session.run(interleave(part, to - from), to - from))) {
      found[name] ??= new Float64Array(rows);
      found[name].set(values, from);
    }
  }
  return found;
}

function expectedOutputs(
  exported: OnnxExport,
  columns: readonly Float64Array[],
  rows: number,
  blend: Blend | undefined,
): Record<string, Float64Array> {
  const raw = exported.members.map((member) => memberRaw(exported, member, columns, rows));
  const probabilities = exported.members.map(({ forest }, m) => throughLink(forest, raw[m].slice()));
  if (exported.outputs.includes(RAW_SCORE)) return { [RAW_SCORE]: raw[0], [PROBABILITY]: probabilities[0] };
  if (blend === undefined) throw new TypeError('the proof of an ensemble needs its blend');
  const byName = Object.fromEntries(exported.members.map(({ name }, m) => [name, probabilities[m]]));
  const outputs: Record<string, Float64Array> = { [PROBABILITY]: blend(byName) };
  for (const { name } of exported.members) outputs[memberOutput(name)] = byName[name];
  return outputs;
}

/** Raw scores of a member on the graph's columns, where its target statistics are columns like any other. */
function memberRaw(
  exported: OnnxExport,
  member: OnnxMember,
  columns: readonly Float64Array[],
  rows: number,
): Float64Array {
  const places = memberColumns(exported.columns, member);
  const inputs = Array.from(places, (place) => {
    const { name, kind, categories } = exported.columns[place];
    return { name, kind: kind === 'categorical' ? kind : ('numeric' as const), ...(categories && { categories }) };
  });
  const flat: Forest = { ...member.forest, inputs, targetStatistics: [] };
  const matrix = { rows, columns: inputs.map((input, c) => ({ ...input, values: columns[places[c]] })) };
  return predictRaw(flat, matrix);
}

function largestDifference(
  expected: Float64Array,
  found: Float64Array | undefined,
): { readonly value: number; readonly row: number } {
  if (found === undefined || found.length !== expected.length) return { value: Number.POSITIVE_INFINITY, row: 0 };
  let value = 0;
  let row = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(expected[i], found[i])) continue;
    const difference = Math.abs(expected[i] - found[i]);
    // NaN on one side is as wrong as can be.
    if (!(difference <= value)) {
      value = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      row = i;
    }
  }
  return { value, row };
}

function differs(
  where: string,
  { difference, output, row }: { readonly difference: number; readonly output: string; readonly row: number },
  columns: readonly Float64Array[],
  exported: OnnxExport,
): EcommlError {
  const cells = exported.columns.slice(0, 12).map(({ name }, c) => `${name}=${columns[c][row]}`);
  const more = exported.columns.length > cells.length ? ', …' : '';
  return new EcommlError(
    'EXPORT_DIFFERS',
    `${where} does not say what the model says: ${output} differs by ${difference} (at most ${TOLERANCE} is accepted) on the row ${cells.join(', ')}${more}.`,
    { hint: 'Nothing was exported. Please report it with the parameters the model was trained with.' },
  );
}
