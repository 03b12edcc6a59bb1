// Grows one tree of a random forest, whole, in the calling thread: bag, features drawn at each split, exact splits.
// It writes nodes with ranks for thresholds; the caller turns ranks into values.
import { ForestJob, TreeSlot } from '../random-forest-layout';
import { nextBelow, nextUniform } from './random';
import {
  bestFeature,
  bestHigh,
  bestLow,
  bestMissingLeft,
  bestThreshold,
  drawThreshold,
  impurity,
  payloadWeight,
  searchFeature,
  startNode,
  startTree,
} from './random-forest-split';

const STACK_ENTRY = 24;
const EPSILON: f64 = 2.220446049250313e-16;

function number(block: usize, field: i32): f64 {
  return load<f64>(block + ((<usize>field) << 3));
}

function whole(block: usize, field: i32): i32 {
  return <i32>load<f64>(block + ((<usize>field) << 3));
}

function pointer(block: usize, field: i32): usize {
  return <usize>load<f64>(block + ((<usize>field) << 3));
}

/** Fills Bag and Samples; returns how many rows the tree grows on. */
export function drawForestBag(job: usize, slot: usize): i32 {
  const rows = whole(job, ForestJob.Rows);
  const draws = pointer(job, ForestJob.BagSize);
  const bag = pointer(slot, TreeSlot.Bag);
  const samples = pointer(slot, TreeSlot.Samples);
  const labels = pointer(job, ForestJob.Labels);
  const weights = pointer(job, ForestJob.Weights);
  const cumulative = pointer(job, ForestJob.Cumulative);
  const random = pointer(slot, TreeSlot.RandomState);
  memory.fill(bag, 0, (<usize>rows) << 2);
  for (let draw: usize = 0; draw < draws; draw++) {
    const row = cumulative == 0 ? nextBelow(random, rows) : drawByWeight(cumulative, rows, nextUniform(random));
    const at = bag + ((<usize>row) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let taken = 0;
  for (let row = 0; row < rows; row++) {
    let payload: u32 = 2;
    if (draws > 0) payload = load<u32>(bag + ((<usize>row) << 2)) << 1;
    else if (weights != 0) payload = load<f64>(weights + ((<usize>row) << 3)) > 0 ? (<u32>row) << 1 : u32.MAX_VALUE;
    if (draws > 0 ? payload == 0 : payload == u32.MAX_VALUE) continue;
    const at = samples + ((<usize>taken) << 3);
    store<u32>(at, row);
    store<u32>(at, payload | <u32>load<u8>(labels + row), 4);
    taken++;
  }
  return taken;
}

/** The first row whose running sum exceeds u · total; rows of weight zero are never drawn. */
function drawByWeight(cumulative: usize, rows: i32, u: f64): u32 {
  const wanted = u * load<f64>(cumulative + ((<usize>(rows - 1)) << 3));
  let low = 0;
  let high = rows - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<f64>(cumulative + ((<usize>middle) << 3)) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

function rankOf(column: usize, bytes: i32, row: u32): u32 {
  if (bytes == 4) return load<u32>(column + ((<usize>row) << 2));
  const rank = <u32>load<u16>(column + ((<usize>row) << 1));
  return rank == 0xffff ? u32.MAX_VALUE : rank;
}

/** Left rows to the front, both sides in their old order; returns the number of left rows. */
function partition(samples: usize, n: i32, spare: usize, column: usize, bytes: i32, low: u32, missingLeft: bool): i32 {
  let left = samples;
  let right = spare;
  const end = samples + ((<usize>n) << 3);
  for (let at = samples; at < end; at += 8) {
    const sample = load<u64>(at);
    const rank = rankOf(column, bytes, <u32>sample);
    if (rank == u32.MAX_VALUE ? missingLeft : rank <= low) {
      store<u64>(left, sample);
      left += 8;
    } else {
      store<u64>(right, sample);
      right += 8;
    }
  }
  memory.copy(left, spare, right - spare);
  return <i32>((left - samples) >>> 3);
}

function swap(list: usize, i: i32, j: i32): void {
  const kept = load<i32>(list + ((<usize>i) << 2));
  store<i32>(list + ((<usize>i) << 2), load<i32>(list + ((<usize>j) << 2)));
  store<i32>(list + ((<usize>j) << 2), kept);
}

/**
 * Draws features without replacement until MaxFeatures of them were drawn and one of those is not constant, and tries
 * each (scikit-learn's rule). A feature constant in a node is constant below it, so those known are drawn without being
 * looked at. Returns how many features are known to be constant now. In FeatureOrder:
 * [drawn constants | known constants | found here | not drawn | drawn]; ConstantFeatures keeps the second part's order
 * for the rest of the branch.
 */
function drawFeatures(job: usize, slot: usize, start: i32, n: i32, knownConstants: i32): i32 {
  const features = whole(job, ForestJob.Features);
  const maxFeatures = whole(job, ForestJob.MaxFeatures);
  const order = pointer(slot, TreeSlot.FeatureOrder);
  const constants = pointer(slot, TreeSlot.ConstantFeatures);
  const random = pointer(slot, TreeSlot.RandomState);
  const valueColumns = pointer(job, ForestJob.ValueColumns);
  let undrawnEnd = features;
  let visited = 0;
  let found = 0;
  let drawnConstants = 0;
  let totalConstants = knownConstants;
  while (undrawnEnd > totalConstants && (visited < maxFeatures || visited <= found + drawnConstants)) {
    visited++;
    let drawn = drawnConstants + <i32>nextBelow(random, undrawnEnd - found - drawnConstants);
    if (drawn < knownConstants) {
      swap(order, drawn, drawnConstants);
      drawnConstants++;
      continue;
    }
    drawn += found;
    const feature = load<i32>(order + ((<usize>drawn) << 2));
    const column = <usize>load<u32>(pointer(job, ForestJob.RankColumns) + ((<usize>feature) << 2));
    const bytes = <i32>load<u8>(pointer(job, ForestJob.RankBytes) + feature);
    const rows = pointer(slot, TreeSlot.Samples) + ((<usize>start) << 3);
    let usable: bool;
    if (valueColumns != 0) {
      const values = <usize>load<u32>(valueColumns + ((<usize>feature) << 2));
      usable = drawThreshold(feature, column, bytes, values, rows, n, random);
    } else {
      const items = pointer(slot, TreeSlot.Items);
      const digits = pointer(slot, TreeSlot.Digits);
      usable = searchFeature(feature, column, bytes, rows, n, items, pointer(slot, TreeSlot.Spare), digits);
    }
    if (usable) {
      undrawnEnd--;
      swap(order, drawn, undrawnEnd);
    } else {
      swap(order, drawn, totalConstants);
      found++;
      totalConstants++;
    }
  }
  memory.copy(order, constants, (<usize>knownConstants) << 2);
  const foundBytes = (<usize>knownConstants) << 2;
  memory.copy(constants + foundBytes, order + foundBytes, (<usize>found) << 2);
  return totalConstants;
}

function push(at: usize, start: i32, end: i32, depth: i32, constants: i32, parent: i32, isLeft: i32): void {
  store<i32>(at, start);
  store<i32>(at, end, 4);
  store<i32>(at, depth, 8);
  store<i32>(at, constants, 12);
  store<i32>(at, parent, 16);
  store<i32>(at, isLeft, 20);
}

/** What all nodes of a tree share; set once a tree. Globals belong to the thread's own instance. */
let class0: f64 = 1;
let class1: f64 = 1;
let rootWeight: f64 = 1;
let minWeight: f64 = 0;
let maxDepth: f64 = 0;
let minSplit: i32 = 2;
let minLeaf: i32 = 1;
let minDecrease: f64 = 0;

/** Features known to be constant in the node made last. */
let constantsFound: i32 = 0;

function beginTree(job: usize, slot: usize, rows: i32): void {
  const samples = pointer(slot, TreeSlot.Samples);
  const order = pointer(slot, TreeSlot.FeatureOrder);
  maxDepth = number(job, ForestJob.MaxDepth);
  minSplit = whole(job, ForestJob.MinSamplesSplit);
  minLeaf = whole(job, ForestJob.MinSamplesLeaf);
  minDecrease = number(job, ForestJob.MinImpurityDecrease);
  for (let f = 0; f < whole(job, ForestJob.Features); f++) store<i32>(order + ((<usize>f) << 2), f);
  class0 = number(job, ForestJob.ClassWeight0);
  class1 = number(job, ForestJob.ClassWeight1);
  startTree(minLeaf, 0, 0, pointer(job, ForestJob.Weights), 1, 1);
  let root0: f64 = 0;
  let root1: f64 = 0;
  for (let i = 0; i < rows; i++) {
    const payload = load<u32>(samples + ((<usize>i) << 3), 4);
    if (payload & 1) root1 += payloadWeight(payload);
    else root0 += payloadWeight(payload);
  }
  if (whole(job, ForestJob.BalanceBag) == 1 && root0 > 0 && root1 > 0) {
    class0 = (root0 + root1) / (2.0 * root0);
    class1 = (root0 + root1) / (2.0 * root1);
  }
  rootWeight = root0 * class0 + root1 * class1;
  minWeight = number(job, ForestJob.MinWeightFraction) * rootWeight;
  startTree(minLeaf, minWeight, whole(job, ForestJob.Criterion), pointer(job, ForestJob.Weights), class0, class1);
}

/**
 * Writes node number `node` over the rows start … end, finds its best split and parts the rows by it. Returns the number
 * of rows going left, −1 where the node is a leaf; `constantsFound` is left behind.
 */
function makeNode(job: usize, slot: usize, node: i32, start: i32, end: i32, depth: i32, knownConstants: i32): i32 {
  const first = pointer(slot, TreeSlot.Samples) + ((<usize>start) << 3);
  const n = end - start;
  let sum0: f64 = 0;
  let sum1: f64 = 0;
  for (let i = 0; i < n; i++) {
    const payload = load<u32>(first + ((<usize>i) << 3), 4);
    if (payload & 1) sum1 += payloadWeight(payload);
    else sum0 += payloadWeight(payload);
  }
  const weight0 = sum0 * class0;
  const weight1 = sum1 * class1;
  const weight = weight0 + weight1;
  const nodeImpurity = impurity(weight0, weight1);
  let feature = -1;
  let gain: f64 = 0;
  let leftRows = 0;
  constantsFound = knownConstants;
  if (
    <f64>depth < maxDepth &&
    n >= minSplit &&
    n >= 2 * minLeaf &&
    weight >= 2.0 * minWeight &&
    nodeImpurity > EPSILON
  ) {
    startNode(sum0, sum1, n);
    constantsFound = drawFeatures(job, slot, start, n, knownConstants);
    if (bestFeature >= 0) {
      const column = <usize>load<u32>(pointer(job, ForestJob.RankColumns) + ((<usize>bestFeature) << 2));
      const bytes = <i32>load<u8>(pointer(job, ForestJob.RankBytes) + bestFeature);
      leftRows = partition(first, n, pointer(slot, TreeSlot.Spare), column, bytes, bestLow, bestMissingLeft);
      let left0: f64 = 0;
      let left1: f64 = 0;
      for (let i = 0; i < leftRows; i++) {
        const payload = load<u32>(first + ((<usize>i) << 3), 4);
        if (payload & 1) left1 += payloadWeight(payload);
        else left0 += payloadWeight(payload);
      }
      const right0 = max<f64>(sum0 - left0, 0) * class0;
      const right1 = max<f64>(sum1 - left1, 0) * class1;
      left0 *= class0;
      left1 *= class1;
      gain =
        (weight / rootWeight) *
        (nodeImpurity -
          ((right0 + right1) / weight) * impurity(right0, right1) -
          ((left0 + left1) / weight) * impurity(left0, left1));
      if (gain + EPSILON >= minDecrease) feature = bestFeature;
      else gain = 0;
    }
  }
  const at4 = (<usize>node) << 2;
  const at8 = (<usize>node) << 3;
  store<i32>(pointer(slot, TreeSlot.Feature) + at4, feature);
  store<u32>(pointer(slot, TreeSlot.Low) + at4, bestLow);
  store<u32>(pointer(slot, TreeSlot.High) + at4, bestHigh);
  store<f64>(pointer(slot, TreeSlot.Threshold) + at8, bestThreshold);
  store<i32>(pointer(slot, TreeSlot.Left) + at4, -1);
  store<i32>(pointer(slot, TreeSlot.Right) + at4, -1);
  store<u8>(pointer(slot, TreeSlot.MissingLeft) + node, feature >= 0 && bestMissingLeft ? 1 : 0);
  store<i32>(pointer(slot, TreeSlot.Count) + at4, n);
  store<f64>(pointer(slot, TreeSlot.Weight0) + at8, weight0);
  store<f64>(pointer(slot, TreeSlot.Weight1) + at8, weight1);
  store<f64>(pointer(slot, TreeSlot.Gain) + at8, gain);
  return feature < 0 ? -1 : leftRows;
}

/** Grows the tree of `slot`; returns its number of nodes. */
export function growForestTree(job: usize, slot: usize): i32 {
  const rows = drawForestBag(job, slot);
  beginTree(job, slot, rows);
  const nodes = whole(job, ForestJob.MaxLeaves) > 0 ? growBestFirst(job, slot, rows) : growDepthFirst(job, slot, rows);
  store<f64>(slot + ((<usize>TreeSlot.Nodes) << 3), <f64>nodes);
  return nodes;
}

/** The smaller child is grown first: the stack stays below 64 entries. */
function growDepthFirst(job: usize, slot: usize, rows: i32): i32 {
  const stack = pointer(slot, TreeSlot.Stack);
  let nodes = 0;
  let top = stack;
  push(top, 0, rows, 0, 0, -1, 0);
  top += STACK_ENTRY;
  while (top > stack) {
    top -= STACK_ENTRY;
    const start = load<i32>(top);
    const end = load<i32>(top, 4);
    const depth = load<i32>(top, 8);
    const parent = load<i32>(top, 16);
    const isLeft = load<i32>(top, 20);
    const node = nodes++;
    if (parent >= 0) store<i32>(pointer(slot, isLeft ? TreeSlot.Left : TreeSlot.Right) + ((<usize>parent) << 2), node);
    const leftRows = makeNode(job, slot, node, start, end, depth, load<i32>(top, 12));
    if (leftRows < 0) continue;
    const constants = constantsFound;
    const middle = start + leftRows;
    const leftLarger = leftRows > end - middle;
    if (leftLarger) push(top, start, middle, depth + 1, constants, node, 1);
    else push(top, middle, end, depth + 1, constants, node, 0);
    top += STACK_ENTRY;
    if (leftLarger) push(top, middle, end, depth + 1, constants, node, 0);
    else push(top, start, middle, depth + 1, constants, node, 1);
    top += STACK_ENTRY;
  }
  return nodes;
}

/** True when node a is split before node b: the larger gain, of equal ones the older node. */
function precedes(gains: usize, a: i32, b: i32): bool {
  const own = load<f64>(gains + ((<usize>a) << 3));
  const other = load<f64>(gains + ((<usize>b) << 3));
  return own > other || (own == other && a < b);
}

function pushHeap(heap: usize, size: i32, gains: usize, node: i32): void {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = load<i32>(heap + ((<usize>parent) << 2));
    if (!precedes(gains, node, above)) break;
    store<i32>(heap + ((<usize>at) << 2), above);
    at = parent;
  }
  store<i32>(heap + ((<usize>at) << 2), node);
}

/** Takes the first of `size` nodes out. */
function popHeap(heap: usize, size: i32, gains: usize): i32 {
  const first = load<i32>(heap);
  const moved = load<i32>(heap + ((<usize>(size - 1)) << 2));
  const left = size - 1;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= left) break;
    let node = load<i32>(heap + ((<usize>child) << 2));
    if (child + 1 < left) {
      const other = load<i32>(heap + ((<usize>(child + 1)) << 2));
      if (precedes(gains, other, node)) {
        node = other;
        child++;
      }
    }
    if (!precedes(gains, node, moved)) break;
    store<i32>(heap + ((<usize>at) << 2), node);
    at = child;
  }
  store<i32>(heap + ((<usize>at) << 2), moved);
  return first;
}

