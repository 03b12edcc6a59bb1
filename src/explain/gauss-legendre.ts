/** Points and weights of Gauss–Legendre quadrature on [0, 1]: with n points exact for polynomials up to degree 2n − 1. */
export interface Quadrature {
  /** Ascending, inside (0, 1). */
  readonly points: Float64Array;
  /** Their sum is 1. */
  readonly weights: Float64Array;
}

/** Newton's method on the Legendre polynomial of degree n ≥ 1 (Press et al., Numerical Recipes, 4.6); errors of a few units in the last place. */
export function gaussLegendre(n: number): Quadrature {
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < Math.ceil(n / 2); i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      const { value, derivative } = legendre(n, x);
      slope = derivative;
      const next = x - value / derivative;
      const settled = Math.abs(next - x) <= Number.EPSILON;
      x = next;
      if (settled) break;
    }
    slope = legendre(n, x).derivative;
    const weight = 1 / ((1 - x * x) * slope * slope);
    points[i] = (1 - x) / 2;
    points[n - 1 - i] = (1 + x) / 2;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { points, weights };
}

function legendre(n: number, x: number): { value: number; derivative: number } {
  let before = 0;
  let value = 1;
  for (let k = 1; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, derivative: (n * (x * value - before)) / (x * x - 1) };
}
