import type { Kernels } from '../kernels.js';
import type { KernelMemory } from '../memory.js';

export function plainPrintNumber(memory: KernelMemory): Pick<Kernels, 'printNumber'> {
  return {
    printNumber(value, out) {
      const text = Buffer.from(String(value));
      memory.u8(out, text.length).set(text);
      return text.length;
    },
  };
}
