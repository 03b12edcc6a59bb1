/** One invocation from its settings to its exit code: workflow, progress, result on the right stream, interruption. */
import { usageError } from '../base/errors.js';
import type { Command } from './command.js';
import { loadCommand } from './commands.js';
import { explainFailure, sayFailure } from './failure.js';
import type { Settings } from './options.js';
import { type ProgressView, progressLines } from './progress-lines.js';
import type { Terminal } from './terminal.js';
import type { Verb } from './verbs.js';
import { callWorkflow, openWorkflowThread, type WorkflowThread } from './workflow-thread.js';

export const INTERRUPTED = 130;

/** Returns the exit code; throws what the workflow threw. `begun`: a thread that loads this verb's workflow already. */
export async function run(verb: Verb, settings: Settings, terminal: Terminal, begun?: WorkflowThread): Promise<number> {
  const command: Command = await loadCommand(verb);
  const options = (await command.options(settings)) as { input?: string; output?: string };
  const dataOnStdout = options.output === '-';
  if (dataOnStdout && settings.json) {
    throw usageError(
      'BAD_USAGE',
      '--json and --output - both write on stdout.',
      'Give --output a file, or leave --json out.',
    );
  }
  const view = await progressView(terminal);
  const workflow = callWorkflow(
    begun?.verb === verb ? begun : openWorkflowThread(verb),
    { options, seed: settings.seed, threads: settings.threads as number },
    view.show,
    options.input === '-',
  );
  const interruption = onInterrupt(workflow.abort, view, terminal);
  let result: unknown;
  try {
    result = await workflow.result;
  } catch (error) {
    if (!interruption.happened()) throw error;
    view.stop();
    if (!terminal.choices.quiet)
      await terminal.err.write('Interrupted. Nothing unfinished was left under a final name.\n');
    return INTERRUPTED;
  } finally {
    view.stop();
    interruption.forget();
  }
  if (settings.json) await terminal.out.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (!settings.quiet) {
    const page = dataOnStdout ? terminal.err : terminal.out;
    await page.write(command.show(result, page));
  }
  const verdict = command.verdict?.(result);
  if (verdict === undefined) return 0;
  await terminal.err.write(sayFailure(explainFailure(verdict), terminal.err, settings.debug));
  return verdict.exitCode;
}

async function progressView(terminal: Terminal): Promise<ProgressView> {
  if (terminal.choices.quiet) return { show: () => {}, stop: () => {} };
  if (!terminal.err.isTerminal) return progressLines(terminal.err);
  const { progressBars } = await import('./progress-bars.js');
  return progressBars(terminal.err);
}

/** The first signal asks the workflow to stop, the second ends the process at once. */
function onInterrupt(abort: () => void, view: ProgressView, terminal: Terminal) {
  let signals = 0;
  const heard = () => {
    if (++signals > 1) {
      view.stop();
      process.exit(INTERRUPTED);
    }
    abort();
    if (!terminal.choices.quiet)
      view.show({ type: 'message', level: 'info', text: 'Stopping; press Ctrl-C again to stop at once.' });
  };
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  return {
    happened: () => signals > 0,
    forget: () => {
      process.off('SIGINT', heard);
      process.off('SIGTERM', heard);
    },
  };
}
