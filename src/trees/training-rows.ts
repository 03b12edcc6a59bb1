/** The rows a CatBoost model learns from, in the kernels' memory. */

/** The training rows: addresses of a byte a row, and of a double a row or 0 where all weigh 1. */
export interface TrainingRows {
  readonly count: number;
  readonly labels: number;
  readonly weights: number;
  readonly meanWeight: number;
}
