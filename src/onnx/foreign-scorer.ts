/** Runs a planned foreign classifier over columns of cells: one probability a row. It reads no file but the model. */

import { EcommlError } from '../base/errors.js';
import type { Cells } from '../table/matrix.js';
import type { ForeignInput, ForeignPlan } from './foreign-model.js';
import { type OnnxCells, OnnxSession } from './session.js';

/** A column's cells: numbers (NaN missing) for inputs of numbers, texts (null missing) for inputs of texts. */
export type ForeignCells = Cells | readonly (string | null)[];

/** Rows of one run where the graph leaves it free. */
const BATCH_ROWS = 1024;

/** A float32 softmax or mean may leave [0, 1] by so much. */
const EDGE = 1e-5;

export class ForeignScorer {
  readonly #session: OnnxSession;
  readonly #plan: ForeignPlan;
  readonly #where: string;

  private constructor(session: OnnxSession, plan: ForeignPlan, where: string) {
    this.#session = session;
    this.#plan = plan;
    this.#where = where;
  }

  static async open(bytes: Uint8Array, plan: ForeignPlan, where: string): Promise<ForeignScorer> {
    return new ForeignScorer(await OnnxSession.open(bytes, where), plan, where);
  }

  /**
   * `cells` by column; `rowName` says a row in errors. Throws `FOREIGN_CELL` for a cell that the graph's type cannot
   * hold, `NOT_A_PROBABILITY` when the output is none.
   */
  async probabilities(
    cells: (column: string) => ForeignCells,
    rows: number,
    rowName: (row: number) => string,
  ): Promise<Float64Array> {
    const { inputs, output, batch = BATCH_ROWS } = this.#plan;
    const fixed = this.#plan.batch !== undefined;
    const probability = new Float64Array(rows);
    for (let from = 0; from < rows; from += batch) {
      const count = Math.min(batch, rows - from);
      // A graph with a fixed number of rows gets the last row again and again behind the others.
      const size = fixed ? batch : count;
      const place = (i: number) => from + Math.min(i, count - 1);
      const fed = inputs.map((input) => [input.name, this.#fill(input, cells, size, place, rowName)] as const);
      const outputs = await this.#session.runInputs(Object.fromEntries(fed), [output.name]);
      const values = outputs[output.name];
      if (values?.length !== size * output.width)
        throw new EcommlError(
          'FOREIGN_MODEL',
          `${this.#where} gave ${values?.length ?? 'no'} numbers for ${size} rows in "${output.name}", expected ${size * output.width}.`,
        );
      for (let i = 0; i < count; i++) probability[from + i] = this.#probability(values, i, rowName(from + i));
    }
    return probability;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #probability(values: Float64Array, row: number, name: string): number {
    const { width, logit, name: output } = this.#plan.output;
    const value = values[row * width + width - 1];
    if (logit) return 1 / (1 + Math.exp(width === 2 ? values[row * 2] - value : -value));
    if (value >= -EDGE && value <= 1 + EDGE) return Math.min(1, Math.max(0, value));
    throw new EcommlError(
      'NOT_A_PROBABILITY',
      `${this.#where}: the output "${output}" is ${value} for ${name}, and no probability.`,
      { hint: `If it is log odds: --onnx-output ${output}:logit.` },
    );
  }

  #fill(
    { name, type, columns, flat }: ForeignInput,
    cells: (column: string) => ForeignCells,
    rows: number,
    place: (i: number) => number,
    rowName: (row: number) => string,
  ): OnnxCells {
    const width = columns.length;
    const dims = flat ? [rows] : [rows, width];
    const read = columns.map(cells);
    if (type === 'string') {
      const data = new Array<string>(rows * width);
      read.forEach((column, c) => {
        for (let i = 0; i < rows; i++) data[i * width + c] = String(column[place(i)] ?? '');
      });
      return { type, data, dims };
    }
    const data = arrayOf(type, rows * width);
    const whole = type === 'int32' || type === 'int64' || type === 'bool';
    read.forEach((column, c) => {
      for (let i = 0; i < rows; i++) {
        const value = column[place(i)] as number;
        if (whole && !Number.isSafeInteger(value))
          throw new EcommlError(
            'FOREIGN_CELL',
            `${rowName(place(i))}: "${columns[c]}" is ${Number.isNaN(value) ? 'missing' : value}, but the model's input ${name} takes whole numbers (${type}).`,
            { exitCode: 3, hint: 'Fill or leave out such rows before scoring.' },
          );
        if (data instanceof BigInt64Array) data[i * width + c] = BigInt(value);
        else data[i * width + c] = value;
      }
    });
    return { type, data, dims };
  }
}

function arrayOf(type: Exclude<OnnxCells['type'], 'string'>, length: number) {
  if (type === 'float64') return new Float64Array(length);
  if (type === 'float32') return new Float32Array(length);
  if (type === 'int64') return new BigInt64Array(length);
  return type === 'int32' ? new Int32Array(length) : new Uint8Array(length);
}
