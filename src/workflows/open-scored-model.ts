/**
 * What `--model` of score names: a bundle, run by ecomml's kernels or by its exported ensemble in onnxruntime, or an ONNX
 * file that somebody else made. It reads no row.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { usageError } from '../base/errors.js';
import { Bundle } from '../bundle/bundle.js';
import { ENSEMBLE_ONNX } from '../bundle/manifest.js';
import type { WorkflowContext } from './context.js';
import type { ScoreOptions } from './options.js';
import type { ScoredModel } from './scored-model.js';

export async function openScoredModel(options: ScoreOptions, context: WorkflowContext): Promise<ScoredModel> {
  const { model, features, onnxOutput } = options;
  if (isFile(model) && basename(model) !== 'latest') {
    const { openForeignModel } = await import('./foreign-model.js');
    return openForeignModel(options, context);
  }
  const own = features !== undefined ? '--features' : onnxOutput !== undefined ? '--onnx-output' : undefined;
  if (own !== undefined)
    throw usageError(
      'BAD_USAGE',
      `${own} is for ONNX files of other makers, but ${model} is a bundle.`,
      `Leave ${own} out.`,
    );
  const bundle = Bundle.open(model);
  const kind = options.runtime ?? 'wasm';
  return {
    identity: { ...bundle.identity(), runtime: kind },
    reader: bundle,
    texts: [],
    runtime: () => {
      const loaded = bundle.scoringModel();
      if (kind === 'wasm') return { kind, model: loaded };
      const where = bundle.file(ENSEMBLE_ONNX);
      return { kind, model: loaded, bytes: readFileSync(where), where };
    },
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true || /\.onnx$/i.test(path);
}
