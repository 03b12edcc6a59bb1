/**
 * A model in onnxruntime: its inputs and outputs, and running it on rows. The runtime is loaded with the first session.
 * Nodes run one after the other and, unless more threads are asked for, each on one thread: the same rows give the same
 * bits, however they are cut into batches.
 */
import { readFileSync } from 'node:fs';
import type { InferenceSession } from 'onnxruntime-node';
import { EcommlError } from '../base/errors.js';

/** One input's cells, row-major. */
export interface OnnxCells {
  readonly type: 'float32' | 'float64' | 'int32' | 'int64' | 'bool' | 'string';
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | readonly string[];
  readonly dims: readonly number[];
}

export interface OnnxValue {
  readonly name: string;
  /** "float64", "float32", …; "not a tensor" for sequences and maps. */
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
        executionMode: 'sequential',
      });
      return new OnnxSession(runtime, session);
    } catch (cause) {
      throw new EcommlError('BAD_ONNX', `${where} is not an ONNX model that can be run: ${firstLine(cause)}.`, {
        hint: hintFor(firstLine(cause)),
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
    const dims = [rows, width];
    const fed: OnnxCells =
      input.type === 'float64'
        ? { type: 'float64', data: cells, dims }
        : { type: 'float32', data: Float32Array.from(cells), dims };
    return this.runInputs(
      { [input.name]: fed },
      this.outputs.map(({ name }) => name),
    );
  }

  /** Runs the graph for the named outputs; those of floating numbers come back as doubles. Throws `ONNX_RUN`. */
  async runInputs(
    inputs: Readonly<Record<string, OnnxCells>>,
    wanted: readonly string[],
  ): Promise<Record<string, Float64Array>> {
    const { Tensor } = this.#runtime;
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new Tensor(type, data as never, dims)]),
    );
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run(feeds, wanted);
    } catch (cause) {
      throw new EcommlError('ONNX_RUN', `onnxruntime refused the rows: ${firstLine(cause)}.`, {
        hint: 'The graph takes other shapes, types or values than these columns give it.',
        cause,
      });
    }
    const outputs: Record<string, Float64Array> = {};
    for (const name of wanted) {
      const { data } = results[name] as { data: unknown };
      if (data instanceof Float64Array || data instanceof Float32Array) outputs[name] = Float64Array.from(data);
    }
    return outputs;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** What to do about a model that the runtime refuses, by what it says. */
function hintFor(reason: string): string {
  if (/of opset|unsupported model ir version/i.test(reason))
    return 'It is of a newer ONNX than the runtime here knows: export it with a lower target opset (skl2onnx: target_opset=17).';
  if (/not implemented|no op registered|not a registered|no opset import/i.test(reason))
    return 'It uses an operator that the runtime here lacks: export it with standard operators alone.';
  return 'Export it again (ecomml export --format onnx), or copy it again from where it was whole.';
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const opset = /Opset (\d+) is under development.*till opset (\d+)/s.exec(text);
  if (opset !== null) return `it is of opset ${opset[1]}, and the runtime here knows opsets up to ${opset[2]}`;
  // The runtime's own file, line and function tell a user nothing.
  return text
    .replace(/^\/\S*onnxruntime\S*:\d+ .*?[\w>&]\)\s*(const )?(?=[A-Z])/, '')
    .split('\n')[0]
    .replace(/\.$/, '');
}
