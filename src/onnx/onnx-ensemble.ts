/**
 * A bundle's exported ensemble in onnxruntime: the blended probability and every member's, for rows encoded as the bundle
 * encodes them. Target statistics are looked up in the members' tables, as the graph takes them as columns.
 */
import { EcommlError } from '../base/errors.js';
import type { Matrix } from '../table/matrix.js';
import { FEATURES, memberOutput, PROBABILITY } from './export-onnx.js';
import { columnsOf, interleave, type OnnxColumn, type OnnxMember, unionColumns } from './onnx-columns.js';
import { OnnxSession } from './session.js';

export interface OnnxProbabilities {
  readonly probability: Float64Array;
  /** By the members' names, in their order. */
  readonly members: Readonly<Record<string, Float64Array>>;
}

/** Rows of one run: its copies of the cells, and what an isotonic calibration spreads them to, stay some megabytes. */
const BATCH_ROWS = 1024;

export class OnnxEnsemble {
  readonly #session: OnnxSession;
  readonly #members: readonly OnnxMember[];
  readonly #columns: readonly OnnxColumn[];

  private constructor(session: OnnxSession, members: readonly OnnxMember[], columns: readonly OnnxColumn[]) {
    this.#session = session;
    this.#members = members;
    this.#columns = columns;
  }

  /** `where` names the bytes in errors. Throws `BAD_ONNX` when they are no model, or not the ensemble of these members. */
  static async open(bytes: Uint8Array, members: readonly OnnxMember[], where: string): Promise<OnnxEnsemble> {
    const session = await OnnxSession.open(bytes, where);
    const columns = unionColumns(members);
    const [input, ...others] = session.inputs;
    const wanted = `${FEATURES} (float64, ${columns.length} columns)`;
    if (
      input?.name !== FEATURES ||
      others.length > 0 ||
      input.type !== 'float64' ||
      input.shape[1] !== columns.length
    ) {
      const found = session.inputs.map(({ name, type, shape }) => `${name} (${type}, ${shape[1]} columns)`).join(', ');
      throw wrong(where, `its input is ${found || 'none'}, expected ${wanted}`);
    }
    const absent = [PROBABILITY, ...members.map(({ name }) => memberOutput(name))].find(
      (name) => !session.outputs.some((output) => output.name === name),
    );
    if (absent !== undefined) throw wrong(where, `it has no output ${absent}`);
    return new OnnxEnsemble(session, members, columns);
  }

  async run(matrix: Matrix): Promise<OnnxProbabilities> {
    const probability = new Float64Array(matrix.rows);
    const members = Object.fromEntries(this.#members.map(({ name }) => [name, new Float64Array(matrix.rows)]));
    for (let from = 0; from < matrix.rows; from += BATCH_ROWS) {
      const to = Math.min(matrix.rows, from + BATCH_ROWS);
      const cells = interleave(columnsOf(this.#members, this.#columns, matrix, from, to), to - from);
      const outputs = await this.#session.run(cells, to - from);
      probability.set(outputs[PROBABILITY], from);
      for (const [name, values] of Object.entries(members)) values.set(outputs[memberOutput(name)], from);
    }
    return { probability, members };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function wrong(where: string, why: string): EcommlError {
  return new EcommlError('BAD_ONNX', `${where} is not the ensemble of this bundle: ${why}.`, {
    hint: 'Export it again: ecomml export --format onnx.',
  });
}
