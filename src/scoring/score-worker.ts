/** A scoring thread: its first message is the job, whose model it holds; it answers the chunks that follow. */
import { parentPort } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import { kernelModule } from '../kernels/loader.js';
import { chooseFormat } from './choose-format.js';
import { ChunkScorer } from './chunk-scorer.js';
import type { ScoreChunk } from './chunk-source.js';
import { CsvRowReader } from './csv-rows.js';
import type { WorkerAnswer } from './ordered-pool.js';
import type { Results } from './results.js';
import { encodedRows, encodeRows, rejectsOf } from './score-chunk.js';
import { countActions } from './score-columns.js';
import type { ScoredChunk, ScoringJob } from './scoring-job.js';

// Compiled while the thread waits for its job. What is wrong with the file is said when the job needs it.
try {
  kernelModule();
} catch {}

type Scorer = (chunk: ScoreChunk) => Promise<ScoredChunk>;

/** The model opens while the first chunk is on its way; what goes wrong is answered to that chunk. */
async function openScorer(job: ScoringJob): Promise<Scorer> {
  const format = chooseFormat(job.format);
  const scorer = await ChunkScorer.open(job);
  const { policy } = job.request;
  let reader: CsvRowReader | undefined;
  const write = (results: Results) => ({
    rows: results.rows,
    bytes: format.rows(results, job.fields),
    ...(policy === undefined ? {} : { actions: countActions(results, policy) }),
  });
  return async (chunk) => {
    if (chunk.kind === 'csv') {
      reader ??= new CsvRowReader(job.csv, job.passed, job);
      const { rows, ...rejects } = reader.read(chunk);
      return { ...write(await scorer.score(rows)), ...rejects };
    }
    const encoded = chunk.kind === 'encoded';
    const rows = encoded ? encodedRows(chunk, job.encoder) : encodeRows(chunk, job.passed, job.encoder);
    return { ...write(await scorer.score(rows)), ...rejectsOf(chunk) };
  };
}

async function answer(score: Promise<Scorer>, chunk: ScoreChunk): Promise<WorkerAnswer<ScoredChunk>> {
  try {
    return { ok: true, result: await (await score)(chunk) };
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

parentPort?.once('message', (job: ScoringJob) => {
  const scorer = openScorer(job);
  scorer.catch(() => {});
  // One chunk at a time: what a chunk was read into is used again for the next.
  let before: Promise<void> = Promise.resolve();
  const next = async (chunk: ScoreChunk) => {
    const answered = await answer(scorer, chunk);
    // Bytes in a buffer of their own move instead of being copied.
    const buffer = answered.ok ? answered.result.bytes.buffer : undefined;
    const own = buffer instanceof ArrayBuffer && answered.ok && buffer.byteLength === answered.result.bytes.length;
    parentPort?.postMessage(answered, own ? [buffer] : []);
  };
  parentPort?.on('message', (chunk: ScoreChunk) => {
    before = before.then(() => next(chunk));
  });
});
