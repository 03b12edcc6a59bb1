/**
 * Executes a score run: chunks from a source to the scoring threads, their bytes in the input's order to the output. It
 * checks that every row is accounted for before the output gets its name. It decides nothing: what to read and where to
 * write was planned before.
 */
import { EcommlError } from '../base/errors.js';
import type { ProgressSink } from '../base/progress.js';
import type { ChunkSource, ScoreChunk, SourceChunk } from './chunk-source.js';
import { OrderedPool } from './ordered-pool.js';
import { rowFormat } from './row-format.js';
import { openScoreOutput, type ScoreOutput } from './score-output.js';
import type { ScoredChunk, ScoringJob } from './scoring-job.js';

export interface ScoringRun {
  readonly job: ScoringJob;
  readonly source: ChunkSource;
  /** "-" is stdout. */
  readonly output: string;
  readonly threads: number;
  readonly progress: ProgressSink;
  readonly signal: AbortSignal;
}

export interface ScoringCounts {
  readonly rowsIn: number;
  readonly scored: number;
  readonly rejected: number;
  readonly passedOver: Readonly<Record<string, number>>;
}

export async function runScoring(run: ScoringRun): Promise<ScoringCounts> {
  const { job, source, progress, signal, threads } = run;
  const stage = 'score';
  progress({ type: 'start', stage, ...(source.total === undefined ? {} : { total: source.total }), unit: source.unit });
  const pool = new OrderedPool<ScoreChunk, ScoredChunk>({
    script: new URL('./score-worker.js', import.meta.url),
    workerData: job,
    threads,
  });
  let output: ScoreOutput | undefined;
  let scored = 0;
  let rejected = 0;
  try {
    output = await openScoreOutput(run.output, rowFormat(job.format), job.fields);
    for await (const { item, result } of pool.map<SourceChunk>(source.chunks())) {
      signal.throwIfAborted();
      await output.write(result.bytes);
      scored += result.rows;
      rejected += result.rejected;
      progress({ type: 'advance', stage, done: item.done });
    }
    const counts = conserved(source, scored, rejected);
    await output.finish();
    progress({ type: 'end', stage, summary: `${scored} rows → ${run.output === '-' ? 'stdout' : run.output}` });
    return counts;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await output?.discard();
    await pool.close();
    await source.close();
  }
}

/** rows in = scored + rejected + passed over, or nothing is published. */
function conserved(source: ChunkSource, scored: number, rejectedByThreads: number): ScoringCounts {
  const counts = source.counts();
  const rejected = rejectedByThreads + counts.rejected;
  const passed = Object.values(counts.passedOver).reduce((sum, count) => sum + count, 0);
  const rowsIn = counts.rowsIn ?? scored + rejected + passed;
  if (rowsIn === scored + rejected + passed) return { rowsIn, scored, rejected, passedOver: counts.passedOver };
  throw new EcommlError(
    'ROWS_LOST',
    `${rowsIn} rows came in, but ${scored} were scored, ${rejected} rejected and ${passed} passed over: the counts do not add up.`,
    { hint: 'Nothing was written under the final name. This is a bug of ecomml: please report it.' },
  );
}
