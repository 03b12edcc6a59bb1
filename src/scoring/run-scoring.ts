/**
 * Executes a score run: chunks from a source to the scoring threads, their bytes in the input's order to the output. It
 * checks that every row is accounted for before the output gets its name. It decides nothing: what to read and where to
 * write was planned before.
 */
import { EcommlError } from '../base/errors.js';
import type { ProgressSink } from '../base/progress.js';
import type { ActionCounts } from './action-counts.js';
import { chooseFormat } from './choose-format.js';
import type { ChunkSource, ScoreChunk, SourceChunk } from './chunk-source.js';
import { SOURCE_FILE } from './csv-rows.js';
import { OrderedPool } from './ordered-pool.js';
import type { RejectedFault } from './rejected-rows.js';
import { ScoreWriter, type ScoreWriterOptions } from './score-writer.js';
import type { ScoredChunk, ScoringJob } from './scoring-job.js';
import { scoringThread } from './scoring-thread.js';

export interface ScoringRun {
  readonly job: ScoringJob;
  readonly source: ChunkSource;
  readonly writer: Omit<ScoreWriterOptions, 'format' | 'fields' | 'rejectsByFile'>;
  readonly threads: number;
  readonly progress: ProgressSink;
  readonly signal: AbortSignal;
  /** Asked when all is scored and nothing has its name yet: throws when too many rows were bad. */
  readonly check: (counts: ScoringCounts) => void;
}

export interface ScoringCounts {
  readonly rowsIn: number;
  readonly scored: number;
  readonly rejected: number;
  /** Of those that the threads rejected, the most frequent first. */
  readonly faults: readonly RejectedFault[];
  readonly passedOver: Readonly<Record<string, number>>;
  readonly actions: ActionCounts | undefined;
  /** Rows that an earlier run had scored already. */
  readonly resumed: number;
}

export async function runScoring(run: ScoringRun): Promise<ScoringCounts> {
  const { job, source, progress, signal, threads } = run;
  const { output } = run.writer;
  const stage = 'score';
  const pool = new OrderedPool<ScoreChunk, ScoredChunk>({
    thread: scoringThread,
    job,
    threads,
  });
  let writer: ScoreWriter | undefined;
  let keep = false;
  try {
    const { fields, format } = job;
    const rejectsByFile = job.passed[0] === SOURCE_FILE;
    writer = await ScoreWriter.open({ ...run.writer, format: chooseFormat(format), fields, rejectsByFile });
    const resumed = writer.scored;
    if (run.writer.resume) {
      const from =
        writer.position === undefined ? 'Nothing unfinished was found' : `${resumed} rows were scored before`;
      progress({ type: 'message', level: 'info', text: `${from}: ${output}` });
    }
    const total = source.total === undefined ? {} : { total: source.total };
    progress({ type: 'start', stage, ...total, unit: source.unit });
    for await (const { item, result } of pool.map<SourceChunk>(source.chunks(writer.position))) {
      signal.throwIfAborted();
      await writer.write(result, item.position);
      progress({ type: 'advance', stage, done: item.done });
    }
    const counts = conserved(source, writer, resumed);
    const ofSource = source.counts().rejected > 0;
    try {
      run.check(counts);
    } catch (error) {
      writer.publishRejects(ofSource);
      throw error;
    }
    await writer.publish(ofSource);
    progress({ type: 'end', stage, summary: `${counts.scored} rows → ${output === '-' ? 'stdout' : output}` });
    return counts;
  } catch (error) {
    const full = isFull(error);
    keep = writer?.canResume === true && (full || (signal.aborted && run.writer.resume));
    signal.throwIfAborted();
    throw full && keep ? diskFull(error as Error, output, writer?.scored ?? 0) : error;
  } finally {
    await writer?.discard(keep);
    await pool.close();
    await source.close();
  }
}

function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
}

function diskFull(cause: Error, output: string, rows: number): EcommlError {
  return new EcommlError('DISK_FULL', `${output} cannot be written: the disk, or what may be used of it, is full.`, {
    cause,
    hint: `Free some space and say the same again with --resume: ${rows} scored rows were kept.`,
  });
}

/** rows in = scored + rejected + passed over, or nothing is published. */
function conserved(source: ChunkSource, writer: ScoreWriter, resumed: number): ScoringCounts {
  const counts = source.counts();
  const { scored } = writer;
  const { rows, faults } = writer.rejected;
  const rejected = rows + counts.rejected;
  const passed = Object.values(counts.passedOver).reduce((sum, count) => sum + count, 0);
  const rowsIn = counts.rowsIn ?? scored + rejected + passed;
  if (rowsIn === scored + rejected + passed)
    return { rowsIn, scored, rejected, faults, passedOver: counts.passedOver, actions: writer.actions, resumed };
  throw new EcommlError(
    'ROWS_LOST',
    `${rowsIn} rows came in, but ${scored} were scored, ${rejected} rejected and ${passed} passed over: the counts do not add up.`,
    { hint: 'Nothing was written under the final name. This is a bug of ecomml: please report it.' },
  );
}
