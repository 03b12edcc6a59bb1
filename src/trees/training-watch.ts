/**
 * What is noted after each tree: the log loss, the job's other metrics, and whether to stop. It computes no prediction:
 * probabilities are asked for only where a metric needs them.
 */
import { EcommlError } from '../base/errors.js';
import { BestIteration } from './best-iteration.js';
import type { EvaluationHistory, EvaluationMetric, LabelledMatrix, TrainedModel, TrainingJob } from './family.js';

/** A part's figures after a tree. */
export interface PartFigures {
  readonly logLoss: number;
  /** One a row; NaN where a row has none yet. */
  readonly probability: () => Float64Array;
}

interface Lists {
  readonly train: number[];
  readonly valid: number[];
}

export class TrainingWatch {
  readonly #job: TrainingJob;
  readonly #total: number;
  readonly #logLoss: Lists = { train: [], valid: [] };
  readonly #metrics: readonly { readonly metric: EvaluationMetric; readonly lists: Lists }[];
  readonly #stopping: EvaluationMetric | undefined;
  readonly #best: BestIteration;
  readonly #stops: boolean;
  #done = 0;
  #loss: number | undefined;

  /** `total` trees are to be grown; with `stops` false nothing ends training early and all trees are kept. */
  constructor(job: TrainingJob, total: number, stops = true) {
    this.#job = job;
    this.#total = total;
    this.#metrics = (job.metrics ?? []).map((metric) => ({ metric, lists: { train: [], valid: [] } }));
    this.#stopping = job.metrics?.find(({ name }) => name === job.stoppingMetric);
    if (job.stoppingMetric !== undefined && this.#stopping === undefined)
      throw new EcommlError('NO_METRIC', `Early stopping watches ${job.stoppingMetric}, which is not evaluated.`);
    this.#stops = stops && job.valid !== undefined && job.earlyStoppingRounds > 0;
    this.#best = new BestIteration(this.#stops ? job.earlyStoppingRounds : 0, this.#stopping?.larger);
  }

  /** The validation figures that a continued model starts from: further trees that do not better them are not kept. */
  startFrom(valid: PartFigures): void {
    if (this.#job.valid === undefined) return;
    const stopping = this.#stopping;
    const figure = stopping === undefined ? valid.logLoss : measure(stopping, valid.probability(), this.#job.valid);
    this.#loss = stopping?.larger ? -figure : figure;
    this.#best.startFrom(figure);
  }

  /** Takes in one more tree; true when training should stop. Throws what the job's `onTree` throws. */
  afterTree(train: PartFigures, valid: PartFigures | undefined): boolean {
    this.#done++;
    this.#logLoss.train.push(train.logLoss);
    if (valid !== undefined) this.#logLoss.valid.push(valid.logLoss);
    let watched = valid?.logLoss;
    if (this.#metrics.length > 0) {
      const ofTrain = train.probability();
      const ofValid = valid?.probability();
      for (const { metric, lists } of this.#metrics) {
        lists.train.push(measure(metric, ofTrain, this.#job.train));
        if (ofValid === undefined || this.#job.valid === undefined) continue;
        const figure = measure(metric, ofValid, this.#job.valid);
        lists.valid.push(figure);
        if (metric === this.#stopping) watched = figure;
      }
    }
    const figure =
      this.#stopping === undefined || watched === undefined
        ? undefined
        : { metric: this.#stopping.name, value: watched };
    if (watched !== undefined) this.#loss = this.#stopping?.larger ? -watched : watched;
    this.#job.onTree?.(this.#done, this.#total, valid?.logLoss, figure);
    return watched !== undefined && this.#best.stopsAfter(this.#done, watched) && this.#stops;
  }

  /** What early stopping watches, after the last tree and so that less is better; undefined without validation rows. */
  get loss(): number | undefined {
    return this.#loss;
  }

  /** Trees to keep of those grown: up to the best, or all where nothing stops early. */
  get kept(): number {
    return this.#stops ? this.#best.trees : this.#done;
  }

  /** Trees up to the best validation figure, whether or not it stops; all without validation rows. */
  get best(): number {
    return this.#job.valid === undefined ? this.#done : this.#best.trees;
  }

  get histories(): Pick<TrainedModel, 'history' | 'metrics'> {
    const history = this.#history(this.#logLoss);
    if (this.#metrics.length === 0) return { history };
    return {
      history,
      metrics: Object.fromEntries(this.#metrics.map(({ metric, lists }) => [metric.name, this.#history(lists)])),
    };
  }

  #history({ train, valid }: Lists): EvaluationHistory {
    return {
      train: Float64Array.from(train),
      ...(this.#job.valid === undefined ? {} : { valid: Float64Array.from(valid) }),
    };
  }
}

/** The metric over the rows that have a probability; NaN when none of positive weight has. */
function measure({ of }: EvaluationMetric, probability: Float64Array, { label, weight }: LabelledMatrix): number {
  if (!probability.some(Number.isNaN)) return of(probability, label, weight);
  const rows: number[] = [];
  for (let row = 0; row < probability.length; row++) if (!Number.isNaN(probability[row])) rows.push(row);
  if (rows.length === 0 || (weight !== undefined && !rows.some((row) => weight[row] > 0))) return Number.NaN;
  const take = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]);
  return of(take(probability), take(label), weight === undefined ? undefined : take(weight));
}

/** 1 / (1 + e^−raw) of every score. */
export function probabilities(raw: Float64Array): Float64Array {
  return raw.map((score) => 1 / (1 + Math.exp(-score)));
}
