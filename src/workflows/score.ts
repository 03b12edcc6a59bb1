/**
 * `score`: a CSV or Parquet to purchase probabilities, in the input's order. Events are cleaned, joined with the bundle's
 * history and featured by the code that training used; chunks are scored in worker threads and written in order. Every row
 * of the input ends up scored, rejected or passed over: the counts are checked before the output gets its name.
 */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { EcommlError } from '../base/errors.js';
import { Bundle } from '../bundle/bundle.js';
import { csvCell } from '../scoring/csv-cell.js';
import { OrderedPool } from '../scoring/ordered-pool.js';
import { readChunks } from '../scoring/read-chunks.js';
import { type RowChunk, type ScoredChunk, scoreColumns } from '../scoring/score-chunk.js';
import { openScoreOutput, type ScoreOutput } from '../scoring/score-output.js';
import type { ScoringModel } from '../scoring/scoring-model.js';
import { type Database, withDatabase } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import type { ScoreOptions } from './options.js';
import { loadForBundle } from './rows-of-bundle.js';
import { type RowsToScore, rowsToScore } from './rows-to-score.js';

export interface ScoreResult {
  /** rows_in = rows_scored + rows_rejected + rows_passed_over */
  readonly rows_in: number;
  readonly rows_scored: number;
  readonly rows_rejected: number;
  readonly rows_passed_over: number;
  /** By reason: an event type that is no moment, "duplicate", "not_last". */
  readonly passed_over: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly rows_per_second: number;
  readonly output: string;
  /** Where the rejected lines are; absent when there are none. */
  readonly rejects?: string;
}

/** Rows of a chunk: some megabytes of cells, some tens of milliseconds of work. */
const CHUNK_ROWS = 8192;

export async function score(options: ScoreOptions, context: WorkflowContext): Promise<ScoreResult> {
  const begun = performance.now();
  const bundle = Bundle.open(options.model);
  const model = bundle.scoringModel();
  const rejectsPath = rejectsBeside(options);
  return withDatabase({ threads: context.threads }, async (db) => {
    const loaded = await loadForBundle(db, bundle, { ...options, labelled: false, rejectsPath }, context);
    const rows = await rowsToScore(db, bundle, loaded, options, context);
    if (rows.rejected === 0) rmSync(rejectsPath, { force: true });
    const scored = await writeScores(db, model, rows, options.output, context);
    const passedOver = Object.values(rows.passedOver).reduce((sum, count) => sum + count, 0);
    const seconds = (performance.now() - begun) / 1000;
    return {
      rows_in: rows.rowsIn,
      rows_scored: scored,
      rows_rejected: rows.rejected,
      rows_passed_over: passedOver,
      passed_over: rows.passedOver,
      seconds,
      rows_per_second: Math.round(scored / seconds),
      output: options.output,
      ...(rows.rejected === 0 ? {} : { rejects: rejectsPath }),
    };
  });
}

/** Scores every row and publishes the output; returns the rows written. */
async function writeScores(
  db: Database,
  model: ScoringModel,
  rows: RowsToScore,
  path: string,
  { progress, signal, threads }: WorkflowContext,
): Promise<number> {
  const families = model.members.map(({ family }) => family);
  const header = [...rows.passed.map(({ name }) => name), ...scoreColumns(families)];
  const stage = 'score';
  progress({ type: 'start', stage, total: rows.toScore, unit: 'rows' });
  const pool = new OrderedPool<RowChunk, ScoredChunk>({
    script: new URL('../scoring/score-worker.js', import.meta.url),
    workerData: model,
    threads: Math.max(1, Math.min(threads, Math.ceil(rows.toScore / CHUNK_ROWS))),
  });
  let output: ScoreOutput | undefined;
  let scored = 0;
  try {
    output = openScoreOutput(path);
    await output.write(`${header.map(csvCell).join(',')}\n`);
    const query = {
      from: rows.from,
      orderBy: rows.orderBy,
      passed: rows.passed.map(({ sql }) => sql),
      features: rows.features,
      chunkRows: CHUNK_ROWS,
    };
    for await (const chunk of pool.map(readChunks(db, query))) {
      signal.throwIfAborted();
      await output.write(chunk.text);
      scored += chunk.rows;
      progress({ type: 'advance', stage, done: scored });
    }
    checkConservation(rows, scored);
    await output.finish();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    output?.discard();
    await pool.close();
  }
  progress({ type: 'end', stage, summary: `${scored} rows → ${path === '-' ? 'stdout' : path}` });
  return scored;
}

function checkConservation({ rowsIn, rejected, passedOver }: RowsToScore, scored: number): void {
  const passed = Object.values(passedOver).reduce((sum, count) => sum + count, 0);
  if (rowsIn === scored + rejected + passed) return;
  throw new EcommlError(
    'ROWS_LOST',
    `${rowsIn} rows came in, but ${scored} were scored, ${rejected} rejected and ${passed} passed over: the counts do not add up.`,
    { hint: 'Nothing was written under the final name. This is a bug of ecomml: please report it.' },
  );
}

function rejectsBeside({ input, output }: ScoreOptions): string {
  if (output !== '-') return `${output.replace(/\.csv$/i, '')}.rejects.csv`;
  return `${input === '-' ? 'stdin' : basename(input).replace(/(\.csv)?(\.gz)?$/i, '')}.rejects.csv`;
}
