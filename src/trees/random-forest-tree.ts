/** One grown tree read out of its slot: ranks become thresholds, weights become probabilities. */
import type { KernelMemory } from '../kernels/memory.js';
import { TreeSlot } from '../kernels/random-forest-layout.js';
import { slotAddress } from './random-forest-job.js';
import { lastAtMost, type RankedColumn, thresholdBetween, valueOfRank } from './random-forest-ranks.js';

/** A tree's nodes, the root first; children are indices within the tree, −1 at a leaf. */
export interface GrownTree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly value: Float64Array;
  readonly cover: Float64Array;
  readonly count: Int32Array;
  readonly gain: Float64Array;
}

/** High's value where the right side holds missing values only. */
const MISSING_ONLY = 0xffffffff;

/**
 * Copies the tree out of its slot and leaves there what voting needs (Threshold, Cut, Value). `drawn`: the thresholds are
 * in the slot already, their cuts in Low.
 */
export function readTree(
  memory: KernelMemory,
  slot: number,
  columns: readonly RankedColumn[],
  drawn: boolean,
): GrownTree {
  const nodes = slotAddress(memory, slot, TreeSlot.Nodes);
  const at = (field: TreeSlot) => slotAddress(memory, slot, field);
  const feature = memory.i32(at(TreeSlot.Feature), nodes).slice();
  const low = memory.u32(at(TreeSlot.Low), nodes);
  const high = memory.u32(at(TreeSlot.High), nodes);
  const cut = memory.u32(at(TreeSlot.Cut), nodes);
  const threshold = memory.f64(at(TreeSlot.Threshold), nodes);
  const value = memory.f64(at(TreeSlot.Value), nodes);
  const weight0 = memory.f64(at(TreeSlot.Weight0), nodes);
  const weight1 = memory.f64(at(TreeSlot.Weight1), nodes);
  const cover = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    cover[node] = weight0[node] + weight1[node];
    value[node] = weight1[node] / cover[node];
    if (drawn && feature[node] >= 0) {
      cut[node] = low[node];
      continue;
    }
    threshold[node] = 0;
    if (feature[node] < 0) continue;
    const column = columns[feature[node]];
    if (high[node] === MISSING_ONLY) {
      // Every known value goes left, also one larger than any of training.
      threshold[node] = Number.POSITIVE_INFINITY;
      cut[node] = column.distinct - 1;
    } else {
      threshold[node] = thresholdBetween(valueOfRank(column, low[node]), valueOfRank(column, high[node]));
      cut[node] = lastAtMost(column, threshold[node], low[node], high[node]);
    }
  }
  return {
    feature,
    threshold: threshold.slice(),
    missingLeft: memory.u8(at(TreeSlot.MissingLeft), nodes).slice(),
    left: memory.i32(at(TreeSlot.Left), nodes).slice(),
    right: memory.i32(at(TreeSlot.Right), nodes).slice(),
    value: value.slice(),
    cover,
    count: memory.i32(at(TreeSlot.Count), nodes).slice(),
    gain: memory.f64(at(TreeSlot.Gain), nodes).slice(),
  };
}
