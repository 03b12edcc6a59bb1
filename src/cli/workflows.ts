/** The workflow of each verb, loaded in the working thread when it is asked for. */
import type { WorkflowContext } from '../workflows/context.js';
import type { Verb } from './verbs.js';

type Workflow = (options: object, context: WorkflowContext) => Promise<unknown>;

const WORKFLOWS: Readonly<Record<Verb, () => Promise<unknown>>> = {
  clean: async () => (await import('../workflows/clean.js')).clean,
  features: async () => (await import('../workflows/features.js')).features,
  train: async () => (await import('../workflows/train.js')).train,
  evaluate: async () => (await import('../workflows/evaluate.js')).evaluateBundle,
  export: async () => (await import('../workflows/export.js')).exportBundle,
  score: async () => {
    // The first thing that a scoring thread does is to load, too.
    (await import('../scoring/scoring-thread.js')).startEarly();
    return (await import('../workflows/score.js')).scoreOrPlan;
  },
  explain: async () => (await import('../workflows/explain.js')).explain,
  report: async () => (await import('../workflows/report.js')).report,
  'store ingest': async () => (await import('../workflows/store-ingest.js')).storeIngest,
  generate: async () => (await import('../workflows/generate.js')).generate,
};

export async function loadWorkflow(verb: Verb): Promise<Workflow> {
  return (await WORKFLOWS[verb]()) as Workflow;
}
