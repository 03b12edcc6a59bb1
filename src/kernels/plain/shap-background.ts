/** Interventional SHAP values, plainly; layouts and method are those of the assembly file of the same name. */
import type { KernelMemory } from '../memory.js';
import { type ShapNode, shapNodes } from './shap-nodes.js';

interface Step {
  readonly node: ShapNode;
  /** The row, and the background row, pass all edges of the player so far. */
  readonly x: number;
  readonly z: number;
  /** No deeper edge is of the same player. */
  current: boolean;
  /** Players that the row alone, and the background row alone, passes. */
  readonly a: number;
  readonly b: number;
}

export function plainShapBackground(memory: KernelMemory) {
  return {
    /** Adds every tree's values of rows [from, to), summed over the background rows, to out. */
    shapBackground(
      nodes: number,
      trees: number,
      treeCount: number,
      sets: number,
      cells: number,
      columns: number,
      background: number,
      backgroundRows: number,
      players: number,
      from: number,
      to: number,
      factors: number,
      _scratch: number,
      pairs: number,
      out: number,
    ): number {
      const side = memory.f64(factors, 1)[0];
      const table = memory.f64(factors + 16, side * side);
      const factor = (a: number, b: number) => table[a * side + b];
      const perRow = pairs ? players * players : players;
      const read = shapNodes(memory, nodes, sets);

      const leaf = (value: number, path: readonly Step[], target: Float64Array): void => {
        const { a, b } = path[path.length - 1];
        const alone = path.slice(1).filter((step) => step.current && step.x !== step.z);
        alone.forEach(({ node, x }, d) => {
          const i = node.player;
          const worth = x ? value * factor(a - 1, b) : -value * factor(a, b - 1);
          target[pairs ? i * players + i : i] += worth;
          if (!pairs) return;
          for (const other of alone.slice(0, d)) {
            const j = other.node.player;
            let half = 0.5 * value;
            if (x !== other.x) half = -half * factor(a - 1, b - 1);
            else half = half * (x ? factor(a - 2, b) : factor(a, b - 2));
            target[i * players + j] += half;
            target[j * players + i] += half;
            target[i * players + i] -= half;
            target[j * players + j] -= half;
          }
        });
      };

      const against = (
        first: number,
        count: number,
        row: Float64Array,
        other: Float64Array,
        target: Float64Array,
      ): void => {
        const path: Step[] = [{ node: read(first), x: 1, z: 1, current: false, a: 0, b: 0 }];
        const close = (): void => {
          const { node } = path.pop() as Step;
          if (node.above > 0) path[node.above].current = true;
        };
        let k = 1;
        while (k < count) {
          const node = read(first + k);
          while (path.length > node.depth) close();
          const parent = path[node.depth - 1];
          const before = node.above > 0 ? path[node.above] : { x: 1, z: 1 };
          const x = before.x & (parent.node.goesLeft(row) === node.isLeft ? 1 : 0);
          const z = before.z & (parent.node.goesLeft(other) === node.isLeft ? 1 : 0);
          if (x + z === 0) {
            k = node.end;
            continue;
          }
          if (node.above > 0) path[node.above].current = false;
          const a = parent.a - (before.x & (1 - before.z)) + (x & (1 - z));
          const b = parent.b - (before.z & (1 - before.x)) + (z & (1 - x));
          path.push({ node, x, z, current: true, a, b });
          if (node.column < 0) leaf(node.value, path, target);
          k++;
        }
      };

      for (let t = 0; t < treeCount; t++) {
        const [first, count] = memory.i32(trees + t * 24, 2);
        if (count === 1) continue;
        for (let r = from; r < to; r++) {
          const row = memory.f64(cells + r * columns * 8, columns);
          const target = memory.f64(out + r * perRow * 8, perRow);
          for (let g = 0; g < backgroundRows; g++)
            against(first, count, row, memory.f64(background + g * columns * 8, columns), target);
        }
      }
      return 0;
    },
  };
}
