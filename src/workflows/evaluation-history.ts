/**
 * The evaluation history of a bundle: every metric that was followed, on training and on early-stopping rows, after each
 * tree; of continued models from their first tree. Kept whole as `evaluation-history.json`; the report thins it.
 */
import { existsSync } from 'node:fs';
import type { Bundle } from '../bundle/bundle.js';
import { EVALUATION_HISTORY } from '../bundle/manifest.js';
import type { Family } from '../forest/forest.js';
import type { TrainedModel } from '../trees/family.js';

/** One figure a tree (a round, where a round has several trees); null where there is none. */
export interface MetricHistory {
  readonly train: readonly (number | null)[];
  readonly valid?: readonly (number | null)[];
}

export interface ModelHistory {
  /** Rounds that the model keeps; later ones were grown and left. */
  readonly kept: number;
  /** `log_loss` always. */
  readonly metrics: Readonly<Record<string, MetricHistory>>;
}

export interface BundleHistory {
  readonly format: 1;
  readonly models: Readonly<Partial<Record<Family, ModelHistory>>>;
}

/** The history of a model grown here, after that of the model it was continued from. */
export function modelHistory(
  { history, metrics, bestIteration }: TrainedModel,
  before: ModelHistory | undefined,
): ModelHistory {
  const grown = { log_loss: history, ...metrics };
  const past = before?.kept ?? 0;
  const joined = (earlier: MetricHistory['valid'], later: Float64Array): (number | null)[] => [
    ...Array.from({ length: past }, (_, tree) => earlier?.[tree] ?? null),
    ...Array.from(later, (figure) => (Number.isFinite(figure) ? figure : null)),
  ];
  return {
    kept: past + bestIteration,
    metrics: Object.fromEntries(
      Object.entries(grown).map(([name, { train, valid }]) => {
        const earlier = before?.metrics[name];
        const both = { train: joined(earlier?.train, train) };
        return [name, valid === undefined ? both : { ...both, valid: joined(earlier?.valid, valid) }];
      }),
    ),
  };
}

/** Undefined for a bundle that was written without one. */
export function readHistories(bundle: Bundle): BundleHistory | undefined {
  if (!existsSync(bundle.file(EVALUATION_HISTORY))) return undefined;
  return bundle.json(EVALUATION_HISTORY) as BundleHistory;
}
