/** Plans a `score` run from the heads of its inputs: what --dry-run prints and score.ts executes. No row is read. */
import { basename } from 'node:path';
import { Bundle } from '../bundle/bundle.js';
import type { ResultField } from '../scoring/results.js';
import { scoreFields } from '../scoring/score-chunk.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import type { WorkflowContext } from './context.js';
import type { OpenedRows } from './opened-rows.js';
import type { ScoreOptions } from './options.js';
import { openRowsToScore } from './rows-to-score.js';

/** A thread with a model of some hundred trees, and the chunks under way: measured, rounded up. */
const BYTES_A_THREAD = 80 * 2 ** 20;
/** The command itself, and the thread that plans and writes. */
const BYTES_AT_REST = 120 * 2 ** 20;

export interface PlannedScore {
  readonly plan: ScorePlan;
  readonly bundle: Bundle;
  readonly rows: OpenedRows;
  readonly fields: readonly ResultField[];
}

/** The plan alone; what was opened for it is closed. */
export async function planScore(options: ScoreOptions, context: WorkflowContext): Promise<ScorePlan> {
  const { plan, rows } = await openPlannedScore(options, context);
  await rows.source.close();
  return plan;
}

export async function openPlannedScore(options: ScoreOptions, context: WorkflowContext): Promise<PlannedScore> {
  const bundle = Bundle.open(options.model);
  const rejects = rejectsBeside(options);
  const rows = await openRowsToScore(bundle, { ...options, rejectsPath: rejects }, context);
  const passed = rows.passed.map((name): ResultField => ({ name, type: 'text' }));
  const fields = [...passed, ...scoreFields(bundle.manifest.members.map(({ family }) => family))];
  const plan: ScorePlan = {
    format: 1,
    model: bundle.identity(),
    inputs: rows.inputs,
    output: { path: options.output, format: 'csv', columns: fields.map(({ name }) => name), rejects },
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    threads: context.threads,
    memory: { peak: BYTES_AT_REST + context.threads * BYTES_A_THREAD + rows.memory },
    disk: rows.disk,
  };
  return { plan, bundle, rows, fields };
}

function rejectsBeside({ input, output }: ScoreOptions): string {
  if (output !== '-') return `${output.replace(/\.csv$/i, '')}.rejects.csv`;
  return `${input === '-' ? 'stdin' : basename(input).replace(/(\.csv)?(\.gz)?$/i, '')}.rejects.csv`;
}
