/** The working thread: loads one workflow, waits for its call, runs it, posts its progress and its outcome, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkflowContext } from '../workflows/context.js';
import { toPlainError, type WorkflowCall, type WorkflowMessage, type WorkflowThreadData } from './workflow-thread.js';
import { loadWorkflow } from './workflows.js';

const { verb, aborted } = workerData as WorkflowThreadData;
const post = (message: WorkflowMessage) => parentPort?.postMessage(message);

/**
 * A signal that tells the truth even while this thread is busy and hears no messages: `aborted` reads the shared word.
 * Listeners are called when the message is heard.
 */
function sharedSignal(): AbortSignal {
  const controller = new AbortController();
  const word = new Int32Array(aborted);
  const reason = () => controller.signal.reason ?? new DOMException('Interrupted', 'AbortError');
  parentPort?.on('message', () => controller.abort());
  // Listening alone keeps no thread alive: a workflow that waits for nothing ends, and the other side says so.
  parentPort?.unref();
  return Object.defineProperties(controller.signal, {
    aborted: { get: () => Atomics.load(word, 0) === 1 },
    throwIfAborted: {
      value: () => {
        if (Atomics.load(word, 0) === 1) throw reason();
      },
    },
  });
}

const called = new Promise<WorkflowCall>((resolve) => parentPort?.once('message', resolve));
const loading = loadWorkflow(verb);
loading.catch(() => {});
const { options, seed, threads } = await called;
const context: WorkflowContext = { seed, threads, signal: sharedSignal(), progress: (progress) => post({ progress }) };
try {
  const workflow = await loading;
  post({ result: await workflow(options, context) });
} catch (error) {
  post({ failure: toPlainError(error) });
}
// What was written on stdout goes first; then the thread ends, whatever handles are still open.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
process.exit(0);