/** Splits the node of the largest gain next, until there are MaxLeaves leaves; nodes still waiting then are leaves. */
function growBestFirst(job: usize, slot: usize, rows: i32): i32 {
  const frontier = pointer(slot, TreeSlot.Frontier);
  const heap = pointer(slot, TreeSlot.Heap);
  const gains = pointer(slot, TreeSlot.Gain);
  const maxLeaves = whole(job, ForestJob.MaxLeaves);
  let nodes = 1;
  let leaves = 1;
  let waiting = wait(job, slot, 0, 0, rows, 0, 0);
  while (waiting > 0 && leaves < maxLeaves) {
    const node = popHeap(heap, waiting--, gains);
    const at = frontier + ((<usize>node) << 4);
    const start = load<i32>(at);
    const end = load<i32>(at, 4);
    const depth = load<i32>(at, 8) + 1;
    const middle = start + load<i32>(at, 12);
    store<i32>(pointer(slot, TreeSlot.Left) + ((<usize>node) << 2), nodes);
    store<i32>(pointer(slot, TreeSlot.Right) + ((<usize>node) << 2), nodes + 1);
    waiting = wait(job, slot, waiting, nodes, middle, depth, start);
    waiting = wait(job, slot, waiting, nodes + 1, end, depth, middle);
    nodes += 2;
    leaves++;
  }
  for (let i = 0; i < waiting; i++) {
    const node = load<i32>(heap + ((<usize>i) << 2));
    store<i32>(pointer(slot, TreeSlot.Feature) + ((<usize>node) << 2), -1);
    store<u8>(pointer(slot, TreeSlot.MissingLeft) + node, 0);
    store<f64>(gains + ((<usize>node) << 3), 0);
  }
  return nodes;
}

/** Makes a node of the rows start … end and lets it wait if it can be split; returns how many wait then. */
function wait(job: usize, slot: usize, waiting: i32, node: i32, end: i32, depth: i32, start: i32): i32 {
  // Which features are constant is not handed down: branches do not follow each other here.
  const leftRows = makeNode(job, slot, node, start, end, depth, 0);
  if (leftRows < 0) return waiting;
  const at = pointer(slot, TreeSlot.Frontier) + ((<usize>node) << 4);
  store<i32>(at, start);
  store<i32>(at, end, 4);
  store<i32>(at, depth, 8);
  store<i32>(at, leftRows, 12);
  pushHeap(pointer(slot, TreeSlot.Heap), waiting, pointer(slot, TreeSlot.Gain), node);
  return waiting + 1;
}
