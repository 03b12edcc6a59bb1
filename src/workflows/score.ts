/**
 * `score`: a CSV or Parquet to purchase probabilities, in the input's order. It plans (what lies where, how it is cut),
 * then executes; with --dry-run it only plans. Every row of the input ends up scored, rejected or passed over.
 */

import { runScoring } from '../scoring/run-scoring.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import type { WorkflowContext } from './context.js';
import type { ScoreOptions } from './options.js';
import { openPlannedScore, planScore } from './plan-score.js';

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

/** What the command runs: the scores, or with --dry-run the plan alone. */
export async function scoreOrPlan(options: ScoreOptions, context: WorkflowContext): Promise<ScoreResult | ScorePlan> {
  return options.dryRun === true ? planScore(options, context) : score(options, context);
}

export async function score(options: ScoreOptions, context: WorkflowContext): Promise<ScoreResult> {
  const begun = performance.now();
  const { plan, rows, job } = await openPlannedScore(options, context);
  const { output } = plan;
  const counts = await runScoring({
    job: job(),
    source: rows.source,
    output: output.path,
    threads: plan.threads,
    progress: context.progress,
    signal: context.signal,
  });
  const seconds = (performance.now() - begun) / 1000;
  return {
    rows_in: counts.rowsIn,
    rows_scored: counts.scored,
    rows_rejected: counts.rejected,
    rows_passed_over: Object.values(counts.passedOver).reduce((sum, count) => sum + count, 0),
    passed_over: counts.passedOver,
    seconds,
    rows_per_second: Math.round(counts.scored / seconds),
    output: output.path,
    ...(counts.rejected === 0 ? {} : { rejects: output.rejects }),
  };
}
