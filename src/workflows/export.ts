/**
 * `export`: ensemble weights as JSON, and each model and the whole ensemble as ONNX, proved in onnxruntime on real rows
 * before anything is written. The proof is stored beside the files.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { Bundle } from '../bundle/bundle.js';
import { SAMPLE_ROWS } from '../bundle/manifest.js';
import { sampleRowsMatrix } from '../bundle/sample-rows.js';
import { CONFIDENCE_DEFINITION } from '../ensemble/confidence.js';
import { encodeFrame } from '../features/encoder.js';
import { withDatabase } from '../table/duckdb.js';
import type { Matrix } from '../table/matrix.js';
import { takeRows } from '../table/matrix.js';
import type { WorkflowContext } from './context.js';
import { exportedGraphs } from './exported-graphs.js';
import type { ExportOptions } from './options.js';
import { rowsOfBundle } from './rows-of-bundle.js';

export interface ExportResult {
  readonly bundle: string;
  readonly files: readonly string[];
  /** One entry a graph: rows compared and the largest difference of a probability. */
  readonly proof: readonly { readonly name: string; readonly rows: number; readonly largest_difference: number }[];
}

/** Rows of `--input` that a proof takes at most. */
const PROOF_ROWS = 2000;

export async function exportBundle(options: ExportOptions, context: WorkflowContext): Promise<ExportResult> {
  const bundle = Bundle.open(options.model);
  const model = bundle.scoringModel();
  mkdirSync(options.output, { recursive: true });
  const files: string[] = [];
  const write = (name: string, data: string | Uint8Array) => {
    const path = join(options.output, name);
    writeFileAtomic(path, data);
    files.push(path);
  };
  let proof: ExportResult['proof'] = [];
  if (options.formats.includes('onnx')) {
    const graphs = await exportedGraphs(model, await proofRows(bundle, options, context), context);
    for (const { name, bytes } of graphs) write(`${name}.onnx`, bytes);
    proof = graphs.map(({ name, proof: { rows, largestDifference } }) => ({
      name,
      rows,
      largest_difference: largestDifference,
    }));
    write('onnx-proof.json', `${JSON.stringify({ tolerance: 1e-6, graphs: proof }, null, 2)}\n`);
  }
  if (options.formats.includes('weights')) write('weights.json', weightsJson(bundle));
  return { bundle: bundle.folder, files, proof };
}

/** All that another program needs to blend the members' probabilities as ecomml does. */
function weightsJson({ manifest }: Bundle): string {
  const { weights, weights_from, calibration, confidence, evidence, notes } = manifest.blend;
  const content = {
    ecomml: manifest.ecomml,
    formula: 'purchase_probability = calibration(sum of weight × probability over the members)',
    weights,
    weights_from,
    calibration,
    confidence: { definition: CONFIDENCE_DEFINITION, interval: confidence },
    evidence,
    notes,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Rows of `--input` when given, else the sample that the bundle keeps. */
async function proofRows(bundle: Bundle, options: ExportOptions, context: WorkflowContext): Promise<Matrix> {
  const { encoder } = bundle.manifest;
  if (options.input === undefined) return sampleRowsMatrix(bundle.json(SAMPLE_ROWS), encoder.columns);
  const input = { input: options.input, map: bundle.manifest.source.map, maxBadRows: 1 };
  return withDatabase({ threads: context.threads }, async (db) => {
    const { frame } = await rowsOfBundle(db, bundle, { ...input, labelled: false }, context);
    const matrix = encodeFrame(frame, encoder);
    return takeRows(
      matrix,
      Int32Array.from({ length: Math.min(PROOF_ROWS, matrix.rows) }, (_, row) => row),
    );
  });
}
