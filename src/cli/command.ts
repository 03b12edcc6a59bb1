/** What a command adds to its workflow: options from settings, and the result in words. The one list of commands. */
import type { EcommlError } from '../base/errors.js';
import type { Settings } from './options.js';
import type { Stream } from './terminal.js';

/** Where words go: styles and width of the stream. */
export type Page = Pick<Stream, 'style' | 'width'>;

export interface Command<O extends object = object, R = unknown> {
  /** The workflow's options. Throws a usage error for what is missing or does not go together. */
  readonly options: (settings: Settings) => O | Promise<O>;
  /** The result in words, lines ended. */
  readonly show: (result: R, page: Page) => string;
  /** An error that stands beside a result: a gate that was not met. */
  readonly verdict?: (result: R) => EcommlError | undefined;
}
