/** Scores whose true probabilities are known, for the tests of metrics. */
import { Random } from '#ecomml/base/random.js';

/** Logits normal around the base rate's; labels drawn from the probabilities, so they are calibrated. */
export function calibratedScores(rows: number, baseRate: number, seed: number) {
  const random = new Random(seed);
  const probability = new Float64Array(rows);
  const label = new Float64Array(rows);
  const centre = Math.log(baseRate / (1 - baseRate));
  for (let row = 0; row < rows; row++) {
    probability[row] = 1 / (1 + Math.exp(-(centre + 1.3 * random.normal())));
    label[row] = random.next() < probability[row] ? 1 : 0;
  }
  return { probability, label };
}
