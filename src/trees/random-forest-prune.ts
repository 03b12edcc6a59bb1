/**
 * Minimal cost-complexity pruning of a tree in its slot (Breiman, Friedman, Olshen, Stone 1984, chapter 3), as
 * scikit-learn's ccp_alpha: a subtree stays only if it lowers the cost by more than alpha for each leaf it adds. The
 * cost of a leaf is its impurity times its share of the tree's weight.
 */
import type { KernelMemory } from '../kernels/memory.js';
import { TreeSlot } from '../kernels/random-forest-layout.js';
import { slotAddress } from './random-forest-job.js';

/** Cuts and closes up the nodes, whose order stays. One pass from the leaves up finds the smallest tree of least cost. */
export function pruneTree(memory: KernelMemory, slot: number, alpha: number, entropy: boolean): void {
  const nodes = slotAddress(memory, slot, TreeSlot.Nodes);
  const at = (field: TreeSlot) => slotAddress(memory, slot, field);
  const feature = memory.i32(at(TreeSlot.Feature), nodes);
  const left = memory.i32(at(TreeSlot.Left), nodes);
  const right = memory.i32(at(TreeSlot.Right), nodes);
  const weight0 = memory.f64(at(TreeSlot.Weight0), nodes);
  const weight1 = memory.f64(at(TreeSlot.Weight1), nodes);
  const missingLeft = memory.u8(at(TreeSlot.MissingLeft), nodes);
  const gain = memory.f64(at(TreeSlot.Gain), nodes);
  const whole = weight0[0] + weight1[0];
  const cost = new Float64Array(nodes);
  const leaves = new Int32Array(nodes).fill(1);
  // Children come after their parents.
  for (let node = nodes - 1; node >= 0; node--) {
    const own = costOf(weight0[node], weight1[node], entropy) / whole;
    cost[node] = own;
    if (feature[node] < 0) continue;
    const below = cost[left[node]] + cost[right[node]];
    const added = leaves[left[node]] + leaves[right[node]] - 1;
    if ((own - below) / added <= alpha) {
      feature[node] = -1;
      missingLeft[node] = 0;
      gain[node] = 0;
    } else {
      cost[node] = below;
      leaves[node] = added + 1;
    }
  }
  const kept = closeUp(feature, left, right);
  if (kept.length === nodes) return;
  for (const [field, view] of VIEWS) {
    const values = memory[view](at(field), nodes);
    for (let k = 0; k < kept.length; k++) values[k] = values[kept[k]];
  }
  memory.f64(slot, TreeSlot.Words)[TreeSlot.Nodes] = kept.length;
}

/** Arrays of one entry a node that are moved as they are; children are renumbered first. */
const VIEWS = [
  [TreeSlot.Feature, 'i32'],
  [TreeSlot.Low, 'u32'],
  [TreeSlot.High, 'u32'],
  [TreeSlot.Left, 'i32'],
  [TreeSlot.Right, 'i32'],
  [TreeSlot.MissingLeft, 'u8'],
  [TreeSlot.Count, 'i32'],
  [TreeSlot.Weight0, 'f64'],
  [TreeSlot.Weight1, 'f64'],
  [TreeSlot.Gain, 'f64'],
  [TreeSlot.Threshold, 'f64'],
] as const;

/** Impurity times weight: Gini, or entropy in bits. */
function costOf(w0: number, w1: number, entropy: boolean): number {
  const w = w0 + w1;
  if (!entropy) return (2 * w0 * w1) / w;
  return (w0 > 0 ? -w0 * Math.log2(w0 / w) : 0) + (w1 > 0 ? -w1 * Math.log2(w1 / w) : 0);
}

/** The nodes that the root still leads to, ascending; writes the children's new numbers. */
function closeUp(feature: Int32Array, left: Int32Array, right: Int32Array): number[] {
  const reached = new Uint8Array(feature.length);
  const numbers = new Int32Array(feature.length);
  const kept: number[] = [];
  reached[0] = 1;
  for (let node = 0; node < feature.length; node++) {
    if (reached[node] === 0) continue;
    numbers[node] = kept.length;
    kept.push(node);
    if (feature[node] >= 0) {
      reached[left[node]] = 1;
      reached[right[node]] = 1;
    }
  }
  for (const node of kept) {
    left[node] = feature[node] < 0 ? -1 : numbers[left[node]];
    right[node] = feature[node] < 0 ? -1 : numbers[right[node]];
  }
  return kept;
}
