/**
 * The two streams and what may be written on them: data on stdout, words on stderr, colour where it is wanted. A reader
 * of words that goes away (EPIPE) is not missed.
 */
import { Chalk, type ChalkInstance } from 'chalk';
import { isBrokenPipe } from './broken-pipe.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What decides about colour and words, in the order of its weight. */
export interface TerminalChoices {
  /** --no-color, or a config value. */
  readonly color?: boolean | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly debug: boolean;
}

export interface Stream {
  /** Rejects when words on stdout are lost to a reader that is there; what is said on stderr may be lost. */
  readonly write: (text: string) => Promise<void>;
  readonly style: ChalkInstance;
  readonly isTerminal: boolean;
  /** Columns; 100 where there is no terminal. */
  readonly width: number;
}

export class Terminal {
  readonly out: Stream;
  readonly err: Stream;
  readonly choices: TerminalChoices;

  constructor(choices: TerminalChoices, environment: Environment) {
    this.choices = choices;
    this.out = stream(process.stdout, choices, environment, isBrokenPipe);
    this.err = stream(process.stderr, choices, environment, () => true);
  }
}

/** --no-color, then NO_COLOR (any text), then FORCE_COLOR (0 and false switch off), then whether a terminal reads. */
export function wantsColor(choice: boolean | undefined, environment: Environment, isTerminal: boolean): boolean {
  if (choice !== undefined) return choice;
  if (environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== '') return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && environment['TERM'] !== 'dumb';
}

function stream(
  to: NodeJS.WriteStream,
  choices: TerminalChoices,
  environment: Environment,
  isHarmless: (error: Error) => boolean,
): Stream {
  const isTerminal = to.isTTY === true;
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        to.write(text, (error) =>
          error === null || error === undefined || isHarmless(error) ? resolve() : reject(error),
        );
      }),
    style: new Chalk({ level: wantsColor(choices.color, environment, isTerminal) ? 1 : 0 }),
    isTerminal,
    width: Math.max(40, (isTerminal ? to.columns : 0) || 100),
  };
}
