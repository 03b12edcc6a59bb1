/**
 * CatBoost's overfitting detectors (overfitting_detector.cpp): when the validation loss has stopped falling. They remember
 * losses and no trees.
 */
import { usageError } from '../base/errors.js';
import type { TrainingJob } from './family.js';

/** Gains fade by this factor an iteration. */
const FORGET = 0.99;
/** Losses further back play no part: 0.99^2000 is 2 · 10^−9. */
const MEMORY = 2000;
const TINY = 1e-10;

/**
 * IncToDec: with the largest gain between two earlier losses, faded with its age, and the rise since the best loss, stops
 * when exp(−rise / (2 · gain)) falls below `threshold` and `wait` iterations have passed since the best. Threshold 1 is
 * the detector Iter: the wait alone.
 */
export class OverfittingDetector {
  readonly #threshold: number;
  readonly #wait: number;
  readonly #losses: number[] = [];
  #best = Number.POSITIVE_INFINITY;
  #since = 0;
  #gain = 0;

  constructor(threshold: number, wait: number) {
    this.#threshold = threshold;
    this.#wait = wait;
  }

  /** The loss of a continued model: what its further trees have to better. */
  startFrom(loss: number): void {
    this.#best = loss;
  }

  /** Takes the loss of one more iteration; true when training should stop. */
  stopsAfter(loss: number): boolean {
    if (loss < this.#best) {
      this.#best = loss;
      this.#since = 0;
    } else this.#since++;
    this.#losses.push(loss);
    this.#gain *= FORGET;
    const first = Math.max(0, this.#losses.length - MEMORY);
    let fading = 1;
    for (let i = this.#losses.length - 1; i >= first; i--) {
      this.#gain = Math.max(this.#gain, fading * (this.#losses[i] - loss));
      fading *= FORGET;
    }
    if (this.#since < this.#wait) return false;
    const ratio = this.#gain / Math.max(loss - this.#best, TINY);
    return Math.exp(-0.5 / Math.max(ratio, TINY)) < this.#threshold;
  }
}

/**
 * The detector that a job asks for; undefined for none. `od_pval` above 0 is IncToDec, `od_wait` alone Iter, as in the
 * original; without either, the job's own early stopping is Iter.
 */
export function overfittingDetector(job: TrainingJob): OverfittingDetector | undefined {
  const { od_type: type, od_pval: threshold, od_wait: wait } = job.parameters;
  if (type === 'Iter' && (threshold as number) > 0) {
    throw usageError(
      'BAD_PARAMETER',
      'catboost.od_type=Iter does not look at catboost.od_pval: leave one of them out.',
    );
  }
  if (job.valid === undefined) return undefined;
  const incToDec = type === 'IncToDec' || (type === 'auto' && (threshold as number) > 0);
  if (incToDec) {
    return (threshold as number) > 0
      ? new OverfittingDetector(threshold as number, wait === 'auto' ? 20 : (wait as number))
      : undefined;
  }
  if (type === 'Iter' || wait !== 'auto') return new OverfittingDetector(1, wait === 'auto' ? 20 : (wait as number));
  return job.earlyStoppingRounds > 0 ? new OverfittingDetector(1, job.earlyStoppingRounds) : undefined;
}
