/** A model in onnxruntime: its inputs and outputs, and running it on rows. The runtime is loaded with the first session. */
import { readFileSync } from 'node:fs';
import type { InferenceSession } from 'onnxruntime-node';
import { EcommlError } from '../base/errors.js';

export interface OnnxValue {
  readonly name: string;
  /** "float64", "float32", … */
  readonly type: string;
  /** Numbers, and names of free dimensions. */
  readonly shape: readonly (number | string)[];
}

export class OnnxSession {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly #session: InferenceSession;
  readonly #runtime: typeof import('onnxruntime-node');

  private constructor(runtime: typeof import('onnxruntime-node'), session: InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
    const values = (metadata: readonly InferenceSession.ValueMetadata[]) =>
      metadata.map((value) =>
        value.isTensor
          ? { name: value.name, type: value.type, shape: value.shape }
          : { name: value.name, type: 'not a tensor', shape: [] },
      );
    this.inputs = values(session.inputMetadata);
    this.outputs = values(session.outputMetadata);
  }

  /** `where` names the bytes in errors; throws `BAD_ONNX` when the runtime refuses them. `threads` 0 lets it choose. */
  static async open(bytes: Uint8Array, where: string, threads = 1): Promise<OnnxSession> {
    const runtime = await import('onnxruntime-node');
    try {
      // The runtime logs to stderr by itself; what matters it also throws.
      runtime.env.logLevel = 'fatal';
      const session = await runtime.InferenceSession.create(bytes, {
        executionProviders: ['cpu'],
        logSeverityLevel: 4,
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      });
      return new OnnxSession(runtime, session);
    } catch (cause) {
      throw new EcommlError('BAD_ONNX', `${where} is not an ONNX model that can be run: ${firstLine(cause)}.`, {
        hint: 'Export it again (ecomml export --format onnx), or copy it again from where it was whole.',
        cause,
      });
    }
  }

  /** A session of a file; throws `NO_SUCH_MODEL` when it cannot be read. */
  static async openFile(path: string, threads = 1): Promise<OnnxSession> {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (cause) {
      throw new EcommlError('NO_SUCH_MODEL', `${path} cannot be read: ${firstLine(cause)}.`, {
        hint: 'Give an ONNX file, for instance one that ecomml export --format onnx wrote.',
        cause,
      });
    }
    return OnnxSession.open(bytes, path, threads);
  }

  /** Runs `rows` rows of row-major cells through the first input; the outputs as doubles by name. */
  async run(cells: Float64Array, rows: number): Promise<Record<string, Float64Array>> {
    const input = this.inputs[0];
    if (input === undefined || this.inputs.length !== 1 || !/^float(32|64)$/.test(input.type)) {
      const found = this.inputs.map(({ name, type }) => `${name} (${type})`).join(', ') || 'none';
      throw new EcommlError('BAD_ONNX', `The ONNX model must take one input of numbers; its inputs: ${found}.`);
    }
    const width = cells.length / rows;
    const expected = input.shape[1];
    if (typeof expected === 'number' && expected > 0 && expected !== width) {
      throw new EcommlError('WRONG_COLUMNS', `The ONNX model takes ${expected} columns, but the rows have ${width}.`, {
        hint: 'Score with the features the model was trained on (the same bundle).',
      });
    }
    const { Tensor } = this.#runtime;
    const tensor =
      input.type === 'float64'
        ? new Tensor('float64', cells, [rows, width])
        : new Tensor('float32', Float32Array.from(cells), [rows, width]);
    const results = await this.#session.run({ [input.name]: tensor });
    const outputs: Record<string, Float64Array> = {};
    for (const { name } of this.outputs) {
      const { data } = results[name];
      if (!(data instanceof Float64Array || data instanceof Float32Array)) continue;
      outputs[name] = Float64Array.from(data);
    }
    return outputs;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n')[0].replace(/\.$/, '');
}
