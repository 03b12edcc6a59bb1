import type { KernelMemory } from '../memory.js';
import { fixedPoint } from './gradient.js';

/** What the twins of all histogram kernels do: find a node's rows, and add a row's gradient in fixed point. */
export function plainGradientSums(memory: KernelMemory) {
  return {
    /** The i-th row of a list of u32, or of the rows first, first + 1, … where `rows` is 0. */
    rowOf: (rows: number, first: number, i: number) => (rows === 0 ? first + i : memory.u32(rows + i * 4, 1)[0]),
    /** Adds the gradient of `row`, {f32 g, f32 h}, to the entry at byte offset `at`. */
    add: (at: number, gradients: number, scaleG: number, scaleH: number, row: number) => {
      const entry = memory.i64(at, 2);
      const [g, h] = memory.f32(gradients + row * 8, 2);
      entry[0] += fixedPoint(g, scaleG);
      entry[1] += fixedPoint(h, scaleH);
    },
  };
}
