import type { KernelMemory } from '../memory.js';
import { introsort } from './introsort.js';
import { combine, prune, Summary } from './xgboost-summary.js';

const f32 = Math.fround;

export function plainXgboostSketch(memory: KernelMemory) {
  return {
    sketchColumn(
      values: number,
      count: number,
      weights: number,
      entries: number,
      first: number,
      last: number,
      _scratch: number,
      out: number,
    ): number {
      const sketch = new QuantileSketch(entries);
      const column = memory.f64(values, count);
      const weight = weights === 0 ? undefined : memory.f64(weights, count);
      for (let i = 0; i < count; i++) if (!Number.isNaN(column[i])) sketch.push(f32(column[i]), f32(weight?.[i] ?? 1));
      const { size, value } = prune(prune(sketch.summary(), first), last);
      memory.i32(out, 1)[0] = size;
      memory.f32(out + 4, size).set(value.subarray(0, size));
      return 0;
    },
    countNumbers(values: number, count: number, out: number): number {
      memory.i32(out, 1)[0] = memory.f64(values, count).filter((x) => !Number.isNaN(x)).length;
      return 0;
    },
  };
}

/** Summary of a stream of values: a queue that is sorted when full, and levels of pruned summaries above it. */
class QuantileSketch {
  readonly #limit: number;
  readonly #queue: Float32Array;
  readonly #weight: Float32Array;
  #length = 0;
  readonly #levels: (Summary | undefined)[] = [];

  /** With at most `limit` entries a level. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#queue = new Float32Array(this.#limit * 2);
    this.#weight = new Float32Array(this.#limit * 2);
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
    const order = Array.from({ length: count }, (_, i) => i);
    introsort(order, (a, b) => this.#queue[a] < this.#queue[b]);
    const summary = new Summary(count);
    let rank = 0;
    for (let i = 0; i < count; ) {
      const value = this.#queue[order[i]] + 0;
      let weight = this.#weight[order[i]];
      for (i++; i < count && this.#queue[order[i]] === value; i++) weight = f32(weight + this.#weight[order[i]]);
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
