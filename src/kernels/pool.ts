/**
 * A pool of threads that run kernels over one shared memory. `run` hands out independent tasks (each writes only its own
 * output) and returns when all are done; the caller works too. As tasks are independent, the bytes do not depend on the
 * number of threads.
 *
 * Synchronisation is by Atomics in a small control block: no message is sent after start-up. A worker spins for a short
 * while for its next batch and then sleeps in Atomics.wait. The caller blocks, so training runs in a thread of its own.
 *
 * A worker that ends in the middle of a task, however it ends, would leave the caller waiting: each holds one end of a
 * message channel, which closes with it, and a batch that makes no progress for a while is watched by a thread at the
 * other ends (pool-watch.ts).
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import { SMALL_YOUNG_GENERATION } from '../base/young-generation.js';
import { KERNEL_NAMES, type KernelName, type Kernels } from './kernels.js';
import { kernelModule, loadKernels } from './loader.js';
import { KernelMemory } from './memory.js';

/** Tasks of one batch at most; `run` splits longer lists. */
export const MAX_TASKS = 4096;
/** Doubles a task takes in the table: its kernel's number and up to 15 arguments. */
export const TASK_DOUBLES = 16;

/**
 * Words of the control block. What one thread polls while another writes lies in a cache line of its own (16 words): where two
 * cores share no cache, each line that changes hands takes up to .4 µs.
 */
export const Control = {
  /** Grows by one a batch; workers wait on it. */
  Batch: 0,
  /** 1: workers leave. */
  Stop: 1,
  /** Tasks not yet taken: who finds it above 0 when taking one off has a task. */
  Tickets: 16,
  /** Tasks that workers have taken, from the first on. */
  Taken: 17,
  /** Tasks of this batch. */
  Count: 18,
  /** Tasks finished in this batch. */
  Done: 32,
  /** 1: a kernel trapped. */
  Failed: 33,
  /** Workers that sleep, or are about to, until the next batch: only then it is told. */
  Sleeping: 48,
  /** 1: the caller sleeps, or is about to, until the batch is done. */
  Waiting: 49,
  /** Workers that ended, for whatever reason, as far as the watch has seen. */
  Gone: 50,
  Words: 64,
} as const;

/** What a worker of the pool starts from. */
export interface PoolWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly tasks: SharedArrayBuffer;
  /** Closes when the worker ends. */
  readonly life: MessagePort;
}

/** What the watch of a pool starts from. */
export interface PoolWatchData {
  readonly control: SharedArrayBuffer;
  /** Holds one message: the other ends of the workers' channels. Read by the watch, each still says that it closed. */
  readonly inbox: MessagePort;
}

/**
 * Rounds of busy waiting before a thread sleeps: about 200 µs. Waking a thread takes some 50 µs, and growing a tree has hundreds
 * of batches: with a tenth of this two threads were slower than one.
 */
export const SPINS = 20_000;

/** How long the caller sleeps at a time, and how often without any task done before the workers are watched. */
const SLEEP_MS = 100;
const PATIENCE = 5;

export class KernelPool {
  readonly memory: KernelMemory;
  readonly threads: number;
  /** The caller's own instance: kernels too short to share are called on it directly. */
  readonly kernels: Kernels;
  readonly #control: Int32Array;
  readonly #tasks: Float64Array;
  readonly #workers: Worker[] = [];
  #lives: MessagePort[] = [];

  /** `threads` counts the caller; 1 starts no worker. */
  constructor(threads: number) {
    const module = kernelModule();
    this.memory = new KernelMemory();
    this.threads = Math.max(1, Math.floor(threads));
    this.kernels = loadKernels(this.memory.memory, module);
    const control = new SharedArrayBuffer(Control.Words * 4);
    const tasks = new SharedArrayBuffer(MAX_TASKS * TASK_DOUBLES * 8);
    this.#control = new Int32Array(control);
    this.#tasks = new Float64Array(tasks);
    for (let i = 1; i < this.threads; i++) {
      const { port1, port2: life } = new MessageChannel();
      const workerData: PoolWorkerData = { module, memory: this.memory.memory, control, tasks, life };
      this.#start('./pool-worker.js', workerData, [life]);
      this.#lives.push(port1);
    }
  }

  #start(script: string, workerData: PoolWorkerData | PoolWatchData, transferList: MessagePort[]): void {
    const worker = new Worker(new URL(script, import.meta.url), {
      workerData,
      transferList,
      resourceLimits: SMALL_YOUNG_GENERATION,
    });
    worker.unref();
    worker.on('error', () => Atomics.store(this.#control, Control.Failed, 1));
    this.#workers.push(worker);
  }

  /** Starts the watch, once: from then on a worker that ends wakes the caller. */
  #watch(): void {
    const lives = this.#lives;
    if (lives.length === 0) return;
    this.#lives = [];
    const { port1, port2: inbox } = new MessageChannel();
    port1.postMessage(lives, lives);
    this.#start('./pool-watch.js', { control: this.#control.buffer as SharedArrayBuffer, inbox }, [inbox]);
  }

