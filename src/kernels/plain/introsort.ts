/** Sorts as std::sort of GNU's C++ library does, which leaves equal entries in an order of its own. */
const FEW = 16;

export function introsort<T>(list: T[], precedes: (a: T, b: T) => boolean): void {
  if (list.length < 2) return;
  sortRoughly(list, 0, list.length, 2 * (31 - Math.clz32(list.length)), precedes);
  for (let i = 1; i < list.length; i++) {
    const entry = list[i];
    let at = i;
    for (; at > 0 && precedes(entry, list[at - 1]); at--) list[at] = list[at - 1];
    list[at] = entry;
  }
}

type Order<T> = (a: T, b: T) => boolean;

function sortRoughly<T>(list: T[], from: number, end: number, depth: number, precedes: Order<T>): void {
  let to = end;
  for (let left = depth; to - from > FEW; left--) {
    if (left === 0) {
      const part = list.slice(from, to);
      heapSort(part, precedes);
      part.forEach((entry, i) => {
        list[from + i] = entry;
      });
      return;
    }
    const cut = partition(list, from, to, precedes);
    sortRoughly(list, cut, to, left - 1, precedes);
    to = cut;
  }
}

/** Around the median of the second, the middle and the last entry. */
function partition<T>(list: T[], from: number, to: number, precedes: Order<T>): number {
  const median = medianOf(list, from + 1, from + Math.floor((to - from) / 2), to - 1, precedes);
  [list[from], list[median]] = [list[median], list[from]];
  const pivot = list[from];
  let i = from + 1;
  let j = to;
  for (;;) {
    while (precedes(list[i], pivot)) i++;
    do j--;
    while (precedes(pivot, list[j]));
    if (i >= j) return i;
    [list[i], list[j]] = [list[j], list[i]];
    i++;
  }
}

function medianOf<T>(list: T[], a: number, b: number, c: number, precedes: Order<T>): number {
  const [x, y, z] = [list[a], list[b], list[c]];
  if (precedes(x, y)) return precedes(y, z) ? b : precedes(x, z) ? c : a;
  return precedes(x, z) ? a : precedes(y, z) ? c : b;
}

function heapSort<T>(heap: T[], precedes: Order<T>): void {
  for (let top = Math.floor(heap.length / 2) - 1; top >= 0; top--)
    fillHole(heap, top, heap.length, heap[top], precedes);
  for (let last = heap.length - 1; last > 0; last--) {
    const entry = heap[last];
    heap[last] = heap[0];
    fillHole(heap, 0, last, entry, precedes);
  }
}

/** The hole at `top` sinks to the ground; `entry` rises from there. */
function fillHole<T>(heap: T[], top: number, length: number, entry: T, precedes: Order<T>): void {
  let hole = top;
  while (2 * hole + 1 < length) {
    const [left, right] = [2 * hole + 1, 2 * hole + 2];
    const child = right < length && !precedes(heap[right], heap[left]) ? right : left;
    heap[hole] = heap[child];
    hole = child;
  }
  for (; hole > top; hole = (hole - 1) >> 1) {
    const parent = heap[(hole - 1) >> 1];
    if (!precedes(parent, entry)) break;
    heap[hole] = parent;
  }
  heap[hole] = entry;
}
