/** Fed with the original's own validation losses, the overfitting detectors stop after the same tree: no tolerance. */
import { describe, expect, it } from 'vitest';
import { overfittingDetector } from '#ecomml/trees/catboost-overfitting-detector.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import type { TrainingJob } from '#ecomml/trees/family.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { golden } from './golden-trees.js';

describe('the overfitting detector stops where the original does', () => {
  for (const { parameters, losses } of golden<{ cases: { parameters: ParameterValues; losses: number[] }[] }>(
    'detector',
  ).cases) {
    it(JSON.stringify(parameters), () => {
      const { early_stopping_rounds: earlyStoppingRounds = 0, ...given } = parameters;
      const detector = overfittingDetector({
        valid: {},
        earlyStoppingRounds,
        parameters: resolveParameters('catboost', catboostParameters, given),
      } as unknown as TrainingJob)!;
      const stops = losses.map((loss) => detector.stopsAfter(loss));
      // Every golden stopped early: its last loss is the first to stop at.
      expect(losses.length).toBeLessThan(600);
      expect(stops.indexOf(true)).toBe(losses.length - 1);
    });
  }
});
