/**
 * Weighted ridge regression with an intercept that is not penalised (Hoerl and Kennard 1970), over 0/1 columns: minimises
 * Σ w (y − a − x·b)² + alpha · b·b. All fits share one matrix of weighted products, so fitting a subset of columns reads no row again.
 */
import { CholeskyDecomposition, Matrix as Dense, pseudoInverse } from 'ml-matrix';

export interface RidgeFit {
  /** In the order of the columns asked for. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Weighted R² on the rows of the fit; 0 where y does not vary. */
  readonly rSquared: number;
}

export class WeightedRidge {
  readonly #columns: number;
  /** Σ w (x − x̄)(x − x̄)ᵀ, and with y. */
  readonly #products: Float64Array;
  readonly #withY: Float64Array;
  readonly #mean: Float64Array;
  readonly #meanY: number;
  readonly #squareY: number;

  /** `x`: row-major, rows × columns. O(rows · columns²). */
  constructor(x: Uint8Array, y: Float64Array, weight: Float64Array) {
    const rows = y.length;
    const columns = x.length / rows;
    const total = weight.reduce((sum, w) => sum + w, 0);
    const mean = new Float64Array(columns);
    let meanY = 0;
    for (let row = 0; row < rows; row++) {
      const share = weight[row] / total;
      meanY += share * y[row];
      for (let c = 0; c < columns; c++) if (x[row * columns + c] === 1) mean[c] += share;
    }
    const products = new Float64Array(columns * columns);
    const withY = new Float64Array(columns);
    const centred = new Float64Array(columns);
    let squareY = 0;
    for (let row = 0; row < rows; row++) {
      const w = weight[row];
      const residual = y[row] - meanY;
      squareY += w * residual * residual;
      for (let c = 0; c < columns; c++) centred[c] = x[row * columns + c] - mean[c];
      for (let c = 0; c < columns; c++) {
        const scaled = w * centred[c];
        withY[c] += scaled * residual;
        for (let d = 0; d <= c; d++) products[c * columns + d] += scaled * centred[d];
      }
    }
    for (let c = 0; c < columns; c++) for (let d = 0; d < c; d++) products[d * columns + c] = products[c * columns + d];
    this.#columns = columns;
    this.#products = products;
    this.#withY = withY;
    this.#mean = mean;
    this.#meanY = meanY;
    this.#squareY = squareY;
  }

  fit(columns: readonly number[], alpha: number): RidgeFit {
    const size = columns.length;
    const target = columns.map((c) => this.#withY[c]);
    const matrix = Dense.zeros(size, size);
    columns.forEach((c, i) => {
      columns.forEach((d, j) => {
        matrix.set(i, j, this.#products[c * this.#columns + d] + (i === j ? alpha : 0));
      });
    });
    const coefficients = size === 0 ? new Float64Array(0) : solve(matrix, target);
    let intercept = this.#meanY;
    let explained = 0;
    let own = 0;
    columns.forEach((c, i) => {
      intercept -= coefficients[i] * this.#mean[c];
      explained += coefficients[i] * target[i];
      columns.forEach((d, j) => {
        own += coefficients[i] * coefficients[j] * this.#products[c * this.#columns + d];
      });
    });
    const rSquared = this.#squareY > 0 ? (2 * explained - own) / this.#squareY : 0;
    return { coefficients, intercept, rSquared };
  }
}

/** Columns that never vary, or are each other's copies, make the matrix singular where alpha is 0: the least-norm answer then. */
function solve(matrix: Dense, target: readonly number[]): Float64Array {
  const right = Dense.columnVector(target as number[]);
  const cholesky = new CholeskyDecomposition(matrix);
  const wellPosed = cholesky.isPositiveDefinite() && smallestPivot(cholesky) > 1e-7;
  const solved = wellPosed ? cholesky.solve(right) : pseudoInverse(matrix).mmul(right);
  return Float64Array.from(solved.to1DArray());
}

/** Smallest pivot against the largest. */
function smallestPivot(cholesky: CholeskyDecomposition): number {
  const pivots = cholesky.lowerTriangularMatrix.diagonal();
  return Math.min(...pivots) / Math.max(...pivots);
}
