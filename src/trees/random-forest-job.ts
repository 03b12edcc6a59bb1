/** Lays a forest's training run out in the kernels' memory: the job block, the ranked columns, a slot a tree in flight. */

import type { Random } from '../base/random.js';
import type { KernelMemory } from '../kernels/memory.js';
import type { KernelPool } from '../kernels/pool.js';
import { ForestJob, TreeSlot } from '../kernels/random-forest-layout.js';
import type { Cells } from '../table/matrix.js';
import type { LabelledMatrix } from './family.js';
import { type RankedColumn, rankColumns, valueOfRank } from './random-forest-ranks.js';
import type { ForestSettings } from './random-forest-settings.js';

export interface PlacedForest {
  readonly job: number;
  readonly slots: readonly number[];
  readonly columns: readonly RankedColumn[];
}

/** Radix digits counted at once; entries of the stack of pending nodes and i32 words of each. */
const DIGITS = 6144;
const STACK_WORDS = 64 * 6;

export function placeForest(
  pool: KernelPool,
  train: LabelledMatrix,
  valid: LabelledMatrix | undefined,
  settings: ForestSettings,
  slotCount: number,
): PlacedForest {
  const { memory } = pool;
  const { rows } = train.matrix;
  const features = train.matrix.columns.length;
  const columns = rankColumns(pool, train.matrix.columns, rows);
  const validRows = valid?.matrix.rows ?? 0;
  const validColumns = train.matrix.columns.map((_, f) =>
    valid === undefined ? 0 : doubles(memory, valid.matrix.columns[f].values.subarray(0, validRows)),
  );
  const labels = memory.alloc(rows);
  memory.u8(labels, rows).set(train.label.subarray(0, rows));
  const rankBytes = memory.alloc(features);
  memory.u8(rankBytes, features).set(columns.map((column) => column.bytes));

  const job = memory.alloc(ForestJob.Words * 8);
  const fields = memory.f64(job, ForestJob.Words);
  fields[ForestJob.Rows] = rows;
  fields[ForestJob.Features] = features;
  fields[ForestJob.MaxFeatures] = settings.maxFeatures;
  fields[ForestJob.MaxDepth] = settings.maxDepth;
  fields[ForestJob.MinSamplesSplit] = Math.min(settings.minSamplesSplit, 2 ** 31 - 1);
  fields[ForestJob.MinSamplesLeaf] = Math.min(settings.minSamplesLeaf, 2 ** 30 - 1);
  fields[ForestJob.MinWeightFraction] = settings.minWeightFraction;
  fields[ForestJob.MinImpurityDecrease] = settings.minImpurityDecrease;
  fields[ForestJob.Criterion] = settings.entropy ? 1 : 0;
  fields[ForestJob.RankColumns] = addresses(
    memory,
    columns.map((column) => column.address),
  );
  fields[ForestJob.RankBytes] = rankBytes;
  fields[ForestJob.Labels] = labels;
  fields[ForestJob.Weights] = settings.rowWeight === undefined ? 0 : doubles(memory, settings.rowWeight);
  fields[ForestJob.Cumulative] =
    settings.drawWeight === undefined ? 0 : doubles(memory, runningSum(settings.drawWeight));
  fields[ForestJob.BagSize] = settings.bagSize;
  fields[ForestJob.MaxLeaves] = Number.isFinite(settings.maxLeaves) ? Math.min(settings.maxLeaves, 2 ** 31 - 1) : 0;
  fields[ForestJob.ClassWeight0] = settings.classWeight[0];
  fields[ForestJob.ClassWeight1] = settings.classWeight[1];
  fields[ForestJob.BalanceBag] = settings.balanceBag ? 1 : 0;
  fields[ForestJob.ValueColumns] = settings.randomThresholds
    ? addresses(
        memory,
        columns.map((column) =>
          doubles(
            memory,
            Float64Array.from(column.rowOf, (_, rank) => valueOfRank(column, rank)),
          ),
        ),
      )
    : 0;
  fields[ForestJob.ValidRows] = validRows;
  fields[ForestJob.ValidColumns] = addresses(memory, validColumns);

  const slots = Array.from({ length: slotCount }, () => placeSlot(memory, rows, features, validRows, settings));
  return { job, slots, columns };
}

/** Nodes a tree can have: two a leaf less one, leaves bounded by the rows and by the depth. */
function maxNodes(rows: number, settings: ForestSettings): number {
  const grownOn = settings.bagSize > 0 ? Math.min(rows, settings.bagSize) : rows;
  const byRows = Math.max(1, Math.floor(grownOn / settings.minSamplesLeaf));
  const leaves = Math.min(byRows, settings.maxLeaves);
  return Math.min(2 * leaves - 1, 2 ** (settings.maxDepth + 1) - 1);
}

function placeSlot(
  memory: KernelMemory,
  rows: number,
  features: number,
  validRows: number,
  settings: ForestSettings,
): number {
  const nodes = maxNodes(rows, settings);
  const bestFirst = Number.isFinite(settings.maxLeaves);
  const bytes: Partial<Record<TreeSlot, number>> = {
    [TreeSlot.RandomState]: 16,
    [TreeSlot.Bag]: rows * 4,
    [TreeSlot.Samples]: rows * 8,
    [TreeSlot.Items]: rows * 8,
    [TreeSlot.Spare]: rows * 8,
    [TreeSlot.Digits]: DIGITS * 4,
    [TreeSlot.FeatureOrder]: features * 4,
    [TreeSlot.ConstantFeatures]: features * 4,
    [TreeSlot.Stack]: STACK_WORDS * 4,
    [TreeSlot.Frontier]: bestFirst ? nodes * 16 : 0,
    [TreeSlot.Heap]: bestFirst ? nodes * 4 : 0,
    [TreeSlot.Feature]: nodes * 4,
    [TreeSlot.Low]: nodes * 4,
    [TreeSlot.High]: nodes * 4,
    [TreeSlot.Cut]: nodes * 4,
    [TreeSlot.Left]: nodes * 4,
    [TreeSlot.Right]: nodes * 4,
    [TreeSlot.MissingLeft]: nodes,
    [TreeSlot.Count]: nodes * 4,
    [TreeSlot.Weight0]: nodes * 8,
    [TreeSlot.Weight1]: nodes * 8,
    [TreeSlot.Gain]: nodes * 8,
    [TreeSlot.Threshold]: nodes * 8,
    [TreeSlot.Value]: nodes * 8,
    [TreeSlot.Votes]: rows * 8,
    [TreeSlot.ValidVotes]: validRows * 8,
  };
  const slot = memory.alloc(TreeSlot.Words * 8);
  for (const [field, size] of Object.entries(bytes)) {
    const address = memory.alloc(size);
    memory.f64(slot, TreeSlot.Words)[Number(field)] = address;
  }
  return slot;
}

/** The tree grown in this slot next draws from `random`. */
export function seedSlot(memory: KernelMemory, slot: number, random: Random): void {
  memory.u32(slotAddress(memory, slot, TreeSlot.RandomState), 4).set(random.state);
}

/** What a field of a slot holds: an address, or the number of nodes. */
export function slotAddress(memory: KernelMemory, slot: number, field: TreeSlot): number {
  return memory.f64(slot, TreeSlot.Words)[field];
}

function doubles(memory: KernelMemory, values: Cells): number {
  const address = memory.alloc(values.length * 8);
  memory.f64(address, values.length).set(values);
  return address;
}

function addresses(memory: KernelMemory, values: readonly number[]): number {
  const address = memory.alloc(values.length * 4);
  memory.u32(address, values.length).set(values);
  return address;
}

function runningSum(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}
