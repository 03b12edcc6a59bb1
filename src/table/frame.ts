/**
 * A table in memory, column by column, before encoding. It does not know files, targets or models.
 */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  /** One value a row; NaN is missing. Infinities are values. */
  readonly values: Float64Array;
}

export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  /** One code a row into `categories`; −1 is missing. */
  readonly codes: Int32Array;
  readonly categories: readonly string[];
}

export type FrameColumn = NumericColumn | CategoricalColumn;

export interface Frame {
  readonly rows: number;
  readonly columns: readonly FrameColumn[];
}
