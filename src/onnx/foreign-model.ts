/**
 * How a classifier that ecomml did not export is scored: which column of the input goes to which of the graph's inputs,
 * and which output is the probability. Plain data, made from the graph's description and the input's header alone.
 */
import { EcommlError, usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { ModelHead } from './onnx-messages.js';
import type { OnnxCells, OnnxValue } from './session.js';

export type ForeignType = OnnxCells['type'];

/** One of the graph's inputs: the columns that stand beside each other in it, all of one type. */
export interface ForeignInput {
  readonly name: string;
  readonly type: ForeignType;
  readonly columns: readonly string[];
  /** The graph wants [N] rather than [N, 1]. */
  readonly flat: boolean;
}

export interface ForeignOutput {
  readonly name: string;
  /** [N, 2]: the second column is the positive class. */
  readonly width: 1 | 2;
  /** Log odds, to be turned into a probability. */
  readonly logit: boolean;
}

export interface ForeignNote {
  readonly level: 'info' | 'warning';
  readonly text: string;
}

export interface ForeignPlan {
  readonly inputs: readonly ForeignInput[];
  readonly output: ForeignOutput;
  /** Rows that every run must have, when the graph fixes them. */
  readonly batch?: number;
  /** How columns and output were found; a warning where it is a guess. */
  readonly notes: readonly ForeignNote[];
}

export interface ForeignGraph {
  /** Names the model in errors. */
  readonly where: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly head: Pick<ModelHead, 'metadataProps'>;
}

export interface ForeignChoices {
  /** The columns that the graph takes, in its order. */
  readonly features?: readonly string[];
  /** The output's name, with ":logit" behind it for log odds. */
  readonly output?: string;
}

const TYPES: readonly string[] = ['float32', 'float64', 'int32', 'int64', 'bool', 'string'];

/** Keys under which exporters leave the columns' names, as a JSON list or with commas. */
const NAME_KEYS = ['feature_names', 'features', 'columns', 'input_features'];

/** Throws `FOREIGN_MODEL` (its graph cannot be used), `FOREIGN_COLUMNS` (exit 3), `FOREIGN_CHOICE` (exit 2). */
export function planForeign(graph: ForeignGraph, header: readonly string[], choices: ForeignChoices = {}): ForeignPlan {
  const notes: ForeignNote[] = [];
  const inputs = planInputs(graph, header, choices.features, notes);
  const output = planOutput(graph, choices.output, notes);
  const batches = new Set(
    graph.inputs.map(({ shape }) => shape[0]).filter((size) => typeof size === 'number' && size > 0),
  );
  if (batches.size > 1) throw unusable(graph, 'its inputs want different numbers of rows');
  const [batch] = batches;
  return { inputs, output, notes, ...(batch === undefined ? {} : { batch: batch as number }) };
}

function planInputs(
  graph: ForeignGraph,
  header: readonly string[],
  features: readonly string[] | undefined,
  notes: ForeignNote[],
): ForeignInput[] {
  if (graph.inputs.length === 0) throw unusable(graph, 'it takes no input');
  for (const { name, type, shape } of graph.inputs) {
    if (!TYPES.includes(type))
      throw unusable(graph, `its input ${name} is ${type}, expected a tensor of numbers or texts`);
    if (shape.length < 1 || shape.length > 2)
      throw unusable(graph, `its input ${name} has ${shape.length} dimensions, expected [rows, columns]`);
  }
  const widths = graph.inputs.map(({ shape }) => (shape.length === 1 ? 1 : (shape[1] as number | string)));
  const names =
    features !== undefined
      ? checked(graph, features, header, '--features')
      : (namesOfInputs(graph, widths, header, notes) ?? namesOfMatrix(graph, widths, header, notes));
  const fixed = widths.filter((width): width is number => typeof width === 'number' && width > 0);
  const total = fixed.reduce((sum, width) => sum + width, 0);
  if (fixed.length === widths.length ? names.length !== total : widths.length > 1)
    throw new EcommlError(
      features === undefined ? 'FOREIGN_COLUMNS' : 'FOREIGN_CHOICE',
      `${graph.where} takes ${total} columns, but ${names.length} are named: ${names.join(', ')}.`,
      { exitCode: features === undefined ? 3 : 2, hint: 'Name them in its order with --features a,b,c.' },
    );
  let at = 0;
  return graph.inputs.map(({ name, type, shape }, i): ForeignInput => {
    const width = fixed.length === widths.length ? (widths[i] as number) : names.length;
    const columns = names.slice(at, at + width);
    at += width;
    return { name, type: type as ForeignType, columns, flat: shape.length === 1 };
  });
}

/** Several inputs of one column each: their names are the columns', to the letter or but for case and signs. */
function namesOfInputs(
  graph: ForeignGraph,
  widths: readonly (number | string)[],
  header: readonly string[],
  notes: ForeignNote[],
): string[] | undefined {
  if (graph.inputs.length < 2) return undefined;
  if (widths.some((width) => width !== 1)) {
    const shapes = graph.inputs.map(({ name }, i) => `${name} (${widths[i]} columns)`).join(', ');
    throw new EcommlError(
      'FOREIGN_COLUMNS',
      `${graph.where} takes several matrices, ${shapes}, without names of columns.`,
      {
        exitCode: 3,
        hint: 'Name all columns in the order of its inputs: --features a,b,c.',
      },
    );
  }
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '_');
  return graph.inputs.map(({ name }) => {
    if (header.includes(name)) return name;
    const alike = header.filter((column) => plain(column) === plain(name));
    if (alike.length === 1) {
      notes.push({
        level: 'info',
        text: `the input "${name}" of the model is read from the column "${alike[0]}"`,
      });
      return alike[0];
    }
    throw missing(graph, name, header, 'Rename the column, use --map, or name the columns with --features.');
  });
}

