/**
 * Trains the chosen families one after another, each with all threads, on the training rows; early stopping watches the
 * stopping rows. It neither blends nor writes.
 */
import type { Family } from '../forest/forest.js';
import { KernelPool } from '../kernels/pool.js';
import { loadTrainer } from '../trees/families.js';
import type { LabelledMatrix, TrainedModel } from '../trees/family.js';
import type { ParameterValues } from '../trees/parameters.js';
import type { WorkflowContext } from './context.js';

export interface MembersJob {
  readonly families: readonly Family[];
  /** Complete, one set a family. */
  readonly parameters: Readonly<Partial<Record<Family, ParameterValues>>>;
  readonly train: LabelledMatrix;
  readonly stopping: LabelledMatrix;
  readonly hasTime: boolean;
  readonly earlyStoppingRounds: number;
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
  const stage = `train ${family}`;
  const begun = performance.now();
  const train = await loadTrainer(family);
  // A pool a family: its memory goes back when the family is done.
  const pool = new KernelPool(threads);
  let started = false;
  try {
    const model = train({
      train: job.train,
      valid: job.stopping,
      hasTime: job.hasTime,
      parameters: job.parameters[family] ?? {},
      earlyStoppingRounds: job.earlyStoppingRounds,
      seed,
      pool,
      onTree: (done, total, validLogLoss) => {
        signal.throwIfAborted();
        if (!started) progress({ type: 'start', stage, total, unit: 'trees' });
        started = true;
        const note = validLogLoss === undefined ? {} : { note: `log loss ${validLogLoss.toFixed(4)}` };
        progress({ type: 'advance', stage, done, ...note });
      },
    });
    const seconds = (performance.now() - begun) / 1000;
    progress({ type: 'end', stage, summary: summaryOf(model, seconds) });
    return { family, model, seconds };
  } finally {
    await pool.close();
  }
}

function summaryOf({ bestIteration, history }: TrainedModel, seconds: number): string {
  const grown = history.train.length;
  const kept = bestIteration < grown ? `${bestIteration} of ${grown} trees kept` : `${bestIteration} trees`;
  const loss = history.valid?.[bestIteration - 1];
  return `${kept}${loss === undefined ? '' : `, validation log loss ${loss.toFixed(4)}`}, ${seconds.toFixed(1)} s`;
}
