import type { KernelMemory } from '../memory.js';

export function plainSortNumbers(memory: KernelMemory) {
  return {
    sortNumbers(values: number, count: number, _spare: number, _digits: number): number {
      memory.f64(values, count).sort();
      return 0;
    },
  };
}
