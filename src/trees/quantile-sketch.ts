/**
 * XGBoost's weighted quantile summary (Chen & Guestrin 2016, appendix; src/common/quantile.h, WQSummary), in single
 * precision like the original, so that cuts are the same. It knows numbers and ranks, no features and no bins.
 */
const f32 = Math.fround;

/** Entries in ascending order of value: bounds of the rank, weight of the value itself, the value. */
export class Summary {
  readonly rmin: Float32Array;
  readonly rmax: Float32Array;
  readonly wmin: Float32Array;
  readonly value: Float32Array;
  size = 0;

  constructor(capacity: number) {
    this.rmin = new Float32Array(capacity);
    this.rmax = new Float32Array(capacity);
    this.wmin = new Float32Array(capacity);
    this.value = new Float32Array(capacity);
  }

  push(rmin: number, rmax: number, wmin: number, value: number): void {
    this.rmin[this.size] = rmin;
    this.rmax[this.size] = rmax;
    this.wmin[this.size] = wmin;
    this.value[this.size] = value;
    this.size++;
  }

  /** Least rank of a value just above entry i. */
  rminNext(i: number): number {
    return f32(this.rmin[i] + this.wmin[i]);
  }

  /** Greatest rank of a value just below entry i. */
  rmaxPrev(i: number): number {
    return f32(this.rmax[i] - this.wmin[i]);
  }
}

/** At most `size` entries of `from`, spread evenly over its ranks; the ends are kept. */
export function prune(from: Summary, size: number): Summary {
  if (from.size <= size) return from;
  const to = new Summary(size + 1);
  const keep = (i: number) => to.push(from.rmin[i], from.rmax[i], from.wmin[i], from.value[i]);
  const end = from.size - 1;
  const begin = from.rmax[0];
  const range = f32(from.rmin[end] - from.rmax[0]);
  const parts = size - 1;
  keep(0);
  let i = 1;
  let last = 0;
  for (let k = 1; k < parts; k++) {
    const twice = f32(2 * f32(f32(f32(f32(k) * range) / f32(parts)) + begin));
    while (i < end && twice >= f32(from.rmax[i + 1] + from.rmin[i + 1])) i++;
    if (i === end) break;
    const chosen = twice < f32(from.rminNext(i) + from.rmaxPrev(i + 1)) ? i : i + 1;
    if (chosen === last) continue;
    keep(chosen);
    last = chosen;
  }
  if (last !== end) keep(end);
  return to;
}

/** The summary of both inputs' data. */
export function combine(a: Summary, b: Summary): Summary {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const to = new Summary(a.size + b.size);
  let i = 0;
  let j = 0;
  let rminA = 0;
  let rminB = 0;
  while (i < a.size || j < b.size) {
    if (i < a.size && j < b.size && a.value[i] === b.value[j]) {
      to.push(f32(a.rmin[i] + b.rmin[j]), f32(a.rmax[i] + b.rmax[j]), f32(a.wmin[i] + b.wmin[j]), a.value[i]);
      rminA = a.rminNext(i++);
      rminB = b.rminNext(j++);
    } else if (j === b.size || (i < a.size && a.value[i] < b.value[j])) {
      const rmax = j === b.size ? b.rmax[b.size - 1] : b.rmaxPrev(j);
      to.push(f32(a.rmin[i] + rminB), f32(a.rmax[i] + rmax), a.wmin[i], a.value[i]);
      rminA = a.rminNext(i++);
    } else {
      const rmax = i === a.size ? a.rmax[a.size - 1] : a.rmaxPrev(i);
      to.push(f32(b.rmin[j] + rminA), f32(b.rmax[j] + rmax), b.wmin[j], b.value[j]);
      rminB = b.rminNext(j++);
    }
  }
  restoreOrder(to);
  return to;
}

