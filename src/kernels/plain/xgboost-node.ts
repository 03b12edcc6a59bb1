/** A node's figures and XGBoost's gains of splitting it, for the plain twin of the scan. */
const f32 = Math.fround;

/** Σg, Σh. */
export type Pair = readonly [g: number, h: number];

export class XgboostNode {
  readonly total: Pair;
  readonly maxCatToOneHot: number;
  readonly maxCatThreshold: number;
  readonly #unit: Pair;
  readonly #own: number;
  readonly #lambda: number;
  readonly #alpha: number;
  readonly #maxDelta: number;
  readonly #minWeight: number;
  readonly #bounds: readonly [low: number, high: number] | undefined;

  /** The scan's parameters. */
  constructor(parameters: Float64Array) {
    const [unitG, unitH, totalG, totalH, own, lambda, alpha, maxDelta, minWeight, constrained, low, high] = parameters;
    this.#unit = [unitG, unitH];
    this.total = [totalG, totalH];
    this.#own = f32(own);
    this.#lambda = lambda;
    this.#alpha = alpha;
    this.#maxDelta = maxDelta;
    this.#minWeight = minWeight;
    this.#bounds = constrained === 0 ? undefined : [low, high];
    this.maxCatToOneHot = parameters[12];
    this.maxCatThreshold = parameters[13];
  }

  inUnits([g, h]: readonly bigint[]): Pair {
    return [Number(g) * this.#unit[0], Number(h) * this.#unit[1]];
  }

  valueOf(entries: BigInt64Array, bin: number): Pair {
    return this.inUnits([entries[bin * 2], entries[bin * 2 + 1]]);
  }

  rest([g, h]: Pair): Pair {
    return [this.total[0] - g, this.total[1] - h];
  }

  /** Lets one side grow by the bins of `order`; the other has the rest of the node. */
  grow(
    entries: BigInt64Array,
    order: readonly number[],
    take: (grown: Pair, rest: Pair, bin: number, step: number) => void,
  ): void {
    const sum = [0n, 0n];
    order.forEach((bin, step) => {
      sum[0] += entries[bin * 2];
      sum[1] += entries[bin * 2 + 1];
      const grown = this.inUnits(sum);
      take(grown, this.rest(grown), bin, step);
    });
  }

  /** Writes the split to `result` when it is better than the one there; true then. */
  keep(left: Pair, right: Pair, direction: number, result: Float64Array, mark: number, missingLeft: boolean): boolean {
    if (left[1] < this.#minWeight || right[1] < this.#minWeight) return false;
    const gain = f32(this.#gains(left, right, direction) - this.#own);
    if (!(gain > result[0]) || gain === Number.POSITIVE_INFINITY) return false;
    result.set([gain, mark, missingLeft ? 1 : 0, ...left, ...right]);
    return true;
  }

  /** A leaf's weight, 0 below min_child_weight; a float32. */
  weightOf([g, h]: Pair): number {
    if (h < this.#minWeight || h <= 0) return 0;
    const weight = -this.#thresholdL1(g) / (h + this.#lambda);
    const limited = this.#maxDelta !== 0 && Math.abs(weight) > this.#maxDelta;
    return f32(limited ? Math.sign(weight) * this.#maxDelta : weight);
  }

  #thresholdL1(g: number): number {
    return g > this.#alpha ? g - this.#alpha : g < -this.#alpha ? g + this.#alpha : 0;
  }

  #gains(left: Pair, right: Pair, direction: number): number {
    if (this.#bounds === undefined) return f32(this.#gainOf(left) + this.#gainOf(right));
    const [low, high] = this.#bounds;
    const [lower, upper] = [left, right].map((side) => Math.min(Math.max(this.weightOf(side), low), high));
    if ((upper - lower) * direction < 0) return Number.NEGATIVE_INFINITY;
    return f32(this.#gainOfWeight(left, lower) + this.#gainOfWeight(right, upper));
  }

  #gainOf(side: Pair): number {
    const [g, h] = side;
    if (h <= 0) return 0;
    if (this.#maxDelta !== 0) return this.#gainOfWeight(side, this.weightOf(side));
    const s = this.#thresholdL1(g);
    return f32(f32(s * s) / f32(h + this.#lambda));
  }

  #gainOfWeight([g, h]: Pair, w: number): number {
    if (h <= 0) return 0;
    return -f32(f32(f32(2 * f32(g)) * w) + f32(f32(f32(h) + f32(this.#lambda)) * f32(w * w)));
  }
}
