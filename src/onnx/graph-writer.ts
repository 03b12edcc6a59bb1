/** Puts an ONNX graph together node by node: keeps constants, inputs and outputs, and gives the bytes. */
import {
  type AttributeProto,
  AttributeType,
  DataType,
  encodeModel,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx-messages.js';

/** What the graphs are written for: ONNX 1.16, the first with TreeEnsemble (ai.onnx.ml 5). */
const IR_VERSION = 10;
const OPSETS = [
  { domain: '', version: 17 },
  { domain: 'ai.onnx.ml', version: 5 },
];

export const ML_DOMAIN = 'ai.onnx.ml';

/** An attribute's value: an integer, a list of integers, or a tensor of doubles or bytes. */
export type AttributeValue = number | readonly number[] | Int32Array | Float64Array | Uint8Array;

export class GraphWriter {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];

  /** A double input [N, columns], N free. */
  input(name: string, columns: number): string {
    this.#inputs.push(matrixInfo(name, columns));
    return name;
  }

  /** A constant of doubles, or of whole numbers (int64). */
  constant(name: string, values: Float64Array | BigInt64Array, dims: readonly number[] = [values.length]): string {
    const dataType = values instanceof Float64Array ? DataType.Double : DataType.Int64;
    this.#initializers.push({ dims, dataType, name, rawData: bytesOf(values) });
    return name;
  }

  /** A node with one output, named like the node; its name. */
  node(
    name: string,
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = '',
  ): string {
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.#nodes.push({ input: inputs, output: [name], name, opType, domain, attribute });
    return name;
  }

  /** Declares a value [N, 1] of doubles as an output. */
  output(name: string): void {
    this.#outputs.push(matrixInfo(name, 1));
  }

  /** The model's bytes: a function of what was put in and nothing else. */
  finish(name: string, metadata: Readonly<Record<string, string>>, description: string): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'ecomml',
      producerVersion: '1',
      docString: description,
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
      opsetImport: OPSETS,
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }
}

function matrixInfo(name: string, columns: number): ValueInfoProto {
  const shape = { dim: [{ dimParam: 'N' }, { dimValue: columns }] };
  return { name, type: { tensorType: { elemType: DataType.Double, shape } } };
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number') return { name, type: AttributeType.Int, i: value };
  if (value instanceof Float64Array || value instanceof Uint8Array) {
    const dataType = value instanceof Float64Array ? DataType.Double : DataType.Uint8;
    return { name, type: AttributeType.Tensor, t: { dims: [value.length], dataType, rawData: bytesOf(value) } };
  }
  return { name, type: AttributeType.Ints, ints: Array.from(value) };
}

/** Little-endian, as ONNX wants it and every machine that runs Node has it. */
function bytesOf(values: Float64Array | BigInt64Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength) as ArrayBuffer);
}
