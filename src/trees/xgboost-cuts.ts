/**
 * XGBoost's cut points from a column's summary (src/common/quantile.cc, MakeCuts) and the bins they make. Cells are compared in single precision,
 * as the original stores them; borders are given as the doubles at which that comparison turns.
 */
import type { Cells } from '../table/matrix.js';
import type { FeatureBins } from './feature-bins.js';
import { nextUp } from './next-double.js';

const f32 = Math.fround;

export interface XgboostFeature {
  readonly bins: FeatureBins;
  /** Bins that hold a value; a bin for missing ones follows when there are any. */
  readonly valueBins: number;
  readonly hasMissing: boolean;
  readonly categorical: boolean;
  /**
   * Numeric: the smallest double right of a split after bin t is `after[t]`, or infinity where even that is left of it
   * (training cells that are infinite); `before` is the one left of every bin.
   */
  readonly after: Float64Array;
  readonly before: number;
}

/**
 * The bins of a numeric column, or undefined when no split of it is possible: from the summary of its `count` cells that are
 * not missing, of `rows`.
 */
export function numericBins(
  summary: Float32Array,
  count: number,
  rows: number,
  maxBin: number,
): XgboostFeature | undefined {
  if (summary.length === 0) return undefined;
  const cuts: number[] = [];
  for (let i = 1; i < Math.min(summary.length, maxBin, count); i++)
    if (i === 1 || summary[i] > cuts[cuts.length - 1]) cuts.push(summary[i]);
  const [low, high] = [summary[0], summary[summary.length - 1]];
  const borders = Float64Array.from(cuts, turningPoint);
  const end = high === Number.POSITIVE_INFINITY ? high : turningPoint(f32(high + (Math.abs(high) + f32(1e-5))));
  const after = Float64Array.of(...borders, end);
  const before = turningPoint(f32(low - Math.abs(low) - f32(1e-5)));
  const hasMissing = count < rows;
  const valueBins = after.length;
  if (valueBins === 1 && !hasMissing) return undefined;
  // A NaN among other rows than these, when there was none here, goes right of every split: into the last bin.
  const [bins, nanBin] = hasMissing ? [valueBins + 1, valueBins] : [valueBins, valueBins - 1];
  return {
    bins: { kind: 'numeric', bins, borders, strict: true, nanBin },
    valueBins,
    hasMissing,
    categorical: false,
    after,
    before,
  };
}

/** Bins are the codes 0 … the largest seen, then missing, then any other. */
export function categoricalBins(cells: Cells): XgboostFeature | undefined {
  let largest = -1;
  let hasMissing = false;
  for (const code of cells) {
    if (Number.isNaN(code)) hasMissing = true;
    else if (code > largest) largest = code;
  }
  if (largest < 0) return undefined;
  const valueBins = largest + 1;
  const binOfCode = Uint32Array.from({ length: valueBins }, (_, code) => code);
  return {
    bins: { kind: 'categorical', bins: valueBins + 2, binOfCode, missingBin: valueBins, otherBin: valueBins + 1 },
    valueBins,
    hasMissing,
    categorical: true,
    after: new Float64Array(),
    before: 0,
  };
}

/** The smallest double that rounds to the float32 `cut` or above: x < result exactly when f32(x) < cut. */
export function turningPoint(cut: number): number {
  // Above the largest float32 by half a unit, numbers round to infinity.
  if (cut === Number.POSITIVE_INFINITY) return 2 ** 128 - 2 ** 103;
  if (cut === Number.NEGATIVE_INFINITY) return cut;
  const middle = (below(cut) + cut) / 2;
  return f32(middle) >= cut ? middle : nextUp(middle);
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The next float32 below a finite one; as a double, 2^128 wide of the largest. */
function below(x: number): number {
  if (x === 0) return -(2 ** -149);
  float[0] = x;
  word[0] += x > 0 ? -1 : 1;
  return Number.isFinite(float[0]) ? float[0] : -(2 ** 128);
}
