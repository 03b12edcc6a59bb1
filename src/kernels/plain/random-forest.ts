/**
 * The twins of assembly/random-forest.ts and assembly/random-forest-votes.ts: the same nodes in the same order, found by
 * sorting each node's rows plainly.
 */
import { Random } from '../../base/random.js';
import type { KernelMemory } from '../memory.js';
import { ForestJob, TreeSlot } from '../random-forest-layout.js';
import { naturalLog } from './logarithm.js';

const EPSILON = 2.220446049250313e-16;
const MISSING = 0xffffffff;

type Weights = readonly [number, number];
type RankOf = (feature: number, row: number) => number;

interface Split {
  score: number;
  feature: number;
  low: number;
  high: number;
  missingLeft: boolean;
  /** Only of a threshold drawn. */
  threshold: number;
}

interface PendingNode {
  readonly rows: readonly number[];
  readonly depth: number;
  readonly constants: number;
  readonly parent: number;
  readonly isLeft: boolean;
}

interface MadeSplit {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly gain: number;
  readonly constants: number;
}

export function plainRandomForest(memory: KernelMemory) {
  const block = (address: number, words: number) => memory.f64(address, words);

  return {
    /** Fills Bag alone; no row is looked at. */
    drawForestBag(jobAddress: number, slotAddress: number): number {
      const random = new Random(0);
      random.state.set(memory.u32(block(slotAddress, TreeSlot.Words)[TreeSlot.RandomState], 4));
      drawBag(memory, block(jobAddress, ForestJob.Words), block(slotAddress, TreeSlot.Words), random);
      return 0;
    },

    growForestTree(jobAddress: number, slotAddress: number): number {
      const job = block(jobAddress, ForestJob.Words);
      const slot = block(slotAddress, TreeSlot.Words);
      const tree = new PlainTree(memory, job, slot);
      slot[TreeSlot.Nodes] = tree.grow();
      return slot[TreeSlot.Nodes];
    },

    castForestVotes(jobAddress: number, slotAddress: number): number {
      const job = block(jobAddress, ForestJob.Words);
      const slot = block(slotAddress, TreeSlot.Words);
      const nodes = slot[TreeSlot.Nodes];
      const feature = memory.i32(slot[TreeSlot.Feature], nodes);
      const cut = memory.u32(slot[TreeSlot.Cut], nodes);
      const threshold = memory.f64(slot[TreeSlot.Threshold], nodes);
      const left = memory.i32(slot[TreeSlot.Left], nodes);
      const right = memory.i32(slot[TreeSlot.Right], nodes);
      const missingLeft = memory.u8(slot[TreeSlot.MissingLeft], nodes);
      const value = memory.f64(slot[TreeSlot.Value], nodes);
      const vote = (goesLeft: (node: number) => boolean) => {
        let node = 0;
        while (feature[node] >= 0) node = goesLeft(node) ? left[node] : right[node];
        return value[node];
      };
      const rankOf = rankReader(memory, job);
      const bag = memory.u32(slot[TreeSlot.Bag], job[ForestJob.Rows]);
      const votes = memory.f64(slot[TreeSlot.Votes], job[ForestJob.Rows]);
      for (let row = 0; row < votes.length; row++) {
        const rankLeft = (node: number) => {
          const rank = rankOf(feature[node], row);
          return rank === MISSING ? missingLeft[node] === 1 : rank <= cut[node];
        };
        votes[row] = bag[row] > 0 ? Number.NaN : vote(rankLeft);
      }
      const validRows = job[ForestJob.ValidRows];
      const addresses = memory.u32(job[ForestJob.ValidColumns], job[ForestJob.Features]);
      const columns = Array.from(addresses, (address) => memory.f64(address, validRows));
      const validVotes = memory.f64(slot[TreeSlot.ValidVotes], validRows);
      for (let row = 0; row < validRows; row++) {
        validVotes[row] = vote((node) => {
          const x = columns[feature[node]][row];
          return Number.isNaN(x) ? missingLeft[node] === 1 : x <= threshold[node];
        });
      }
      return 0;
    },
  };
}

