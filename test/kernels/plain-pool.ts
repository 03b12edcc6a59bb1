// A kernel pool for tests that hold whole trainings to the plain twins.
import { KernelMemory } from '#ecomml/kernels/memory.js';
import { plainKernels } from '#ecomml/kernels/plain/plain-kernels.js';
import type { KernelPool } from '#ecomml/kernels/pool.js';

/** A pool of one thread that runs the plain twins. */
export function plainPool(): KernelPool {
  const memory = new KernelMemory();
  const kernels = plainKernels(memory);
  const run: KernelPool['run'] = (name, calls, meanwhile) => {
    meanwhile?.();
    for (const call of calls) kernels[name](...call);
  };
  return { memory, kernels, threads: 1, run, close: async () => {} } as unknown as KernelPool;
}
