/** A scoring thread: holds the model, answers chunks. */
import { parentPort, workerData } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import { ChunkScorer } from './chunk-scorer.js';
import type { ScoreChunk } from './chunk-source.js';
import { CsvRowReader } from './csv-rows.js';
import type { WorkerAnswer } from './ordered-pool.js';
import { rowFormat } from './row-format.js';
import { encodedRows, encodeRows } from './score-chunk.js';
import type { ScoredChunk, ScoringJob } from './scoring-job.js';

const job = workerData as ScoringJob;
const format = rowFormat(job.format);
let reader: CsvRowReader | undefined;
/** Opened while the first chunk is read; what goes wrong is answered to that chunk. */
const opened = ChunkScorer.open(job);
opened.catch(() => {});

async function scored(chunk: ScoreChunk): Promise<ScoredChunk> {
  const scorer = await opened;
  if (chunk.kind === 'csv') {
    reader ??= new CsvRowReader(job.csv, job.passed, job);
    const { rows, ...rejects } = reader.read(chunk);
    return { rows: rows.rows, bytes: format.rows(await scorer.score(rows), job.fields), ...rejects };
  }
  const rows = chunk.kind === 'encoded' ? encodedRows(chunk, job.encoder) : encodeRows(chunk, job.passed, job.encoder);
  const bytes = format.rows(await scorer.score(rows), job.fields);
  return { rows: rows.rows, bytes, rejected: 0 };
}

async function answer(chunk: ScoreChunk): Promise<WorkerAnswer<ScoredChunk>> {
  try {
    return { ok: true, result: await scored(chunk) };
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

parentPort?.on('message', async (chunk: ScoreChunk) => parentPort?.postMessage(await answer(chunk)));