function rankReader(memory: KernelMemory, job: Float64Array): RankOf {
  const rows = job[ForestJob.Rows];
  const bytes = memory.u8(job[ForestJob.RankBytes], job[ForestJob.Features]);
  const columns = Array.from(memory.u32(job[ForestJob.RankColumns], job[ForestJob.Features]), (address, f) =>
    bytes[f] === 2 ? memory.u16(address, rows) : memory.u32(address, rows),
  );
  return (feature, row) => {
    const rank = columns[feature][row];
    return bytes[feature] === 2 && rank === 0xffff ? MISSING : rank;
  };
}

function drawBag(memory: KernelMemory, job: Float64Array, slot: Float64Array, random: Random): Uint32Array {
  const rows = job[ForestJob.Rows];
  const bag = memory.u32(slot[TreeSlot.Bag], rows).fill(0);
  const cumulative = job[ForestJob.Cumulative];
  const sums = cumulative === 0 ? undefined : memory.f64(cumulative, rows);
  for (let draw = 0; draw < job[ForestJob.BagSize]; draw++) {
    if (sums === undefined) {
      bag[random.below(rows)]++;
    } else {
      const wanted = random.next() * sums[rows - 1];
      const row = sums.findIndex((sum) => sum > wanted);
      bag[row < 0 ? rows - 1 : row]++;
    }
  }
  return bag;
}

class PlainTree {
  readonly #memory: KernelMemory;
  readonly #job: Float64Array;
  readonly #slot: Float64Array;
  readonly #random = new Random(0);
  readonly #rankOf: RankOf;
  /** Values of a feature's ranks, where thresholds are drawn. */
  readonly #values: ((feature: number) => (rank: number) => number) | undefined;
  readonly #labels: Uint8Array;
  /** Weight of a row before class weights. */
  readonly #weight: (row: number) => number;
  readonly #rows: readonly number[];
  readonly #order: number[];
  readonly #constants: number[];
  readonly #classWeight: Weights;
  readonly #rootWeight: number;
  readonly #minWeight: number;
  readonly #minLeaf: number;

