/**
 * The command line as commander knows it, declared from the tables of verbs and options. It only parses: what was typed
 * comes back as an `Invocation`; help and the version come back as text.
 */
import { Command, CommanderError, Option } from 'commander';
import { type EcommlError, usageError } from '../base/errors.js';
import type { OptionDefinition } from './options/define.js';
import { flagName, optionsOf, sayDefault } from './options.js';
import type { TypedFlags } from './settings.js';
import { GROUPS, VERBS, type Verb } from './verbs.js';

export type Invocation =
  | { readonly verb: Verb; readonly flags: TypedFlags }
  /** Help or the version: printed on stdout, or on stderr when nothing was asked for. */
  | { readonly text: string; readonly exitCode: 0 | 2 };

/** Parses the arguments after `ecomml`. Throws a usage error that names the nearest flag or command. */
export function parse(args: readonly string[], version: string, width: number): Invocation {
  let written = '';
  let invocation: Invocation | undefined;
  const program = new Command('ecomml')
    .description("From a shop's raw clickstream CSV to purchase probabilities.")
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', '\nExample: ecomml train && ecomml report\nOptions of a command: ecomml <command> --help\n');
  const quietly = (command: Command) =>
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        written += text;
      },
      writeErr: () => {},
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
    });
  quietly(program);
  const group = (name: string): Command => {
    const known = program.commands.find((command) => command.name() === name);
    if (known !== undefined) return known;
    const made = quietly(new Command(name)).summary(GROUPS[name]).description(sentence(GROUPS[name]));
    program.addCommand(made.helpOption('-h, --help', 'print this help'));
    return made;
  };
  for (const [name, { summary, examples }] of Object.entries(VERBS)) {
    const verb = name as Verb;
    const words = verb.split(' ');
    const command = quietly(new Command(words.at(-1)))
      .summary(summary)
      .description(sentence(summary))
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}\n`).join('')}`)
      .action((_values, run: Command) => {
        invocation = { verb, flags: typedFlags(verb, run) };
      });
    // Only the command at hand needs its options: the others are but names in the help.
    if (words.every((word) => args.includes(word)))
      for (const [, definition] of optionsOf(verb)) command.addOption(declare(definition, verb));
    (words.length === 1 ? program : group(words[0])).addCommand(command);
  }
  if (args.length === 0) return { text: program.helpInformation(), exitCode: 2 };
  if (args.length === 1 && Object.hasOwn(GROUPS, args[0]))
    return { text: group(args[0]).helpInformation(), exitCode: 2 };
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { text: written, exitCode: 0 };
    throw refusal(error, args);
  }
  return invocation ?? { text: written, exitCode: 0 };
}

function sentence(summary: string): string {
  return `${summary[0].toUpperCase()}${summary.slice(1)}.`;
}

function declare(definition: OptionDefinition, verb: Verb): Option {
  const { kind, general, help, flagHelp } = definition;
  const fixed = sayDefault(definition, verb);
  const flag = flagName(definition);
  const option = new Option(
    kind.placeholder === undefined ? flag : `${flag} ${kind.placeholder}`,
    kind.placeholder === undefined ? (flagHelp ?? help) : `${help}${fixed === '' ? '' : ` (default: ${fixed})`}`,
  );
  if (general) option.helpGroup('Every command takes:');
  if (kind.placeholder !== undefined) {
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  }
  return option;
}

/** What was typed; commander's own default for `--no-x` (true) is not. */
function typedFlags(verb: Verb, command: Command): TypedFlags {
  const flags: Record<string, readonly string[] | boolean> = {};
  for (const [, { name }] of optionsOf(verb)) {
    const key = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (command.getOptionValueSource(key) === 'cli') flags[name] = command.getOptionValue(key);
  }
  return flags;
}

function refusal(error: CommanderError, args: readonly string[]): EcommlError {
  const [first, near = ''] = error.message.replace(/^error: /, '').split('\n');
  const message = `${first[0].toUpperCase()}${first.slice(1)}`.replace(/\.?$/, '.').replaceAll("'", '"');
  const suggestion = /\(Did you mean (one of )?(.+)\?\)/.exec(near);
  const verb = Object.keys(VERBS).find((name) => name.split(' ').every((word) => args.includes(word)));
  const help = `Run "ecomml ${verb === undefined ? '' : `${verb} `}--help" for what there is.`;
  if (error.code === 'commander.excessArguments') {
    const loose = args.find(
      (argument, i) => i > 0 && !argument.startsWith('-') && !verb?.split(' ').includes(argument),
    );
    return usageError('BAD_USAGE', message, `Say --input before a file's name: ecomml ${verb} --input ${loose}.`);
  }
  const didYouMean = suggestion === null ? '' : ` Did you mean "${suggestion[2]}"?`;
  return usageError('BAD_USAGE', `${message}${didYouMean}`, help);
}