/** Ranks must not fall: mends what rounding broke. */
function restoreOrder(summary: Summary): void {
  let rmin = 0;
  let rmax = 0;
  for (let i = 0; i < summary.size; i++) {
    if (summary.rmin[i] < rmin) summary.rmin[i] = rmin;
    else rmin = summary.rmin[i];
    if (summary.rmax[i] < rmax) summary.rmax[i] = rmax;
    if (summary.rmax[i] < summary.rminNext(i)) summary.rmax[i] = summary.rminNext(i);
    rmax = summary.rmax[i];
  }
}

/** Bits of a value's place in the queue when it is packed with the value for sorting. */
const PLACE = 2 ** 17;

/** Summary of a stream of values: a queue that is sorted when full, and levels of pruned summaries above it. */
export class QuantileSketch {
  readonly #limit: number;
  readonly #queue: Float32Array;
  readonly #weight: Float32Array;
  readonly #keys: Float64Array;
  readonly #bits: Uint32Array;
  readonly #float: Float32Array;
  #length = 0;
  readonly #levels: (Summary | undefined)[] = [];

  /** For `count` values with rank error `eps`. */
  constructor(count: number, eps: number) {
    this.#limit = limitSize(count, eps);
    this.#queue = new Float32Array(this.#limit * 2);
    this.#weight = new Float32Array(this.#limit * 2);
    this.#keys = new Float64Array(this.#limit * 2);
    this.#bits = new Uint32Array(1);
    this.#float = new Float32Array(this.#bits.buffer);
  }

  push(value: number, weight: number): void {
    if (weight === 0) return;
    const last = this.#length - 1;
    if (last >= 0 && this.#queue[last] === value) {
      this.#weight[last] += weight;
      return;
    }
    if (this.#length === this.#queue.length) this.#lift(this.#drain());
    this.#queue[this.#length] = value;
    this.#weight[this.#length++] = weight;
  }

  summary(): Summary {
    const rest = this.#drain();
    if (this.#levels.length === 0) return prune(rest, this.#limit);
    let whole = prune(rest, this.#limit);
    for (const level of this.#levels) {
      if (level === undefined) continue;
      whole = whole.size === 0 ? level : prune(combine(whole, level), this.#limit);
    }
    return whole;
  }

  /** The queue as a summary; the queue is empty afterwards. */
  #drain(): Summary {
    const count = this.#length;
    const keys = this.#keys.subarray(0, count);
    for (let i = 0; i < count; i++) {
      // + 0 turns −0 into 0; flipped this way, the bits of floats sort as they do.
      this.#float[0] = this.#queue[i] + 0;
      const bits = this.#bits[0];
      keys[i] = (bits & 0x80000000 ? ~bits >>> 0 : bits + 0x80000000) * PLACE + i;
    }
    keys.sort();
    const summary = new Summary(count);
    let rank = 0;
    for (let i = 0; i < count; ) {
      const place = keys[i] % PLACE;
      const value = this.#queue[place];
      let weight = this.#weight[place];
      for (i++; i < count && this.#queue[keys[i] % PLACE] === value; i++)
        weight = f32(weight + this.#weight[keys[i] % PLACE]);
      const next = f32(rank + weight);
      summary.push(rank, next, weight, value);
      rank = next;
    }
    this.#length = 0;
    return summary;
  }

  #lift(from: Summary): void {
    let summary = from;
    for (let level = 0; ; level++) {
      const there = this.#levels[level];
      if (there === undefined) {
        this.#levels[level] = prune(summary, this.#limit);
        return;
      }
      summary = combine(prune(summary, this.#limit), there);
      if (summary.size <= this.#limit) {
        this.#levels[level] = summary;
        return;
      }
      this.#levels[level] = undefined;
    }
  }
}

/** Entries a level may hold so that `count` values in levels of halves keep the rank error (LimitSizeLevel). */
function limitSize(count: number, eps: number): number {
  for (let levels = 1; ; levels++) {
    const limit = Math.min(count, Math.ceil(levels / eps) + 1);
    if (2 ** levels * limit >= count) return limit;
  }
}
