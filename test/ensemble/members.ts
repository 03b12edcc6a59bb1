/** Members whose quality and errors are known, for the tests of the ensemble. */
import { Random } from '#ecomml/base/random.js';

export interface Sample {
  readonly members: Record<string, Float64Array>;
  readonly label: Float64Array;
  readonly truth: Float64Array;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Each member sees the true log-odds with normal noise of its own; `distort` bends a member's log-odds. */
export function sampleMembers(
  rows: number,
  baseRate: number,
  noise: Readonly<Record<string, number>>,
  seed: number,
  distort: (z: number) => number = (z) => z,
): Sample {
  const random = new Random(seed);
  const label = new Float64Array(rows);
  const truth = new Float64Array(rows);
  const members = Object.fromEntries(Object.keys(noise).map((name) => [name, new Float64Array(rows)]));
  const centre = Math.log(baseRate / (1 - baseRate));
  for (let row = 0; row < rows; row++) {
    const z = centre + 1.4 * random.normal();
    truth[row] = sigmoid(z);
    label[row] = random.next() < truth[row] ? 1 : 0;
    for (const [name, sigma] of Object.entries(noise))
      members[name][row] = sigmoid(distort(z + sigma * random.normal()));
  }
  return { members, label, truth };
}
