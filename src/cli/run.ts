/** One invocation from its settings to its exit code: workflow, progress, result on the right stream, interruption. */
import { EcommlError, usageError } from '../base/errors.js';
import { isSpecialFile } from '../base/special-file.js';
import { isBrokenPipe } from './broken-pipe.js';
import type { Command } from './command.js';
import { loadCommand } from './commands.js';
import { explainFailure, sayFailure } from './failure.js';
import { INTERRUPTED } from './interrupted.js';
import type { Settings } from './options.js';
import { type ProgressView, progressLines } from './progress-lines.js';
import type { Terminal } from './terminal.js';
import type { Verb } from './verbs.js';
import { callWorkflow, openWorkflowThread, type WorkflowThread } from './workflow-thread.js';

/** Returns the exit code; throws what the workflow threw. `begun`: a thread that loads this verb's workflow already. */
export async function run(verb: Verb, settings: Settings, terminal: Terminal, begun?: WorkflowThread): Promise<number> {
  const command: Command = await loadCommand(verb);
  const options = (await command.options(settings)) as RunOptions;
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
  const waits = options.input === '-' || (options.output !== undefined && isSpecialFile(options.output));
  const interruption = onInterrupt(workflow.abort, view, terminal, waits);
  let result: unknown;
  try {
    result = await workflow.result;
    // The end of the data was let go of.
    if (dataOnStdout && interruption.happened()) throw new DOMException('Interrupted', 'AbortError');
  } catch (error) {
    if (!interruption.happened()) throw isBrokenPipe(error) ? unfinishedFile(options, error) : error;
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

interface RunOptions {
  readonly input?: string;
  readonly output?: string;
  /** A second file of generate's. */
  readonly truth?: string;
}

/** A reader that leaves is no failure, unless a file was wanted besides. */
function unfinishedFile({ output, truth }: RunOptions, cause: unknown): unknown {
  if (truth === undefined || output === undefined) return cause;
  return new EcommlError('READER_GONE', 'The reader of one output left before the end, and neither is complete.', {
    hint: `Read all of it, or write ${output === '-' ? 'stdout' : output} and ${truth} in two runs of the same seed.`,
    cause,
  });
}

async function progressView(terminal: Terminal): Promise<ProgressView> {
  if (terminal.choices.quiet) return { show: () => {}, stop: () => {} };
  if (!terminal.err.isTerminal) return progressLines(terminal.err);
  const { progressBars } = await import('./progress-bars.js');
  return progressBars(terminal.err);
}

/** What waits for a pipe that stands still hears no signal, and is left where it is. */
const MOST_MILLISECONDS = 5000;

/** The first signal asks the workflow to stop, the second ends the process at once, as does time where it `waits` for a pipe. */
function onInterrupt(abort: () => void, view: ProgressView, terminal: Terminal, waits: boolean) {
  let signals = 0;
  const end = () => {
    view.stop();
    process.exit(INTERRUPTED);
  };
  const heard = () => {
    if (++signals > 1) end();
    abort();
    if (waits) setTimeout(end, MOST_MILLISECONDS).unref();
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
