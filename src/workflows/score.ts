/**
 * `score`: a CSV or Parquet to purchase probabilities, in the input's order. It plans (what lies where, how it is cut),
 * then executes; with --dry-run it only plans. Every row of the input ends up scored, rejected or passed over.
 */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { usageError } from '../base/errors.js';
import { checkBadRows } from '../clean/quality-summary.js';
import type { ActionCounts } from '../scoring/action-counts.js';
import { mergeShards } from '../scoring/merge-shards.js';
import { runScoring } from '../scoring/run-scoring.js';
import { addActions } from '../scoring/score-columns.js';
import type { RunIdentity } from '../scoring/score-journal.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import {
  fileRecord,
  manifestPath,
  readManifest,
  type ShardManifest,
  shardManifests,
  writeManifest,
} from '../scoring/shards.js';
import type { WorkflowContext } from './context.js';
import type { ScoreOptions } from './options.js';
import { openPlannedScore, planScore, rejectsBeside } from './plan-score.js';
import { runIdentity } from './run-identity.js';
import { checkScorePaths } from './score-paths.js';

export interface ScoreResult {
  /** rows_in = rows_scored + rows_rejected + rows_passed_over */
  readonly rows_in: number;
  readonly rows_scored: number;
  readonly rows_rejected: number;
  readonly rows_passed_over: number;
  /** By reason: an event type that is no moment, "duplicate", "not_last". */
  readonly passed_over: Readonly<Record<string, number>>;
  /** With --action: the scored rows by the action that is recommended for them. */
  readonly rows_per_action?: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly rows_per_second: number;
  readonly output: string;
  /** Where the rejected lines are; absent when there are none. */
  readonly rejects?: string;
  /** With --resume: rows that an earlier run had scored. */
  readonly rows_resumed?: number;
  /** With --merge: how many outputs became one. */
  readonly shards?: number;
}

/** What the command runs: the scores, or with --dry-run the plan alone. */
export async function scoreOrPlan(options: ScoreOptions, context: WorkflowContext): Promise<ScoreResult | ScorePlan> {
  return options.dryRun === true ? planScore(options, context) : score(options, context);
}

export async function score(options: ScoreOptions, context: WorkflowContext): Promise<ScoreResult> {
  const begun = performance.now();
  if (options.merge === true) return merge(options, begun);
  const { plan, rows, job: loadJob } = await openPlannedScore(options, context);
  const { output, shard } = plan;
  const job = loadJob();
  const paths = rows.inputs.length === 0 ? [options.input] : rows.inputs.map(({ path }) => path);
  const identity = runIdentity(plan, paths, job, options);
  const done = shard !== undefined && options.resume === true ? finishedShard(output.path, identity) : undefined;
  if (done !== undefined) {
    await rows.source.close();
    return { ...resultOf(done, output, begun), rows_resumed: done.scored };
  }
  const counts = await runScoring({
    job,
    source: rows.source,
    writer: {
      output: output.path,
      rejects: output.rejects,
      head: shard === undefined || shard.index === 1,
      identity,
      resume: options.resume === true,
      resumable: !paths.includes('-'),
    },
    threads: plan.threads,
    progress: context.progress,
    signal: context.signal,
    check: (found) => {
      // A shard may be empty, and of a sound table hold nothing but the few bad rows.
      if (rows.judged === true || (shard !== undefined && found.rowsIn === 0)) return;
      const { rowsIn, rejected, scored, faults } = found;
      checkBadRows(
        { rows: { in: rowsIn, kept: shard === undefined ? scored : rowsIn, rejected }, rejected: faults },
        options.maxBadRows,
        output.rejects,
      );
    },
  });
  const { rowsIn, scored, rejected, passedOver } = counts;
  const acted = counts.actions === undefined ? {} : { actions: counts.actions };
  if (shard !== undefined && output.path !== '-') {
    const bad = rejected === 0 ? {} : { rejects: await fileRecord(output.rejects) };
    writeManifest(output.path, {
      format: 1,
      shard,
      merge: rows.shardMerge,
      run: identity,
      output: await fileRecord(output.path),
      ...bad,
      rows: { in: rowsIn, scored, rejected, passedOver, ...acted },
    });
  }
  const result = resultOf({ in: rowsIn, scored, rejected, passedOver, ...acted }, output, begun);
  return options.resume === true ? { ...result, rows_resumed: counts.resumed } : result;
}

/** A shard that an earlier run finished, and nobody changed since. */
function finishedShard(path: string, identity: RunIdentity): ShardManifest['rows'] | undefined {
  const manifest = readManifest(manifestPath(path));
  if (manifest === undefined) return undefined;
  for (const file of [manifest.output, manifest.rejects])
    if (file !== undefined && sizeOf(join(dirname(path), file.name)) !== file.bytes) return undefined;
  return JSON.stringify(manifest.run) === JSON.stringify(identity) ? manifest.rows : undefined;
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

async function merge({ output }: ScoreOptions, begun: number): Promise<ScoreResult> {
  const manifests = shardManifests(output);
  if (manifests.some(({ run }) => (run.options as { format?: { name?: string } }).format?.name === 'parquet'))
    throw usageError(
      'BAD_USAGE',
      `The shards of ${output} are Parquet files, which are not one file put behind each other.`,
      'Read them as one data set (most readers take a pattern), or score the shards as CSV or JSON Lines.',
    );
  const rejects = rejectsBeside('', output);
  checkScorePaths({ output, rejects, inputs: [] });
  await mergeShards(manifests, output, rejects);
  const passedOver: Record<string, number> = {};
  const rows = { in: 0, scored: 0, rejected: 0 };
  let actions: ActionCounts | undefined;
  for (const { rows: own } of manifests) {
    rows.in += own.in;
    rows.scored += own.scored;
    rows.rejected += own.rejected;
    actions = addActions(actions, own.actions);
    for (const [reason, count] of Object.entries(own.passedOver))
      passedOver[reason] = (passedOver[reason] ?? 0) + count;
  }
  const total = { ...rows, passedOver, ...(actions === undefined ? {} : { actions }) };
  return { ...resultOf(total, { path: output, rejects }, begun), shards: manifests.length };
}

function resultOf(
  { in: rowsIn, scored, rejected, passedOver, actions }: ShardManifest['rows'],
  { path, rejects }: { readonly path: string; readonly rejects: string },
  begun: number,
): ScoreResult {
  const seconds = (performance.now() - begun) / 1000;
  return {
    rows_in: rowsIn,
    rows_scored: scored,
    rows_rejected: rejected,
    rows_passed_over: Object.values(passedOver).reduce((sum, count) => sum + count, 0),
    passed_over: passedOver,
    ...(actions === undefined ? {} : { rows_per_action: actions }),
    seconds,
    rows_per_second: Math.round(scored / seconds),
    output: path,
    ...(rejected === 0 ? {} : { rejects }),
  };
}