/** One matrix: names from the model's metadata, or the header as it stands when it has as many columns. */
function namesOfMatrix(
  graph: ForeignGraph,
  [width]: readonly (number | string)[],
  header: readonly string[],
  notes: ForeignNote[],
): readonly string[] {
  const [input] = graph.inputs;
  const own = graph.head.metadataProps.find(({ key }) => key === 'ecomml.columns');
  if (own !== undefined) return ownColumns(graph, own.value, header);
  for (const { key, value } of graph.head.metadataProps) {
    if (!NAME_KEYS.includes(key.toLowerCase())) continue;
    const names = nameList(value);
    if (names === undefined || (typeof width === 'number' && width > 0 && names.length !== width)) continue;
    for (const name of names)
      if (!header.includes(name)) throw missing(graph, name, header, `The model's metadata (${key}) name it.`);
    notes.push({ level: 'info', text: `columns by the model's metadata (${key}): ${names.join(', ')}` });
    return names;
  }
  if (width === 1 && header.includes(input.name)) return [input.name];
  if (width === header.length) {
    notes.push({
      level: 'warning',
      text: `the model does not name its ${width} columns: the input's are taken in their order (${header.join(', ')}); say --features if that is wrong`,
    });
    return header;
  }
  const count = typeof width === 'number' && width > 0 ? `${width} columns` : 'columns';
  throw new EcommlError(
    'FOREIGN_COLUMNS',
    `${graph.where} takes ${count} in one matrix and does not name them; the input has ${header.length}: ${header.join(', ')}.`,
    { exitCode: 3, hint: 'Name them in the order of training: --features a,b,c.' },
  );
}

/** An export of ecomml takes encoded cells, which only its bundle can make. */
function ownColumns(graph: ForeignGraph, json: string, header: readonly string[]): string[] {
  const columns = JSON.parse(json) as { name: string; kind: string }[];
  const encoded = columns.find(({ kind }) => kind !== 'numeric');
  if (encoded !== undefined)
    throw new EcommlError(
      'FOREIGN_COLUMNS',
      `${graph.where} was exported by ecomml and takes encoded cells ("${encoded.name}" is ${encoded.kind === 'categorical' ? 'a category' : 'a target statistic'}), which only its bundle can make.`,
      { exitCode: 3, hint: 'Score with the bundle: --model models/NAME --runtime onnx.' },
    );
  const names = columns.map(({ name }) => name);
  for (const name of names)
    if (!header.includes(name)) throw missing(graph, name, header, "The model's metadata name it.");
  return names;
}

