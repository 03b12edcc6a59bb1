/** Intervals at 95% confidence from a normal approximation. */

/** The 0.975 quantile of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

export type Interval = readonly [lower: number, upper: number];

/** estimate ± 1.96 standard errors, cut to [low, high]. */
export function normalInterval(estimate: number, standardError: number, low: number, high: number): Interval {
  return [Math.max(low, estimate - Z_95 * standardError), Math.min(high, estimate + Z_95 * standardError)];
}

/** Wilson's score interval (1927) of a share: `successes` of `trials` (> 0); stays within [0, 1] and is sound at 0 successes. */
export function wilsonInterval(successes: number, trials: number): Interval {
  const share = successes / trials;
  const square = Z_95 * Z_95;
  const centre = (share + square / (2 * trials)) / (1 + square / trials);
  const half =
    (Z_95 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials * trials))) / (1 + square / trials);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
