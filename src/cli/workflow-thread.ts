/**
 * Runs a workflow in a thread of its own, so that the terminal's thread never computes: bars move and Ctrl-C is heard
 * at once, whatever the workflow is busy with. Options and results cross as plain data.
 */
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { EcommlError, type ExitCode } from '../base/errors.js';
import type { ProgressEvent } from '../base/progress.js';
import { SMALL_YOUNG_GENERATION } from '../base/young-generation.js';
import { isBrokenPipe } from './broken-pipe.js';
import type { Verb } from './verbs.js';

export interface WorkflowCall {
  readonly options: object;
  readonly seed: number;
  readonly threads: number;
}

/** What the thread starts from; word 0 of `aborted` turns 1 on Ctrl-C. Its call is the first message. */
export interface WorkflowThreadData {
  readonly verb: Verb;
  readonly aborted: SharedArrayBuffer;
}

export type WorkflowMessage =
  | { readonly progress: ProgressEvent }
  | { readonly result: unknown }
  | { readonly failure: PlainError };

/** An error as plain data: classes do not cross threads. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly path?: string | undefined;
  readonly cause?: PlainError | undefined;
  readonly ecomml?: { readonly code: string; readonly hint?: string | undefined; readonly exitCode: ExitCode };
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code, path } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: typeof code === 'string' ? code : undefined,
    path: typeof path === 'string' ? path : undefined,
    cause: error.cause === undefined ? undefined : toPlainError(error.cause),
    ...(error instanceof EcommlError
      ? { ecomml: { code: error.code, hint: error.hint, exitCode: error.exitCode } }
      : {}),
  };
}

export function fromPlainError(plain: PlainError): Error {
  const cause = plain.cause === undefined ? undefined : fromPlainError(plain.cause);
  let error: Error;
  if (plain.ecomml === undefined) {
    error = new Error(plain.message, cause === undefined ? undefined : { cause });
    error.name = plain.name;
    if (plain.code !== undefined) Object.assign(error, { code: plain.code });
    if (plain.path !== undefined) Object.assign(error, { path: plain.path });
  } else {
    const { code, hint, exitCode } = plain.ecomml;
    error = new EcommlError(code, plain.message, { exitCode, cause, ...(hint === undefined ? {} : { hint }) });
  }
  if (plain.stack !== undefined) error.stack = plain.stack;
  return error;
}

export interface WorkflowRun {
  /** Settles when the thread has ended and all it wrote on stdout is through; rejects with EPIPE when nobody reads it. */
  readonly result: Promise<unknown>;
  /** Asks the workflow to stop; it cleans up after itself. */
  readonly abort: () => void;
}

/**
 * Those that keep within a bound of memory whatever the input's length. Left alone, V8 lets the garbage of each thread grow
 * to 48 MB before it looks; at 6 MB scoring and reports take no longer, training some percent.
 */
const BOUNDED: ReadonlySet<Verb> = new Set<Verb>(['score', 'explain', 'report']);

/** A thread that loads a workflow and waits for its call. */
export interface WorkflowThread {
  readonly verb: Verb;
  readonly worker: Worker;
  readonly aborted: SharedArrayBuffer;
}

/**
 * Settles when all that the ended thread wrote has been handed to this process's stdout. The thread's own writes are told
 * as done while up to two of them still wait here for a slow reader.
 */
function taken(output: Readable): Promise<void> {
  if (output.readableEnded) return Promise.resolve();
  return new Promise((resolve) => {
    for (const event of ['end', 'close']) output.once(event, () => resolve());
  });
}

function unreadable(cause: Error): EcommlError {
  return new EcommlError('INPUT_UNREADABLE', `stdin cannot be read: ${cause.message}.`, {
    hint: 'Check what writes into it, or give --input a file.',
    cause,
  });
}

/** Begun before the options are read, since both take their time; it does nothing but load until it is called. */
export function openWorkflowThread(verb: Verb): WorkflowThread {
  const aborted = new SharedArrayBuffer(4);
  const workerData: WorkflowThreadData = { verb, aborted };
  const worker = new Worker(new URL('./workflow-worker.js', import.meta.url), {
    workerData,
    stdin: true,
    ...(BOUNDED.has(verb) ? { resourceLimits: SMALL_YOUNG_GENERATION } : {}),
  });
  // Until it is called it keeps no process alive, and what goes wrong in it is told to the call.
  worker.unref();
  return { verb, worker, aborted };
}

/** A workflow whose output nobody reads, and that has not ended by then, is left where it is. */
const MOST_MILLISECONDS = 10_000;

export function callWorkflow(
  { worker, aborted }: WorkflowThread,
  call: WorkflowCall,
  show: (event: ProgressEvent) => void,
  readsStdin: boolean,
): WorkflowRun {
  worker.ref();
  // The thread was begun before it was known whether it reads stdin: to a workflow that does not, stdin is at its end.
  if (readsStdin && worker.stdin !== null) process.stdin.pipe(worker.stdin);
  else worker.stdin?.end();
  const abort = () => {
    Atomics.store(new Int32Array(aborted), 0, 1);
    worker.postMessage('abort');
    // What it still writes must be taken, or it would wait for a reader that stands still.
    worker.stdout.unpipe();
    worker.stdout.resume();
  };
  const result = new Promise<unknown>((resolve, reject) => {
    if (readsStdin) process.stdin.on('error', (error) => reject(unreadable(error)));
    let outcome: (() => void) | undefined;
    worker.on('message', (message: WorkflowMessage) => {
      if ('progress' in message) show(message.progress);
      else if ('failure' in message) outcome = () => reject(fromPlainError(message.failure));
      else outcome = () => resolve(message.result);
    });
    worker.on('error', (error) => {
      outcome ??= () => reject(error);
    });
    worker.on('exit', async (code) => {
      if (readsStdin) process.stdin.destroy();
      await taken(worker.stdout);
      process.stdout.off('error', unread);
      if (brokenPipe !== undefined) reject(brokenPipe);
      else if (outcome === undefined) reject(new Error(`The working thread ended early (code ${code}).`));
      else outcome();
    });
    let brokenPipe: Error | undefined;
    // Data that nobody reads any more: the workflow ends and cleans up. A process that exits while a database works in one
    // of its threads is aborted, and leaves the database's folder behind.
    const unread = (error: Error) => {
      if (!isBrokenPipe(error) || brokenPipe !== undefined) return;
      brokenPipe = error;
      abort();
      setTimeout(() => reject(error), MOST_MILLISECONDS).unref();
    };
    process.stdout.on('error', unread);
  });
  worker.postMessage(call);
  return { result, abort };
}
