/**
 * What `--model` of score names: a bundle, run by ecomml's kernels or by its exported ensemble in onnxruntime, or an ONNX
 * file that somebody else made. It reads no row.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { usageError } from '../base/errors.js';
import { Bundle } from '../bundle/bundle.js';
import { sha256 } from '../bundle/folder.js';
import { ENSEMBLE_ONNX } from '../bundle/manifest.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import type { ScoringRuntime } from '../scoring/scoring-runtime.js';
import type { WorkflowContext } from './context.js';
import type { ScoreOptions } from './options.js';
import type { RowsReader } from './rows-of-bundle.js';

export interface ScoredModel {
  readonly identity: ScorePlan['model'];
  readonly reader: RowsReader;
  /** Loads what the threads need. */
  readonly runtime: () => ScoringRuntime;
  /** Columns whose texts the model reads itself, so that they must pass through. */
  readonly texts: readonly string[];
}

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

/** The identity of a model that is one file. */
export function fileIdentity(path: string, bytes: Uint8Array): ScorePlan['model'] {
  return { name: basename(path), folder: path, sha256: sha256(bytes), members: [], runtime: 'onnx' };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true || /\.onnx$/i.test(path);
}
