/** A scoring thread: holds the model, answers chunks. */
import { parentPort, workerData } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import type { ScoreChunk } from './chunk-source.js';
import type { WorkerAnswer } from './ordered-pool.js';
import { rowFormat } from './row-format.js';
import { encodeRows, scoreRows } from './score-chunk.js';
import type { ScoredChunk, ScoringJob } from './scoring-job.js';
import { ModelScorer } from './scoring-model.js';

const job = workerData as ScoringJob;
const families = job.model.members.map(({ family }) => family);
let scorer: ModelScorer | undefined;

function scored(chunk: ScoreChunk): ScoredChunk {
  scorer ??= new ModelScorer(job.model);
  if (chunk.kind === 'csv') throw new TypeError('not yet');
  const rows = encodeRows(chunk, job.passed, job.model, scorer);
  const bytes = rowFormat(job.format).rows(scoreRows(scorer, families, rows));
  return { rows: rows.rows, bytes, rejected: 0 };
}

function answer(chunk: ScoreChunk): WorkerAnswer<ScoredChunk> {
  try {
    return { ok: true, result: scored(chunk) };
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

parentPort?.on('message', (chunk: ScoreChunk) => parentPort?.postMessage(answer(chunk)));