  /**
   * Runs one kernel over many argument lists; returns when every call is done. Blocks the calling thread, which first does
   * what is to be done `meanwhile`: it must not run kernels, nor touch what they read and write.
   */
  run(name: KernelName, calls: readonly (readonly number[])[], meanwhile?: () => void): void {
    if (this.threads === 1 || calls.length <= 1) {
      meanwhile?.();
      const kernel = this.kernels[name];
      for (const call of calls) kernel(...call);
      return;
    }
    for (let from = 0; from < calls.length; from += MAX_TASKS)
      this.#runBatch(name, calls.slice(from, from + MAX_TASKS), from === 0 ? meanwhile : undefined);
  }

  #runBatch(name: KernelName, calls: readonly (readonly number[])[], meanwhile?: () => void): void {
    const control = this.#control;
    const kernelIndex = KERNEL_NAMES.indexOf(name);
    for (let t = 0; t < calls.length; t++) {
      const call = calls[t];
      const at = t * TASK_DOUBLES;
      if (call.length >= TASK_DOUBLES)
        throw new RangeError(`${name} has ${call.length} arguments, at most ${TASK_DOUBLES - 1} fit`);
      this.#tasks[at] = kernelIndex;
      for (let i = 0; i < call.length; i++) this.#tasks[at + 1 + i] = call[i];
    }
    Atomics.store(control, Control.Done, 0);
    Atomics.store(control, Control.Count, calls.length);
    Atomics.store(control, Control.Taken, 0);
    // The tickets go out last: a worker late from the batch before finds none until the tasks above are in place.
    Atomics.store(control, Control.Tickets, calls.length);
    Atomics.add(control, Control.Batch, 1);
    // A worker that counts itself among the sleepers after this finds the batch changed, and does not sleep.
    if (Atomics.load(control, Control.Sleeping) > 0) Atomics.notify(control, Control.Batch);
    let thrown: { readonly cause: unknown } | undefined;
    try {
      meanwhile?.();
    } catch (cause) {
      // Not before the workers are done with their tasks.
      thrown = { cause };
    }
    takeTasks(control, this.#tasks, this.kernels, calls.length);
    let spins = 0;
    let sleeps = 0;
    for (;;) {
      const done = Atomics.load(control, Control.Done);
      if (done >= calls.length) break;
      if (++spins < SPINS) continue;
      if (Atomics.load(control, Control.Gone) > 0) break;
      Atomics.store(control, Control.Waiting, 1);
      if (Atomics.wait(control, Control.Done, done, SLEEP_MS) !== 'timed-out') sleeps = 0;
      else if (++sleeps === PATIENCE) this.#watch();
    }
    Atomics.store(control, Control.Waiting, 0);
    if (Atomics.load(control, Control.Failed) !== 0 || Atomics.load(control, Control.Done) < calls.length) {
      throw new EcommlError('KERNEL_FAILED', `A worker thread failed in the kernel ${name}.`, {
        hint: 'Run again with --threads 1; if it fails there too, please report it with the parameters used.',
      });
    }
    if (thrown !== undefined) throw thrown.cause;
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    Atomics.store(this.#control, Control.Stop, 1);
    Atomics.add(this.#control, Control.Batch, 1);
    Atomics.notify(this.#control, Control.Batch);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/**
 * Takes tasks until none is left. A kernel that traps marks the batch as failed and still counts as done.
 *
 * The caller takes them from the last on (`last` is their number), workers (`last` 0) from the first on: where tasks are in the
 * order of the rows, a core meets the same rows from batch to batch, and they stay in its cache.
 */
export function takeTasks(control: Int32Array, tasks: Float64Array, kernels: Kernels, last = 0): void {
  let left = last;
  const given = new Array<number>(TASK_DOUBLES - 1).fill(0);
  for (;;) {
    if (Atomics.sub(control, Control.Tickets, 1) <= 0) return;
    const at = (last > 0 ? --left : Atomics.add(control, Control.Taken, 1)) * TASK_DOUBLES;
    const kernel = kernels[KERNEL_NAMES[tasks[at]]];
    try {
      // WebAssembly ignores arguments past a kernel's own. An array is spread several times as fast as a typed one.
      for (let i = 0; i < given.length; i++) given[i] = tasks[at + 1 + i];
      kernel(...given);
    } catch {
      Atomics.store(control, Control.Failed, 1);
    }
    const done = Atomics.add(control, Control.Done, 1) + 1;
    if (done >= Atomics.load(control, Control.Count) && Atomics.load(control, Control.Waiting) === 1)
      Atomics.notify(control, Control.Done);
  }
}
