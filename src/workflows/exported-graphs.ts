/** A model's ONNX graphs, one a member and one for the whole ensemble, each proved in onnxruntime before it is used. */
import { applyBlend } from '../ensemble/blend.js';
import { exportEnsemble, exportForest } from '../onnx/export-onnx.js';
import { type ExportProof, proveExport } from '../onnx/prove-export.js';
import type { ScoringModel } from '../scoring/scoring-model.js';
import type { Matrix } from '../table/matrix.js';
import type { WorkflowContext } from './context.js';

export interface ProvedGraph {
  /** The family, or "ensemble". */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly proof: ExportProof;
}

/** `rows`: real rows, encoded; rows at thresholds, beside them, missing and unseen are added by the proof. */
export async function exportedGraphs(
  model: ScoringModel,
  rows: Matrix,
  { progress, signal }: WorkflowContext,
): Promise<ProvedGraph[]> {
  const stage = 'onnx';
  progress({ type: 'start', stage, total: model.members.length + 1, unit: 'graphs' });
  const graphs: ProvedGraph[] = [];
  for (const { family, forest } of model.members) {
    signal.throwIfAborted();
    const exported = exportForest({ name: family, forest });
    graphs.push({ name: family, bytes: exported.bytes, proof: await proveExport(exported, rows, `${family}.onnx`) });
    progress({ type: 'advance', stage, done: graphs.length });
  }
  const weighted = model.members.map(({ family, forest }) => ({
    name: family,
    forest,
    weight: model.blend.weights[family] ?? 0,
  }));
  const exported = exportEnsemble(weighted, model.blend.calibration);
  const proof = await proveExport(exported, rows, 'ensemble.onnx', (members) => applyBlend(model.blend, members));
  graphs.push({ name: 'ensemble', bytes: exported.bytes, proof });
  const largest = Math.max(...graphs.map((graph) => graph.proof.largestDifference));
  const proved = graphs.reduce((sum, graph) => sum + graph.proof.rows, 0);
  const summary = `${graphs.length} graphs, largest difference ${largest.toExponential(1)} on ${proved} rows in onnxruntime`;
  progress({ type: 'end', stage, summary });
  return graphs;
}
