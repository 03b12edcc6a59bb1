/** Scoring threads, and one that is started before it is known what to score: it loads while the run is planned. */
import { Worker } from 'node:worker_threads';
import { SMALL_YOUNG_GENERATION } from '../base/young-generation.js';

const SCRIPT = new URL('./score-worker.js', import.meta.url);
const LIMITS = { resourceLimits: SMALL_YOUNG_GENERATION };
let early: Worker | undefined;

export function startEarly(): void {
  early ??= new Worker(SCRIPT, LIMITS);
  // A run that needs no scoring thread does not wait for it.
  early.unref();
}

/** A thread that waits for its job, the one started early first. */
export function scoringThread(): Worker {
  // A thread that has ended already is told apart by its number.
  const worker = early === undefined || early.threadId < 0 ? new Worker(SCRIPT, LIMITS) : early;
  early = undefined;
  worker.ref();
  return worker;
}
