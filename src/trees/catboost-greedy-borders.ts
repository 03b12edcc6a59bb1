/**
 * CatBoost's greedy borders (GreedyLogSum and GreedyMinEntropy): bins are halved one after another. It takes sorted values
 * and gives places, not numbers.
 */
import type { BinPenalty } from './catboost-border-penalty.js';
import { lowerBound, upperBound } from './sorted-search.js';

interface Bin {
  readonly from: number;
  readonly to: number;
  /** Where it splits best: `from` or `to` when it cannot be split. */
  readonly split: number;
  readonly score: number;
}

/**
 * Halves the bin whose halving gains most, until there are count + 1 bins or none can be halved. A bin is halved at the
 * start or at the end of the run of its median value, whichever scores better (the earlier when equal). Returns the
 * first place of every bin but the lowest.
 */
export function greedyBorders(sorted: Float64Array, count: number, penalty: BinPenalty): number[] {
  const score = (from: number, split: number, to: number) =>
    split === from || split === to ? -Infinity : -penalty(split - from) - penalty(to - split) + penalty(to - from);
  const bin = (from: number, to: number): Bin => {
    const middleAt = from + Math.floor((to - from) / 2);
    const low = lowerBound(sorted, from, middleAt, sorted[middleAt]);
    const high = upperBound(sorted, middleAt, to, sorted[middleAt]);
    const left = score(from, low, to);
    const right = score(from, high, to);
    return left >= right ? { from, to, split: low, score: left } : { from, to, split: high, score: right };
  };
  const bins = [bin(0, sorted.length)];
  while (bins.length <= count) {
    const top = bins[0];
    if (top.split === top.from || top.split === top.to) break;
    pop(bins);
    push(bins, bin(top.from, top.split));
    push(bins, bin(top.split, top.to));
  }
  return bins.map(({ from }) => from).filter((from) => from > 0);
}

// A binary heap with the highest score at 0. Bins of equal score are many, and which of them is halved last decides
// the borders, so the order is that of the heap the original is built on (libc++'s std::priority_queue): the hole
// left by the top sinks to a leaf first, then the last bin rises from there.
function push(heap: Bin[], bin: Bin): void {
  heap.push(bin);
  rise(heap, heap.length - 1);
}

function pop(heap: Bin[]): void {
  const length = heap.length;
  let hole = 0;
  while (length > 1) {
    let child = 2 * hole + 1;
    if (child + 1 < length && heap[child].score < heap[child + 1].score) child++;
    heap[hole] = heap[child];
    hole = child;
    if (child > (length - 2) >> 1) break;
  }
  const last = heap.pop() as Bin;
  if (hole < heap.length) {
    heap[hole] = last;
    rise(heap, hole);
  }
}

function rise(heap: Bin[], from: number): void {
  const bin = heap[from];
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].score >= bin.score) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = bin;
}