  constructor(memory: KernelMemory, job: Float64Array, slot: Float64Array) {
    this.#memory = memory;
    this.#job = job;
    this.#slot = slot;
    this.#random.state.set(memory.u32(slot[TreeSlot.RandomState], 4));
    this.#rankOf = rankReader(memory, job);
    const rows = job[ForestJob.Rows];
    this.#labels = memory.u8(job[ForestJob.Labels], rows);
    const valueColumns = job[ForestJob.ValueColumns];
    if (valueColumns !== 0) {
      const addresses = memory.u32(valueColumns, job[ForestJob.Features]);
      this.#values = (feature) => (rank) => memory.f64(addresses[feature] + rank * 8, 1)[0];
    }
    const bag = drawBag(memory, job, slot, this.#random);
    const weights = job[ForestJob.Weights] === 0 ? undefined : memory.f64(job[ForestJob.Weights], rows);
    const bagged = job[ForestJob.BagSize] > 0;
    this.#weight = (row) => (bagged ? bag[row] : weights === undefined ? 1 : weights[row]);
    this.#rows = Array.from({ length: rows }, (_, row) => row).filter((row) => this.#weight(row) > 0);
    this.#order = Array.from({ length: job[ForestJob.Features] }, (_, f) => f);
    this.#constants = [];
    const [root0, root1] = this.#sums(this.#rows);
    this.#classWeight =
      job[ForestJob.BalanceBag] === 1 && root0 > 0 && root1 > 0
        ? [(root0 + root1) / (2 * root0), (root0 + root1) / (2 * root1)]
        : [job[ForestJob.ClassWeight0], job[ForestJob.ClassWeight1]];
    this.#rootWeight = root0 * this.#classWeight[0] + root1 * this.#classWeight[1];
    this.#minWeight = job[ForestJob.MinWeightFraction] * this.#rootWeight;
    this.#minLeaf = job[ForestJob.MinSamplesLeaf];
  }

  #sums(rows: readonly number[]): [number, number] {
    const sums: [number, number] = [0, 0];
    for (const row of rows) sums[this.#labels[row]] += this.#weight(row);
    return sums;
  }

  #purity(w0: number, w1: number): number {
    const w = w0 + w1;
    if (this.#job[ForestJob.Criterion] === 0) return -((w0 * w1) / w);
    let sum = 0;
    if (w0 > 0) sum += w0 * naturalLog(w0 / w);
    if (w1 > 0) sum += w1 * naturalLog(w1 / w);
    return sum;
  }

  #impurity(w0: number, w1: number): number {
    const w = w0 + w1;
    if (this.#job[ForestJob.Criterion] === 0) return (2 * w0 * w1) / (w * w);
    // In bits: 1 / ln 2.
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: the kernel's own constant
    return (-this.#purity(w0, w1) / w) * 1.4426950408889634;
  }

  /** Tries every split of `rows` on one feature; false when nothing tells them apart. */
  #search(feature: number, rows: readonly number[], all: Weights, best: Split): boolean {
    const rank = (row: number) => this.#rankOf(feature, row);
    const known = rows.filter((row) => rank(row) !== MISSING).sort((a, b) => rank(a) - rank(b) || a - b);
    const missing = rows.filter((row) => rank(row) === MISSING);
    const one = known.length > 0 && rank(known[0]) === rank(known[known.length - 1]);
    if (known.length === 0 || (one && missing.length === 0)) return false;
    const [class0, class1] = this.#classWeight;
    const attempt = (
      sums: Weights,
      count: number,
      low: number,
      high: number,
      missingLeft: boolean,
      threshold = best.threshold,
    ) => {
      const rest = rows.length - count;
      if (count < this.#minLeaf || rest < this.#minLeaf) return;
      const left: Weights = [sums[0] * class0, sums[1] * class1];
      const right: Weights = [Math.max(all[0] - sums[0], 0) * class0, Math.max(all[1] - sums[1], 0) * class1];
      if (left[0] + left[1] < this.#minWeight || right[0] + right[1] < this.#minWeight) return;
      const score = this.#purity(...left) + this.#purity(...right);
      if (score > best.score) Object.assign(best, { score, feature, low, high, missingLeft, threshold });
    };
    if (this.#values !== undefined) {
      const values = this.#values(feature);
      const [smallest, largest] = [values(rank(known[0])), values(rank(known[known.length - 1]))];
      let threshold = smallest + (largest - smallest) * this.#random.next();
      if (!(threshold >= smallest && threshold < largest)) threshold = smallest;
      const drawnLeft = missing.length > 0 && this.#random.below(2) === 1;
      const below = known.filter((row) => values(rank(row)) <= threshold);
      const left = drawnLeft ? [...below, ...missing] : below;
      const side = missing.length === 0 ? left.length > rows.length - left.length : drawnLeft;
      // Rows out of the bag may lie between: the cut is the whole column's.
      let cut = rank(below[below.length - 1]);
      while (cut < rank(known[known.length - 1]) && values(cut + 1) <= threshold) cut++;
      if (left.length < rows.length) attempt(this.#sums(left), left.length, cut, cut, side, threshold);
      return true;
    }
    for (const missingLeft of missing.length === 0 ? [false] : [false, true]) {
      const sums = missingLeft ? this.#sums(missing) : [0, 0];
      let count = missingLeft ? missing.length : 0;
      for (let i = 0; i < known.length; i++) {
        const low = i === 0 ? 0 : rank(known[i - 1]);
        const high = rank(known[i]);
        if (i > 0 && low !== high) {
          const side = missing.length === 0 ? count > rows.length - count : missingLeft;
          attempt([sums[0], sums[1]], count, low, high, side);
        }
        sums[this.#labels[known[i]]] += this.#weight(known[i]);
        count++;
      }
      if (missing.length > 0 && !missingLeft)
        attempt([sums[0], sums[1]], count, rank(known[known.length - 1]), MISSING, false);
    }
    return true;
  }

  /** The drawing rule of assembly/random-forest.ts; returns the best split and the number of constant features. */
  #draw(rows: readonly number[], knownConstants: number): { best: Split; constants: number } {
    const all = this.#sums(rows);
    const best: Split = {
      score: Number.NEGATIVE_INFINITY,
      feature: -1,
      low: 0,
      high: 0,
      missingLeft: false,
      threshold: 0,
    };
    const order = this.#order;
    const maxFeatures = this.#job[ForestJob.MaxFeatures];
    const swap = (i: number, j: number) => {
      [order[i], order[j]] = [order[j], order[i]];
    };
    let undrawnEnd = order.length;
    let visited = 0;
    let found = 0;
    let drawnConstants = 0;
    while (undrawnEnd > knownConstants + found && (visited < maxFeatures || visited <= found + drawnConstants)) {
      visited++;
      const drawn = drawnConstants + this.#random.below(undrawnEnd - found - drawnConstants);
      if (drawn < knownConstants) swap(drawn, drawnConstants++);
      else if (this.#search(order[drawn + found], rows, all, best)) swap(drawn + found, --undrawnEnd);
      else swap(drawn + found, knownConstants + found++);
    }
    for (let i = 0; i < knownConstants; i++) order[i] = this.#constants[i];
    for (let i = knownConstants; i < knownConstants + found; i++) this.#constants[i] = order[i];
    return { best, constants: knownConstants + found };
  }

  grow(): number {
    return this.#job[ForestJob.MaxLeaves] > 0 ? this.#growBestFirst() : this.#growDepthFirst();
  }

  /** Writes a node and finds its split; undefined for a leaf. */
  #makeNode(node: number, rows: readonly number[], depth: number, knownConstants: number): MadeSplit | undefined {
    const job = this.#job;
    const sums = this.#sums(rows);
    const [weight0, weight1] = [sums[0] * this.#classWeight[0], sums[1] * this.#classWeight[1]];
    const weight = weight0 + weight1;
    const impurity = this.#impurity(weight0, weight1);
    this.#write(node, -1, 0, 0, false, rows.length, weight0, weight1, 0);
    if (
      depth >= job[ForestJob.MaxDepth] ||
      rows.length < job[ForestJob.MinSamplesSplit] ||
      rows.length < 2 * this.#minLeaf ||
      !(weight >= 2 * this.#minWeight) ||
      !(impurity > EPSILON)
    )
      return undefined;
    const { best, constants } = this.#draw(rows, knownConstants);
    if (best.feature < 0) return undefined;
    const goesLeft = (row: number) => {
      const rank = this.#rankOf(best.feature, row);
      return rank === MISSING ? best.missingLeft : rank <= best.low;
    };
    const left = rows.filter(goesLeft);
    const right = rows.filter((row) => !goesLeft(row));
    const gain = this.#gain(sums, this.#sums(left), weight, impurity);
    if (!(gain + EPSILON >= job[ForestJob.MinImpurityDecrease])) return undefined;
    this.#write(node, best.feature, best.low, best.high, best.missingLeft, rows.length, weight0, weight1, gain);
    this.#memory.f64(this.#slot[TreeSlot.Threshold] + node * 8, 1)[0] = best.threshold;
    return { left, right, gain, constants };
  }

  #growDepthFirst(): number {
    const pending: PendingNode[] = [{ rows: this.#rows, depth: 0, constants: 0, parent: -1, isLeft: false }];
    let nodes = 0;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { rows, depth, parent, isLeft } = next;
      const node = nodes++;
      if (parent >= 0) this.#i32(isLeft ? TreeSlot.Left : TreeSlot.Right)[parent] = node;
      const split = this.#makeNode(node, rows, depth, next.constants);
      if (split === undefined) continue;
      const { left, right, constants } = split;
      const children: PendingNode[] = [
        { rows: left, depth: depth + 1, constants, parent: node, isLeft: true },
        { rows: right, depth: depth + 1, constants, parent: node, isLeft: false },
      ];
      pending.push(...(left.length > right.length ? children : children.reverse()));
    }
    return nodes;
  }

  #growBestFirst(): number {
    const waiting: (MadeSplit & { readonly node: number; readonly depth: number })[] = [];
    const wait = (node: number, rows: readonly number[], depth: number) => {
      const split = this.#makeNode(node, rows, depth, 0);
      if (split !== undefined) waiting.push({ ...split, node, depth });
    };
    wait(0, this.#rows, 0);
    let nodes = 1;
    for (let leaves = 1; waiting.length > 0 && leaves < this.#job[ForestJob.MaxLeaves]; leaves++) {
      waiting.sort((a, b) => b.gain - a.gain || a.node - b.node);
      const { node, depth, left, right } = waiting.shift()!;
      this.#i32(TreeSlot.Left)[node] = nodes;
      this.#i32(TreeSlot.Right)[node] = nodes + 1;
      wait(nodes, left, depth + 1);
      wait(nodes + 1, right, depth + 1);
      nodes += 2;
    }
    for (const { node } of waiting) {
      this.#i32(TreeSlot.Feature)[node] = -1;
      this.#memory.u8(this.#slot[TreeSlot.MissingLeft] + node, 1)[0] = 0;
      this.#memory.f64(this.#slot[TreeSlot.Gain] + node * 8, 1)[0] = 0;
    }
    return nodes;
  }

  #gain(all: Weights, leftSums: Weights, weight: number, impurity: number): number {
    const [class0, class1] = this.#classWeight;
    const right: Weights = [Math.max(all[0] - leftSums[0], 0) * class0, Math.max(all[1] - leftSums[1], 0) * class1];
    const left: Weights = [leftSums[0] * class0, leftSums[1] * class1];
    return (
      (weight / this.#rootWeight) *
      (impurity -
        ((right[0] + right[1]) / weight) * this.#impurity(...right) -
        ((left[0] + left[1]) / weight) * this.#impurity(...left))
    );
  }

  #i32(field: TreeSlot): Int32Array {
    return this.#memory.i32(this.#slot[field], 2 * this.#rows.length);
  }

  #write(
    node: number,
    feature: number,
    low: number,
    high: number,
    missingLeft: boolean,
    count: number,
    weight0: number,
    weight1: number,
    gain: number,
  ): void {
    const word = (field: TreeSlot) => this.#slot[field] + node * 4;
    const double = (field: TreeSlot) => this.#slot[field] + node * 8;
    const memory = this.#memory;
    memory.i32(word(TreeSlot.Feature), 1)[0] = feature;
    memory.u32(word(TreeSlot.Low), 1)[0] = low;
    memory.u32(word(TreeSlot.High), 1)[0] = high;
    memory.i32(word(TreeSlot.Left), 1)[0] = -1;
    memory.i32(word(TreeSlot.Right), 1)[0] = -1;
    memory.u8(this.#slot[TreeSlot.MissingLeft] + node, 1)[0] = missingLeft ? 1 : 0;
    memory.i32(word(TreeSlot.Count), 1)[0] = count;
    memory.f64(double(TreeSlot.Weight0), 1)[0] = weight0;
    memory.f64(double(TreeSlot.Weight1), 1)[0] = weight1;
    memory.f64(double(TreeSlot.Gain), 1)[0] = gain;
  }
}
