/** Draws from a normal distribution cut to an interval, by rejection: exact at any distance from the mean (Robert 1995, "Simulation of truncated normal variables"). */
import type { Random } from '../base/random.js';

/** Standard normal given low ≤ x ≤ high (low < high; either may be infinite). */
export function truncatedNormal(random: Random, low: number, high: number): number {
  if (low > 0) return tail(random, low, high);
  if (high < 0) return -tail(random, -high, -low);
  // 0 lies inside: the normal itself, or a uniform under its peak where the interval is narrow (proposition 2.3's rule).
  if (high - low > Math.sqrt(2 * Math.PI)) {
    for (;;) {
      const x = random.normal();
      if (x >= low && x <= high) return x;
    }
  }
  for (;;) {
    const x = low + (high - low) * random.next();
    if (random.next() <= Math.exp(-(x * x) / 2)) return x;
  }
}

/** 0 < low < high. */
function tail(random: Random, low: number, high: number): number {
  const rate = (low + Math.sqrt(low * low + 4)) / 2;
  // Where the exponential would mostly miss a narrow interval, a uniform weighed by the density there.
  const narrow =
    high - low <
    (2 / (low + Math.sqrt(low * low + 4))) * Math.exp((low * low - low * Math.sqrt(low * low + 4)) / 4 + 0.5);
  for (;;) {
    if (narrow) {
      const x = low + (high - low) * random.next();
      if (random.next() <= Math.exp((low * low - x * x) / 2)) return x;
      continue;
    }
    const x = low - Math.log(1 - random.next()) / rate;
    if (x <= high && random.next() <= Math.exp(-((x - rate) ** 2) / 2)) return x;
  }
}
