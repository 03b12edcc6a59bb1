/**
 * The entry of the binary: parses, runs, catches everything once, sets the exit code. The only place that ends the
 * process.
 */
import { readFileSync } from 'node:fs';
import { explainFailure, sayFailure } from './failure.js';
import { OPTIONS } from './options.js';
import { parse } from './program.js';
import { fromEnvironment, settle, settleChoices } from './settings.js';
import { isBrokenPipe, Terminal, type TerminalChoices } from './terminal.js';

/** `argv` as Node has it: the program's arguments begin at 2. */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      // A reader that has gone is no failure. Any other error of stdout means that data are lost: nothing more to do.
      if (isBrokenPipe(error)) process.exit(0);
      if (stream === process.stdout)
        void fail(error, new Terminal(firstChoices(args), process.env)).then((code) => process.exit(code));
    });
  }
  process.exit(await exitCodeOf(args));
}

async function exitCodeOf(args: readonly string[]): Promise<number> {
  // Until the settings are known, a look at the arguments decides how an error is written.
  let terminal = new Terminal(firstChoices(args), process.env);
  try {
    const width = Math.min(100, terminal.out.width);
    const invocation = parse(args, version(), width);
    if ('text' in invocation) {
      await (invocation.exitCode === 0 ? terminal.out : terminal.err).write(invocation.text);
      return invocation.exitCode;
    }
    const { verb, flags } = invocation;
    const config = flags['config'] as readonly string[] | undefined;
    const { readConfig } = await import('./config-file.js');
    const configFile = config?.at(-1) ?? (fromEnvironment(OPTIONS.config, process.env) as string | undefined);
    const said = { flags, environment: process.env, config: readConfig(configFile, verb) };
    terminal = new Terminal(settleChoices(verb, said), process.env);
    const settings = settle(verb, said);
    const { run } = await import('./run.js');
    return await run(verb, settings, terminal);
  } catch (error) {
    if (isBrokenPipe(error)) return 0;
    return await fail(error, terminal);
  }
}

/** Says what went wrong: words on stderr, with --json a document on stdout as well. */
async function fail(thrown: unknown, { out, err, choices }: Terminal): Promise<number> {
  const error = explainFailure(thrown);
  const { code, message, hint, exitCode } = error;
  const document = `${JSON.stringify({ error: { code, message, hint, exit: exitCode } }, null, 2)}\n`;
  // Nothing is left to tell when these writes fail, too.
  if (choices.json) await out.write(document).catch(() => {});
  await err.write(sayFailure(error, err, choices.debug)).catch(() => {});
  return exitCode;
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
