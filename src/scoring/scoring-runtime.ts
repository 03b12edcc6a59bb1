/**
 * What turns encoded rows into probabilities: ecomml's own kernels, a bundle's exported ensemble in onnxruntime, or a
 * foreign classifier there. All answer the same; a foreign one has neither members nor a confidence.
 */
import { blendConfidence } from '../ensemble/blend.js';
import type { ForeignPlan } from '../onnx/foreign-model.js';
import { columnText } from './field-cells.js';
import { type ResultColumn, sourceRowName } from './results.js';
import type { EncodedRows } from './score-chunk.js';
import { ModelScorer, type Scores, type ScoringModel } from './scoring-model.js';

/** Plain data, handed to each scoring thread. */
export type ScoringRuntime =
  | { readonly kind: 'wasm'; readonly model: ScoringModel }
  /** `bytes` of the bundle's ensemble.onnx; `where` names it in errors. */
  | { readonly kind: 'onnx'; readonly model: ScoringModel; readonly bytes: Uint8Array; readonly where: string }
  /** Columns of texts are read from what passes through, numbers from the matrix. */
  | { readonly kind: 'foreign'; readonly plan: ForeignPlan; readonly bytes: Uint8Array; readonly where: string };

export type ScoreEncodedRows = (rows: EncodedRows) => Scores | Promise<Scores>;

/** Make one a thread. onnxruntime is loaded only for the kinds that need it. */
export async function openRuntime(runtime: ScoringRuntime): Promise<ScoreEncodedRows> {
  if (runtime.kind === 'wasm') {
    const scorer = new ModelScorer(runtime.model);
    return ({ matrix }) => scorer.scoreMatrix(matrix);
  }
  if (runtime.kind === 'onnx') return openOnnx(runtime);
  const { ForeignScorer } = await import('../onnx/foreign-scorer.js');
  const scorer = await ForeignScorer.open(runtime.bytes, runtime.plan, runtime.where);
  return async ({ rows, matrix, passed }) => {
    const cells = (name: string) =>
      matrix.columns.find((column) => column.name === name)?.values ?? textsOf(passed, name);
    const probability = await scorer.probabilities(cells, rows, sourceRowName(passed));
    return { probability, confidence: new Float64Array(rows).fill(Number.NaN), members: {} };
  };
}

async function openOnnx({ model, bytes, where }: Extract<ScoringRuntime, { kind: 'onnx' }>): Promise<ScoreEncodedRows> {
  const { OnnxEnsemble } = await import('../onnx/onnx-ensemble.js');
  const named = model.members.map(({ family, forest }) => ({ name: family, forest }));
  const ensemble = await OnnxEnsemble.open(bytes, named, where);
  return async ({ matrix }) => {
    const { probability, members } = await ensemble.run(matrix);
    // A mean of many trees' shares may round past 1.
    for (const values of Object.values(members))
      for (let row = 0; row < values.length; row++) values[row] = Math.min(1, Math.max(0, values[row]));
    return { probability, members, confidence: blendConfidence(model.blend, members, probability) };
  };
}

function textsOf(passed: readonly ResultColumn[], name: string): readonly (string | null)[] {
  const column = passed.find((one) => one.name === name);
  if (column === undefined) throw new TypeError(`the column ${name} was not read`);
  return columnText(column);
}
