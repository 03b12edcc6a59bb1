/**
 * Worker threads that answer chunks in any order, and a reader that gets the answers in the order of the chunks. A thread
 * is started when a chunk finds none free, and has the next chunk at hand while it answers one, so that it never waits for
 * the reader. At most `2 × threads + 2` chunks are under way, so a slow reader holds back the source (constant memory).
 */
import type { Worker } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';

export interface OrderedPoolOptions {
  /** A new thread; its first message is the job, every later one a chunk. */
  readonly thread: () => Worker;
  readonly job: unknown;
  /** At most. */
  readonly threads: number;
}

export type WorkerAnswer<Result> =
  | { readonly ok: true; readonly result: Result }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly exitCode?: 1 | 2 | 3 | 4;
    };

export interface PoolItem<Chunk> {
  readonly chunk: Chunk;
  /** Buffers that move to the thread. */
  readonly transfer?: readonly ArrayBuffer[];
}

interface Seat {
  readonly worker: Worker;
  /** Of the chunks it was handed, in their order: it answers them in that order. */
  readonly asked: ((answer: WorkerAnswer<unknown>) => void)[];
  /** Why the thread is no more: what it is asked from then on is answered with this. */
  lost: WorkerAnswer<unknown> | undefined;
}

/** The chunk that is answered, and the next. */
const CHUNKS_A_THREAD = 2;

export class OrderedPool<Chunk, Result> {
  readonly #seats: Seat[] = [];
  /** Chunks that wait for a thread. */
  readonly #waiting: (() => void)[] = [];
  readonly #limit: number;

  constructor(private readonly options: OrderedPoolOptions) {
    this.#limit = CHUNKS_A_THREAD * options.threads + 2;
    this.#open();
  }

  /**
   * Answers in the order of `chunks`, each with the item it was asked with. A failed chunk throws where it stands in that
   * order.
   */
  async *map<Item extends PoolItem<Chunk>>(items: AsyncIterable<Item>): AsyncGenerator<{ item: Item; result: Result }> {
    const pending: { item: Item; answer: Promise<WorkerAnswer<Result>> }[] = [];
    for await (const item of items) {
      pending.push({ item, answer: this.#answer(item) });
      if (pending.length >= this.#limit) {
        const first = pending.shift() as (typeof pending)[number];
        yield { item: first.item, result: unwrap(await first.answer) };
      }
    }
    for (const { item, answer } of pending) yield { item, result: unwrap(await answer) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#seats.map((seat) => seat.worker.terminate()));
  }

  #open(): void {
    const { thread, job } = this.options;
    const worker = thread();
    const seat: Seat = { worker, asked: [], lost: undefined };
    const fail = (message: string) => {
      seat.lost ??= { ok: false, code: 'WORKER_FAILED', message, hint: 'Run again with --threads 1 and --debug.' };
      for (const settle of seat.asked.splice(0)) settle(seat.lost);
    };
    worker.on('message', (answer: WorkerAnswer<unknown>) => seat.asked.shift()?.(answer));
    worker.on('error', (error) => fail(`A scoring thread failed: ${error.message}`));
    worker.on('exit', (code) => fail(`A scoring thread ended early (exit code ${code}).`));
    worker.postMessage(job);
    this.#seats.push(seat);
  }

  async #answer({ chunk, transfer }: PoolItem<Chunk>): Promise<WorkerAnswer<Result>> {
    let seat = this.#leastAsked();
    if (seat.asked.length > 0 && this.#seats.length < this.options.threads) {
      this.#open();
      seat = this.#leastAsked();
    }
    while (seat.asked.length >= CHUNKS_A_THREAD) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      seat = this.#leastAsked();
    }
    const answer = await new Promise<WorkerAnswer<unknown>>((resolve) => {
      if (seat.lost !== undefined) return resolve(seat.lost);
      seat.asked.push(resolve);
      seat.worker.postMessage(chunk, transfer);
    });
    this.#waiting.shift()?.();
    return answer as WorkerAnswer<Result>;
  }

  #leastAsked(): Seat {
    return this.#seats.reduce((least, seat) => (seat.asked.length < least.asked.length ? seat : least));
  }
}

function unwrap<Result>(answer: WorkerAnswer<Result>): Result {
  if (answer.ok) return answer.result;
  const { code, message, hint, exitCode } = answer;
  throw new EcommlError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(exitCode === undefined ? {} : { exitCode }),
  });
}
