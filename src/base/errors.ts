/**
 * The one error type of ecomml: thrown anywhere, caught once (in cli/main). It does not print.
 *
 * A message says what happened and where (file, line, column), what was found and what was expected; the hint says
 * what to do next. `code` is stable for scripts and tests, `exitCode` follows the table of exit codes in the README.
 */
export type ExitCode = 1 | 2 | 3 | 4;

export interface ErrorDetails {
  /** What the user can do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** 1 failed (default), 2 wrong usage, 3 input rejected, 4 a gate was not met. */
  readonly exitCode?: ExitCode;
}

export class EcommlError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EcommlError';
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? 1;
  }
}

/** Wrong usage: exit code 2. */
export function usageError(code: string, message: string, hint?: string): EcommlError {
  return new EcommlError(code, message, hint === undefined ? { exitCode: 2 } : { hint, exitCode: 2 });
}

/** Input that cannot be accepted: exit code 3. */
export function inputRejected(code: string, message: string, hint?: string): EcommlError {
  return new EcommlError(code, message, hint === undefined ? { exitCode: 3 } : { hint, exitCode: 3 });
}
