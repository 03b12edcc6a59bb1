/** XGBoost's weighted quantile summary as an object, for the plain twin of the sketch. */
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
