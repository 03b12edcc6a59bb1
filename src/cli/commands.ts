/** The commands, each loaded when it is asked for. */
import type { Command } from './command.js';
import type { Verb } from './verbs.js';

const COMMANDS: Readonly<Partial<Record<Verb, () => Promise<unknown>>>> = {
  clean: async () => (await import('./commands/clean.js')).clean,
  features: async () => (await import('./commands/features.js')).features,
  train: async () => (await import('./commands/train.js')).train,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluate,
  export: async () => (await import('./commands/export.js')).exportCommand,
  score: async () => (await import('./commands/score.js')).score,
  explain: async () => (await import('./commands/explain.js')).explain,
  report: async () => (await import('./commands/report.js')).report,
  'store ingest': async () => (await import('./commands/store-ingest.js')).storeIngest,
  generate: async () => (await import('./commands/generate.js')).generate,
};

export async function loadCommand(verb: Verb): Promise<Command> {
  return (await COMMANDS[verb]!()) as Command;
}
