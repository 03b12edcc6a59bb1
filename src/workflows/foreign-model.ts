/**
 * An ONNX classifier of another maker as a model that score can use: its inputs are matched with the header of the input,
 * which is then read as any table is, numbers by the rules of clean/ and texts as they stand.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { EcommlError, usageError } from '../base/errors.js';
import { sha256 } from '../bundle/folder.js';
import type { TableColumn } from '../clean/column-types.js';
import { type ForeignPlan, planForeign } from '../onnx/foreign-model.js';
import { decodeHead, type ModelHead } from '../onnx/onnx-messages.js';
import { OnnxSession } from '../onnx/session.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import { detectInput } from '../table/detect-input.js';
import { withDatabase } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import type { ScoreOptions } from './options.js';
import type { ScoredModel } from './scored-model.js';

export async function openForeignModel(options: ScoreOptions, { progress }: WorkflowContext): Promise<ScoredModel> {
  const { model, input, runtime } = options;
  checkOptions(options);
  const bytes = readModel(model);
  const session = await OnnxSession.open(bytes, model);
  let plan: ForeignPlan;
  try {
    const graph = { where: model, inputs: session.inputs, outputs: session.outputs, head: headOf(bytes) };
    const header = await headerOf(input, options.map);
    const { features, onnxOutput: output } = options;
    plan = planForeign(graph, header, {
      ...(features === undefined ? {} : { features }),
      ...(output === undefined ? {} : { output }),
    });
  } finally {
    await session.close();
  }
  if (runtime === 'wasm')
    throw usageError('BAD_USAGE', `${model} is an ONNX file: --runtime wasm cannot run it.`, 'Leave --runtime out.');
  for (const { level, text } of plan.notes) progress({ type: 'message', level, text: `${model}: ${text}.` });
  const typed = plan.inputs.flatMap(({ type, columns }) =>
    columns.map(
      (name): TableColumn => ({
        name,
        type: type === 'string' ? 'categorical' : type === 'bool' ? 'boolean' : 'numeric',
      }),
    ),
  );
  const schema = typed.filter(({ name }, c) => typed.findIndex((one) => one.name === name) === c);
  const clash = typed.find(({ name, type }) => schema.some((one) => one.name === name && one.type !== type));
  if (clash !== undefined)
    throw new EcommlError('FOREIGN_MODEL', `${model} takes the column "${clash.name}" both as text and as a number.`);
  const numbers = schema.filter(({ type }) => type !== 'categorical');
  return {
    identity: fileIdentity(model, bytes),
    reader: {
      name: model,
      file: () => model,
      manifest: {
        encoder: { columns: numbers.map(({ name }) => ({ name, kind: 'numeric' })) },
        source: { kind: 'table', map: {}, target: '', positive: '', id: [], schema },
      },
    },
    texts: schema.filter(({ type }) => type === 'categorical').map(({ name }) => name),
    runtime: () => ({ kind: 'foreign', plan, bytes, where: model }),
  };
}

/** What only a bundle can give. */
function checkOptions({ model, input, explain, scores }: ScoreOptions): void {
  const refuse = (what: string, why: string) =>
    usageError('BAD_USAGE', `${what} needs a bundle: ${model} is an ONNX file, which ${why}.`, `Leave ${what} out.`);
  if (explain !== undefined) throw refuse('--explain', 'does not tell its trees');
  if (input === '-')
    throw usageError(
      'BAD_USAGE',
      'A foreign ONNX model needs a file as --input: its header is read first.',
      'Write stdin to a file.',
    );
  const wanted = scores?.find((name) => name === 'confidence' || name === 'members');
  if (wanted !== undefined) throw refuse(`--scores ${wanted}`, 'has a probability alone');
}

function readModel(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new EcommlError('NO_SUCH_MODEL', `The model ${path} ${missing ? 'does not exist' : 'cannot be read'}.`, {
      hint: 'Name a bundle (a folder that train wrote) or an ONNX file.',
      cause,
    });
  }
}

/** Metadata that cannot be read say nothing; the runtime has accepted the model. */
function headOf(bytes: Uint8Array): Pick<ModelHead, 'metadataProps'> {
  try {
    return decodeHead(bytes);
  } catch {
    return { metadataProps: [] };
  }
}

async function headerOf(input: string, map: ScoreOptions['map']): Promise<string[]> {
  return withDatabase({ threads: 1 }, async (db) => {
    const { columns } = await detectInput(db, input, { map, asTable: true });
    return columns.map(({ name }) => name);
  });
}

/** The identity of a model that is one file. */
function fileIdentity(path: string, bytes: Uint8Array): ScorePlan['model'] {
  return { name: basename(path), folder: path, sha256: sha256(bytes), members: [], runtime: 'onnx' };
}
