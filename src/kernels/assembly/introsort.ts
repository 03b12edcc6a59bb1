// Sorts words {u32 anything, u32 key} by key in the very order in which std::sort of GNU's C++ library leaves equal keys (quick
// sort by the median of three, a heap sort where that goes too deep, insertions in the end): for sums that depend on it.

const FEW: i32 = 16;

// @ts-ignore: decorator
@inline
function wordAt(list: usize, i: i32): u64 {
  return load<u64>(list + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function setWord(list: usize, i: i32, word: u64): void {
  store<u64>(list + (<usize>i << 3), word);
}

// @ts-ignore: decorator
@inline
function precedes(a: u64, b: u64): bool {
  return <u32>(a >> 32) < <u32>(b >> 32);
}

// @ts-ignore: decorator
@inline
function swap(list: usize, i: i32, j: i32): void {
  const word = wordAt(list, i);
  setWord(list, i, wordAt(list, j));
  setWord(list, j, word);
}

/** Which of three is the median. */
function median(list: usize, a: i32, b: i32, c: i32): i32 {
  const x = wordAt(list, a);
  const y = wordAt(list, b);
  const z = wordAt(list, c);
  if (precedes(x, y)) return precedes(y, z) ? b : precedes(x, z) ? c : a;
  return precedes(x, z) ? a : precedes(y, z) ? c : b;
}

function partition(list: usize, from: i32, to: i32): i32 {
  swap(list, from, median(list, from + 1, from + ((to - from) >> 1), to - 1));
  const pivot = wordAt(list, from);
  let i = from + 1;
  let j = to - 1;
  while (precedes(wordAt(list, i), pivot)) i++;
  while (precedes(pivot, wordAt(list, j))) j--;
  while (i < j) {
    swap(list, i, j);
    i++;
    j--;
    while (precedes(wordAt(list, i), pivot)) i++;
    while (precedes(pivot, wordAt(list, j))) j--;
  }
  return i;
}

/** Puts `word` into the heap's hole. */
function fillHole(heap: usize, top: i32, length: i32, word: u64): void {
  let hole = top;
  let child = top;
  while (child < (length - 1) >> 1) {
    child = 2 * (child + 1);
    if (precedes(wordAt(heap, child), wordAt(heap, child - 1))) child--;
    setWord(heap, hole, wordAt(heap, child));
    hole = child;
  }
  if ((length & 1) == 0 && child == (length - 2) >> 1) {
    child = 2 * child + 1;
    setWord(heap, hole, wordAt(heap, child));
    hole = child;
  }
  while (hole > top) {
    const parent = (hole - 1) >> 1;
    if (!precedes(wordAt(heap, parent), word)) break;
    setWord(heap, hole, wordAt(heap, parent));
    hole = parent;
  }
  setWord(heap, hole, word);
}

function heapSort(heap: usize, length: i32): void {
  for (let top = (length - 2) >> 1; top >= 0; top--) fillHole(heap, top, length, wordAt(heap, top));
  for (let last = length - 1; last > 0; last--) {
    const word = wordAt(heap, last);
    setWord(heap, last, wordAt(heap, 0));
    fillHole(heap, 0, last, word);
  }
}

function sortRoughly(list: usize, from: i32, end: i32, depth: i32): void {
  let to = end;
  for (let left = depth; to - from > FEW; left--) {
    if (left == 0) {
      heapSort(list + (<usize>from << 3), to - from);
      return;
    }
    const cut = partition(list, from, to);
    sortRoughly(list, cut, to, left - 1);
    to = cut;
  }
}

export function introsort(list: usize, length: i32): void {
  if (length < 2) return;
  sortRoughly(list, 0, length, 2 * (31 - clz<i32>(length)));
  for (let i = 1; i < length; i++) {
    const word = wordAt(list, i);
    let at = i;
    for (; at > 0 && precedes(word, wordAt(list, at - 1)); at--) setWord(list, at, wordAt(list, at - 1));
    setWord(list, at, word);
  }
}