function nameList(value: string): string[] | undefined {
  try {
    const parsed = JSON.parse(value) as unknown;
    if (Array.isArray(parsed) && parsed.every((name) => typeof name === 'string')) return parsed;
    return undefined;
  } catch {
    return value.split(',').map((name) => name.trim());
  }
}

function checked(
  graph: ForeignGraph,
  features: readonly string[],
  header: readonly string[],
  who: string,
): readonly string[] {
  for (const name of features) if (!header.includes(name)) throw missing(graph, name, header, `${who} names it.`);
  return features;
}

function planOutput(graph: ForeignGraph, wanted: string | undefined, notes: ForeignNote[]): ForeignOutput {
  const zipped = graph.outputs.find(({ type }) => type === 'not a tensor');
  const numbers = graph.outputs.filter(
    ({ type, shape }) => /^float(16|32|64)$/.test(type) && widthOf(shape) !== undefined,
  );
  if (wanted !== undefined) {
    const logit = wanted.endsWith(':logit');
    const name = logit ? wanted.slice(0, -':logit'.length) : wanted;
    const found = numbers.find((output) => output.name === name);
    const names = graph.outputs.map((output) => output.name);
    if (found === undefined)
      throw usageError(
        'FOREIGN_CHOICE',
        `${graph.where} has no output of probabilities called "${name}".${didYouMean(name, names)}`,
        `Its outputs: ${sayOutputs(graph)}.`,
      );
    return { name, width: widthOf(found.shape) as 1 | 2, logit };
  }
  const likely = numbers.filter(({ name }) => /prob/i.test(name));
  const chosen = likely.length === 1 ? likely[0] : numbers.length === 1 ? numbers[0] : undefined;
  if (chosen === undefined && numbers.length > 1)
    throw usageError(
      'FOREIGN_CHOICE',
      `${graph.where} has several outputs that may be the probability: ${sayOutputs({ ...graph, outputs: numbers })}.`,
      'Say which: --onnx-output NAME, or NAME:logit for log odds.',
    );
  if (chosen === undefined && zipped !== undefined)
    throw unusable(
      graph,
      `its output ${zipped.name} is no tensor but a list of maps (ZipMap)`,
      'Export it without: skl2onnx options={id(model): {"zipmap": False}}, onnxmltools convert_lightgbm(zipmap=False); of a CatBoost file, remove the ZipMap node with the onnx package.',
    );
  if (chosen === undefined)
    throw unusable(
      graph,
      `no output is a probability of two classes; its outputs: ${sayOutputs(graph)}`,
      'Expected floating numbers of the shape [N, 2], [N, 1] or [N].',
    );
  const logit = /logit|log_?odds|margin|raw_?score|decision/i.test(chosen.name);
  if (logit)
    notes.push({
      level: 'warning',
      text: `the output "${chosen.name}" is read as log odds; say --onnx-output ${chosen.name} if it is a probability`,
    });
  return { name: chosen.name, width: widthOf(chosen.shape) as 1 | 2, logit };
}

/** Columns of an output for two classes; undefined for any other shape. */
function widthOf(shape: OnnxValue['shape']): 1 | 2 | undefined {
  if (shape.length === 1) return 1;
  return shape.length === 2 && (shape[1] === 1 || shape[1] === 2) ? shape[1] : undefined;
}

function sayOutputs({ outputs }: Pick<ForeignGraph, 'outputs'>): string {
  return outputs
    .map(
      ({ name, type, shape }) =>
        `${name} (${type}${shape.length > 0 ? ` [${shape.map((size) => size || 'N').join(', ')}]` : ''})`,
    )
    .join(', ');
}

function missing({ where }: ForeignGraph, name: string, header: readonly string[], hint: string): EcommlError {
  return new EcommlError(
    'FOREIGN_COLUMNS',
    `${where} takes "${name}", but the input has no such column.${didYouMean(name, header)} Found: ${header.join(', ')}.`,
    { exitCode: 3, hint },
  );
}

function unusable({ where }: ForeignGraph, why: string, hint?: string): EcommlError {
  return new EcommlError('FOREIGN_MODEL', `${where} cannot be scored: ${why}.`, hint === undefined ? {} : { hint });
}
