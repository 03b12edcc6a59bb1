/**
 * The entry of the binary: parses, runs, catches everything once, sets the exit code. The only place that ends the
 * process. What help does not need is loaded after it.
 */
import { readFileSync } from 'node:fs';
import { isBrokenPipe } from './broken-pipe.js';
import { INTERRUPTED } from './interrupted.js';
import type { Invocation } from './program.js';
import type { TerminalChoices } from './terminal.js';
import { VERBS, type Verb } from './verbs.js';
import { writeWhole } from './whole-writes.js';
import { openWorkflowThread, type WorkflowThread } from './workflow-thread.js';

/** `argv` as Node has it: the program's arguments begin at 2. */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  const thread = firstThread(args);
  writeWhole(process.stdout);
  // Whether anybody reads what is said changes neither the work nor the exit code.
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error) => {
    // A reader that has gone is no failure, and known to who writes. Otherwise data are lost: nothing more to do.
    if (!isBrokenPipe(error)) void fail(error, firstChoices(args)).then((code) => process.exit(code));
  });
  const code = await exitCodeOf(args, thread);
  // What an interrupted run has not written, nobody waits for.
  if (code !== INTERRUPTED) await allWritten(process.stdout);
  process.exit(code);
}

/** Writes to a pipe wait for its reader, and `process.exit` waits for nothing. */
function allWritten(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

async function exitCodeOf(args: readonly string[], thread: WorkflowThread | undefined): Promise<number> {
  // Until the settings are known, a look at the arguments decides how an error is written.
  let choices = firstChoices(args);
  try {
    const { parse } = await import('./program.js');
    const invocation = parse(args, version(), Math.min(100, process.stdout.columns || 100));
    if ('text' in invocation) return await printText(invocation);
    const { fromEnvironment, settle, settleChoices } = await import('./settings.js');
    const { OPTIONS } = await import('./options.js');
    const { readConfig } = await import('./config-file.js');
    const { verb, flags } = invocation;
    const typed = flags['config'] as readonly string[] | undefined;
    const configFile = typed?.at(-1) ?? (fromEnvironment(OPTIONS.config, process.env) as string | undefined);
    const said = { flags, environment: process.env, config: readConfig(configFile, verb) };
    choices = settleChoices(verb, said);
    const settings = settle(verb, said);
    const { run } = await import('./run.js');
    const { Terminal } = await import('./terminal.js');
    return await run(verb, settings, new Terminal(settings, process.env), thread);
  } catch (error) {
    return await fail(error, choices);
  }
}

async function printText({ text, exitCode }: Extract<Invocation, { text: string }>): Promise<number> {
  const stream = exitCode === 0 ? process.stdout : process.stderr;
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error && !isBrokenPipe(error) ? reject(error) : resolve()));
  });
  return exitCode;
}

let told: unknown;

/** Says what went wrong: words on stderr, with --json a document on stdout as well. */
async function fail(thrown: unknown, choices: TerminalChoices): Promise<number> {
  const { explainFailure, sayFailure } = await import('./failure.js');
  const { Terminal } = await import('./terminal.js');
  if (isBrokenPipe(thrown)) return 0;
  // Of one failed write the stream tells as well as who waits for it.
  if (thrown === told) return 1;
  told = thrown;
  const { out, err } = new Terminal(choices, process.env);
  const error = explainFailure(thrown);
  const { code, message, hint, exitCode } = error;
  const document = `${JSON.stringify({ error: { code, message, hint, exit: exitCode } }, null, 2)}\n`;
  // Nothing is left to tell when this write fails, too.
  if (choices.json) await out.write(document).catch(() => {});
  await err.write(sayFailure(error, err, choices.debug));
  return exitCode;
}

/** The thread of what is asked for, while it is not yet known how: it loads as the options are read. */
function firstThread(args: readonly string[]): WorkflowThread | undefined {
  const verb = [args.slice(0, 2).join(' '), args[0]].find((name): name is Verb => Object.hasOwn(VERBS, name));
  const asksForText = args.some((argument) => ['--help', '-h', '--version', '-V'].includes(argument));
  return verb === undefined || asksForText ? undefined : openWorkflowThread(verb);
}

function firstChoices(args: readonly string[]): TerminalChoices {
  const has = (flag: string) => args.includes(flag);
  return {
    color: has('--no-color') ? false : undefined,
    json: has('--json'),
    quiet: has('--quiet'),
    debug: has('--debug'),
  };
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
