/** Tail probabilities of the normal and related distributions, in double precision where it matters. */

/** P(|Z| ≥ z) of a standard normal, relative error below 1.2e-7 at any z (erfc by Press et al., Numerical Recipes, 6.2.2). */
export function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const series =
    -1.26551223 +
    t *
      (1.00002368 +
        t *
          (0.37409196 +
            t *
              (0.09678418 +
                t *
                  (-0.18628806 +
                    t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  return Math.min(1, t * Math.exp(-x * x + series));
}

/** The 0.95 quantile of χ² with `degrees` ≥ 1, within 1% (Wilson and Hilferty 1931). */
export function chiSquare95(degrees: number): number {
  const z = 1.6448536269514722;
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + z * Math.sqrt(part)) ** 3;
}

/** P(√n D ≥ x) of Kolmogorov's distribution (1933): 2 Σ (−1)^(k−1) exp(−2 k² x²). */
export function kolmogorovP(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = 2 * (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
    sum += term;
    if (Math.abs(term) < 1e-16) break;
  }
  return Math.min(1, Math.max(0, sum));
}

/** Benjamini and Hochberg's (1995) adjusted p-values, in the order given: rejecting q ≤ a keeps the expected share of false findings at a. */
export function adjustedP(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[b] - p[a] || b - a);
  const adjusted = new Array<number>(p.length);
  let smallest = 1;
  order.forEach((i, k) => {
    smallest = Math.min(smallest, (p[i] * p.length) / (p.length - k));
    adjusted[i] = smallest;
  });
  return adjusted;
}
