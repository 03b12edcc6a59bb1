import type { KernelMemory } from '../memory.js';

export function plainFill(memory: KernelMemory) {
  return {
    /** count doubles at `out` become `value`. */
    fillF64(out: number, count: number, value: number): number {
      memory.f64(out, count).fill(value);
      return 0;
    },
  };
}
