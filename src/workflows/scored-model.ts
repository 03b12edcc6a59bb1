/** A model that rows are scored with, wherever it comes from. */
import type { ScorePlan } from '../scoring/score-plan.js';
import type { ScoringRuntime } from '../scoring/scoring-runtime.js';
import type { RowsReader } from './rows-of-bundle.js';

export interface ScoredModel {
  readonly identity: ScorePlan['model'];
  readonly reader: RowsReader;
  /** Loads what the threads need. */
  readonly runtime: () => ScoringRuntime;
  /** Columns whose texts the model reads itself, so that they must pass through. */
  readonly texts: readonly string[];
}
