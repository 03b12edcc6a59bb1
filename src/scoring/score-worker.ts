/** A scoring thread: holds the model, answers chunks. */
import { parentPort, workerData } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import type { WorkerAnswer } from './ordered-pool.js';
import { type RowChunk, type ScoredChunk, scoreChunk } from './score-chunk.js';
import { ModelScorer, type ScoringModel } from './scoring-model.js';

const model = workerData as ScoringModel;
const families = model.members.map(({ family }) => family);
let scorer: ModelScorer | undefined;

function answer(chunk: RowChunk): WorkerAnswer<ScoredChunk> {
  try {
    scorer ??= new ModelScorer(model);
    return { ok: true, result: scoreChunk(scorer, families, chunk) };
  } catch (error) {
    if (!(error instanceof EcommlError)) {
      return {
        ok: false,
        code: 'SCORING_FAILED',
        message: `Scoring failed: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
    const { code, message, hint, exitCode } = error;
    return { ok: false, code, message, exitCode, ...(hint === undefined ? {} : { hint }) };
  }
}

parentPort?.on('message', (chunk: RowChunk) => parentPort?.postMessage(answer(chunk)));
