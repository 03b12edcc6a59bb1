/**
 * The generators of LightGBM whose next draws depend on all that trees drew before: they go on from tree to tree, and from
 * a finished model to its further trees. Bags and roundings go by a tree's number and are drawn again instead.
 */
import type { TrainingJob } from './family.js';
import { LightgbmRandom, type LightgbmSeeds, rowGenerators } from './lightgbm-random.js';

/** Features drawn for a tree or a node. */
export function drawnFeatures(count: number, fraction: number): number {
  return Math.max(1, Math.trunc(count * fraction + 0.5));
}

export class LightgbmGenerators {
  /** Features of trees and nodes. */
  readonly features: LightgbmRandom;
  /** One a feature: the thresholds of extra_trees. */
  readonly thresholds: readonly LightgbmRandom[];
  /** One for each block of rows, for GOSS. */
  readonly rows: readonly LightgbmRandom[];
  readonly #areUsed: boolean;

  /**
   * `numbers`: those of the features with bins, which seed their generators. Goes on where those of the job's continued
   * model stand, if they fit its rows.
   */
  constructor({ parameters, train, continued }: TrainingJob, numbers: readonly number[], seeds: LightgbmSeeds) {
    const features = numbers.length;
    const fraction = Number(parameters['feature_fraction']);
    const usesGoss = parameters['data_sample_strategy'] === 'goss' || parameters['boosting'] === 'goss';
    const usesFeatures = fraction < 1 || Number(parameters['feature_fraction_bynode']) < 1;
    this.features = new LightgbmRandom(seeds.featureFraction);
    this.thresholds = numbers.map((number) => new LightgbmRandom(seeds.extra + number));
    this.rows = usesGoss ? rowGenerators(seeds.bagging, train.matrix.rows) : [];
    this.#areUsed = usesGoss || usesFeatures || parameters['extra_trees'] === true;
    // The original draws once before its first tree.
    if (fraction < 1) this.features.sample(features, drawnFeatures(features, fraction));
    const saved = continued?.forest.generators;
    if (saved !== undefined) this.#restore(saved);
  }

  /** The field of a Forest that training goes on from. */
  saved(): { readonly generators?: string } {
    if (!this.#areUsed) return {};
    const states = Uint32Array.from(this.#all, ({ state }) => state);
    return { generators: Buffer.from(states.buffer).toString('base64') };
  }

  #restore(saved: string): void {
    const bytes = Buffer.from(saved, 'base64');
    if (bytes.length !== this.#all.length * 4) return;
    this.#all.forEach((one, i) => {
      one.state = bytes.readUInt32LE(i * 4);
    });
  }

  get #all(): readonly LightgbmRandom[] {
    return [this.features, ...this.thresholds, ...this.rows];
  }
}
