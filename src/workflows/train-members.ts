/**
 * Trains the chosen families one after another, each with all threads, on the training rows; early stopping watches the
 * stopping rows. It neither blends nor writes.
 */
import type { Family, Forest } from '../forest/forest.js';
import { KernelPool } from '../kernels/pool.js';
import { loadTrainer } from '../trees/families.js';
import type { LabelledMatrix, TrainedModel } from '../trees/family.js';
import { estimateMemory } from '../trees/memory-estimate.js';
import type { ParameterValues } from '../trees/parameters.js';
import { checkMemory, memorySentence } from './check-memory.js';
import type { WorkflowContext } from './context.js';
import type { EvaluationMetricName } from './evaluation-metric-names.js';
import { checkMetricRows, evaluationMetric, stoppingMetric } from './evaluation-metrics.js';

export interface MembersJob {
  readonly families: readonly Family[];
  /** Complete, one set a family. */
  readonly parameters: Readonly<Partial<Record<Family, ParameterValues>>>;
  readonly train: LabelledMatrix;
  readonly stopping: LabelledMatrix;
  readonly hasTime: boolean;
  readonly earlyStoppingRounds: number;
  readonly earlyStoppingMetric: EvaluationMetricName;
  /** Followed besides. */
  readonly historyMetrics: readonly EvaluationMetricName[];
  /** Finished models by family: those not in `growing` stay as they are. */
  readonly continued?: {
    readonly forests: readonly { readonly family: Family; readonly forest: Forest }[];
    readonly growing: readonly Family[];
    readonly sameRows: boolean;
  };
}

export interface Member {
  readonly family: Family;
  readonly model: TrainedModel;
  readonly seconds: number;
}

export async function trainMembers(job: MembersJob, context: WorkflowContext): Promise<Member[]> {
  const members: Member[] = [];
  for (const family of job.families) members.push(await trainMember(family, job, context));
  return members;
}

async function trainMember(family: Family, job: MembersJob, context: WorkflowContext): Promise<Member> {
  const { progress, signal, seed, threads } = context;
  const before = job.continued?.forests.find((one) => one.family === family)?.forest;
  if (before !== undefined && job.continued?.growing.includes(family) === false) return untouched(family, before);
  const parameters = job.parameters[family] ?? {};
  const watched = stoppingMetric(family, parameters, job.earlyStoppingMetric);
  if (job.earlyStoppingRounds > 0) checkMetricRows(watched, 'early-stopping', job.stopping);
  const followed = [...new Set([watched, ...job.historyMetrics])].filter((name) => name !== 'log_loss');
  const { matrix } = job.train;
  const estimate = estimateMemory(family, { ...job, parameters, valid: job.stopping }, threads);
  progress({ type: 'message', level: 'info', text: memorySentence(estimate) });
  checkMemory(estimate, { rows: matrix.rows, columns: matrix.columns.length });
  const stage = `train ${family}`;
  const begun = performance.now();
  progress({ type: 'start', stage });
  const train = await loadTrainer(family);
  // A pool a family: its memory goes back when the family is done.
  const pool = new KernelPool(threads);
  let started = false;
  try {
    const model = train({
      train: job.train,
      valid: job.stopping,
      hasTime: job.hasTime,
      parameters,
      earlyStoppingRounds: job.earlyStoppingRounds,
      metrics: followed.map(evaluationMetric),
      ...(watched === 'log_loss' ? {} : { stoppingMetric: watched }),
      ...(before === undefined ? {} : { continued: { forest: before, sameRows: job.continued?.sameRows === true } }),
      seed,
      pool,
      onTree: (done, total, validLogLoss, stopping) => {
        signal.throwIfAborted();
        // The number of trees is known only now; the stage's time runs on.
        if (!started) progress({ type: 'start', stage, total, unit: 'trees' });
        started = true;
        const figure =
          stopping ?? (validLogLoss === undefined ? undefined : { metric: 'log_loss', value: validLogLoss });
        const note = figure === undefined ? {} : { note: `${wordsOf(figure.metric)} ${figure.value.toFixed(4)}` };
        progress({ type: 'advance', stage, done, ...note });
      },
    });
    const seconds = (performance.now() - begun) / 1000;
    progress({ type: 'end', stage, summary: summaryOf(model, watched) });
    return { family, model, seconds };
  } finally {
    await pool.close();
  }
}

/** A model that is in the new bundle as it was in the one before. */
function untouched(family: Family, forest: Forest): Member {
  const history = { train: new Float64Array(), valid: new Float64Array() };
  return { family, model: { forest, history, bestIteration: 0 }, seconds: 0 };
}

const WORDS: Readonly<Record<string, string>> = { auc: 'AUC', pr_auc: 'PR AUC', brier: 'Brier score' };

function wordsOf(metric: string): string {
  return WORDS[metric] ?? metric.replaceAll('_', ' ');
}

function summaryOf({ bestIteration, history, metrics }: TrainedModel, watched: string): string {
  const grown = history.train.length;
  const kept = bestIteration < grown ? `${bestIteration} of ${grown} trees kept` : `${bestIteration} trees`;
  const figure = (metrics?.[watched] ?? history).valid?.[bestIteration - 1];
  const said = figure === undefined ? '' : `, validation ${wordsOf(watched)} ${figure.toFixed(4)}`;
  return `${kept}${said}`;
}
