/**
 * XGBoost's cut points (src/common/quantile.cc, MakeCuts) and the bins they make. Cells are compared in single precision,
 * as the original stores them; borders are given as the doubles at which that comparison turns.
 */
import type { MatrixColumn } from '../table/matrix.js';
import type { FeatureBins } from './binned-matrix.js';
import { nextUp } from './next-double.js';
import { prune, QuantileSketch } from './quantile-sketch.js';

const f32 = Math.fround;

export interface XgboostFeature {
  readonly bins: FeatureBins;
  /** Bins that hold a value; a bin for missing ones follows when there are any. */
  readonly valueBins: number;
  readonly hasMissing: boolean;
  readonly categorical: boolean;
  /** Numeric: the smallest double right of a split after bin t is `after[t]`; `before` is the one left of every bin. */
  readonly after: Float64Array;
  readonly before: number;
}

/** The bins of a column, or undefined when no split of it is possible. */
export function findXgboostBins(
  column: MatrixColumn,
  weight: Float64Array | undefined,
  maxBin: number,
): XgboostFeature | undefined {
  return column.kind === 'numeric' ? numericBins(column.values, weight, maxBin) : categoricalBins(column.values);
}

function numericBins(
  cells: Float64Array,
  weight: Float64Array | undefined,
  maxBin: number,
): XgboostFeature | undefined {
  let count = 0;
  for (const x of cells) if (!Number.isNaN(x)) count++;
  if (count === 0) return undefined;
  const wanted = Math.min(maxBin, count);
  const sketch = new QuantileSketch(count, 1 / (wanted * 8));
  for (let row = 0; row < cells.length; row++)
    if (!Number.isNaN(cells[row])) sketch.push(f32(cells[row]), weight === undefined ? 1 : f32(weight[row]));
  const summary = prune(prune(sketch.summary(), Math.min(count, maxBin * 8)), wanted + 1);
  if (summary.size === 0) return undefined;
  const cuts: number[] = [];
  for (let i = 1; i < Math.min(summary.size, wanted); i++)
    if (i === 1 || summary.value[i] > cuts[cuts.length - 1]) cuts.push(summary.value[i]);
  const [low, high] = [summary.value[0], summary.value[summary.size - 1]];
  const borders = Float64Array.from(cuts, turningPoint);
  const after = Float64Array.from([...cuts, f32(high + (Math.abs(high) + f32(1e-5)))], turningPoint);
  const before = turningPoint(f32(low - Math.abs(low) - f32(1e-5)));
  const hasMissing = count < cells.length;
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
function categoricalBins(cells: Float64Array): XgboostFeature | undefined {
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
