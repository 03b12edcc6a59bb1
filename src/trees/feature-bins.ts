/** What the bins of a column are, and where a stored column's bins lie. Plain data. */

export interface NumericBins {
  readonly kind: 'numeric';
  /** Bins in all, a bin for missing values of its own included. */
  readonly bins: number;
  /** Ascending; the bin of x is the number of borders below x. */
  readonly borders: Float64Array;
  /** False: a border belongs to the bin under it (splits x <= border); true: to the bin above (splits x < border). */
  readonly strict: boolean;
  /** The bin a NaN falls into. */
  readonly nanBin: number;
}

export interface CategoricalBins {
  readonly kind: 'categorical';
  readonly bins: number;
  /** Bin of each category code. */
  readonly binOfCode: Uint32Array;
  /** The bin a NaN falls into. */
  readonly missingBin: number;
  /** The bin of a code outside the dictionary. */
  readonly otherBin: number;
}

export type FeatureBins = NumericBins | CategoricalBins;

export interface BinnedFeature {
  /** Column of the matrix. */
  readonly column: number;
  readonly definition: FeatureBins;
  readonly bins: number;
  /** The bin of row r is at `address + r · width`, `width` bytes. */
  readonly address: number;
  readonly width: 1 | 2 | 4;
  /** Tile and lane of a narrow feature; −1 for a wide one. */
  readonly tile: number;
  readonly lane: number;
  /** Byte offset of the feature's entries in a node's histogram; of a bundled one, of its column's. */
  readonly histogramOffset: number;
  /** Present when the feature shares its column and its lane with others. */
  readonly place?: BundlePlace;
}

/** Where a feature's bins lie in the column it shares. */
export interface BundlePlace {
  /** Its lowest bin that is not the common one. */
  readonly start: number;
  readonly commonBin: number;
  /** Bins of the shared column. */
  readonly columnBins: number;
}
