/** The exit code of a run that a signal ended. */
export const INTERRUPTED = 130;
