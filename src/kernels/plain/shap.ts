/** SHAP values, one number at a time; layouts and method are those of the assembly files shap, shap-tests and shap-background. */
import type { KernelMemory } from '../memory.js';
import { plainShapBackground } from './shap-background.js';
import { type ShapNode, shapNodes } from './shap-nodes.js';

/** What a depth of the walk remembers. */
interface Step {
  readonly index: number;
  readonly node: ShapNode;
  /** The row passes all edges of the player so far. */
  readonly on: number;
  /** 0: passed before and now; 1: passed before; 2: failed before. */
  readonly kind: number;
  /** No deeper edge is of the same player. */
  current: boolean;
  readonly product: Float64Array;
  readonly sum: Float64Array;
  goesLeft: number;
}

/** The kernel's order of adding: even and odd places apart. */
function dot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  for (let i = 0; i < a.length; i += 2) {
    even += a[i] * b[i];
    odd += a[i + 1] * b[i + 1];
  }
  return even + odd;
}

export function plainShap(memory: KernelMemory) {
  return {
    ...plainShapBackground(memory),

    /** Fills the tables of one tree. */
    shapTables(nodes: number, tree: number, tables: number, points: number): number {
      const [first, count, q, tablesAt, pointsAt] = memory.i32(tree, 5);
      const read = shapNodes(memory, nodes);
      const point = memory.f64(points + pointsAt * 8, 3 * q);
      const table = memory.f64(tables + tablesAt * 8, count * 5 * q);
      for (let k = 0; k < count; k++) {
        const { ratio, zAbove } = read(first + k);
        const z = ratio * zAbove;
        for (let i = 0; i < q; i++) {
          const [t, weight, off] = [point[i], point[q + i], point[2 * q + i]];
          const fAbove = zAbove + (1 - zAbove) * t;
          const f = z + (1 - z) * t;
          const uAbove = (1 - zAbove) / fAbove;
          const u = (1 - z) / f;
          const at = k * 5 * q + i;
          table[at] = f / fAbove;
          table[at + q] = (z * (1 - t)) / fAbove;
          table[at + 2 * q] = weight * (u - uAbove);
          table[at + 3 * q] = weight * (off - uAbove);
          table[at + 4 * q] = u;
        }
      }
      return 0;
    },

    /** Adds every tree's SHAP values, or interaction values, of rows [from, to) to out. */
    shapRows(
      nodes: number,
      trees: number,
      treeCount: number,
      tables: number,
      points: number,
      sets: number,
      cells: number,
      columns: number,
      players: number,
      from: number,
      to: number,
      _maxDepth: number,
      _scratch: number,
      pairs: number,
      out: number,
    ): number {
      const perRow = pairs ? players * players : players;
      const read = shapNodes(memory, nodes, sets);
      for (let t = 0; t < treeCount; t++) {
        const [first, count, q, tablesAt, pointsAt] = memory.i32(trees + t * 24, 5);
        const table = memory.f64(tables + tablesAt * 8, count * 5 * q);
        const off = memory.f64(points + pointsAt * 8, 3 * q).subarray(2 * q);
        const column = (index: number, which: number) =>
          table.subarray((index * 5 + which) * q, (index * 5 + which + 1) * q);
        const path: Step[] = [];
        for (let r = from; r < to; r++) {
          const row = memory.f64(cells + r * columns * 8, columns);
          const target = memory.f64(out + r * perRow * 8, perRow);
          const close = (): void => {
            const step = path.pop() as Step;
            const { index, node, kind, sum } = step;
            if (kind < 2) {
              const difference = column(index, 2 + kind);
              const value = dot(sum, difference);
              if (!pairs) target[node.player] += value;
              else {
                target[node.player * players + node.player] += value;
                const work = sum.map((s, i) => s * difference[i]);
                for (const other of path.slice(1)) {
                  if (!other.current) continue;
                  const half = 0.5 * dot(work, other.on ? column(other.index, 4) : off);
                  target[node.player * players + other.node.player] += half;
                  target[other.node.player * players + node.player] += half;
                  target[node.player * players + node.player] -= half;
                  target[other.node.player * players + other.node.player] -= half;
                }
              }
            }
            if (node.above > 0) path[node.above].current = true;
            const up = path[path.length - 1].sum;
            for (let i = 0; i < q; i++) up[i] += sum[i];
          };
          for (let k = 0; k < count; k++) {
            const node = read(first + k);
            while (path.length > node.depth) close();
            const parent = path[node.depth - 1];
            const before = node.above > 0 ? path[node.above].on : 1;
            const passes = parent === undefined || parent.goesLeft === node.isLeft ? 1 : 0;
            if (node.above > 0) path[node.above].current = false;
            const kind = before ? 1 - passes : 2;
            const factor = column(k, kind);
            const product = new Float64Array(q).map((_, i) =>
              parent === undefined ? 1 : parent.product[i] * (kind === 2 ? node.ratio : factor[i]),
            );
            const value = node.column < 0 ? node.value : 0;
            path.push({
              index: k,
              node,
              on: before & passes,
              kind,
              current: true,
              product,
              sum: product.map((p) => p * value),
              goesLeft: node.column < 0 ? 0 : node.goesLeft(row),
            });
          }
          while (path.length > 1) close();
          path.length = 0;
        }
      }
      return 0;
    },
  };
}
