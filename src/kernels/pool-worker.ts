/** A thread of the kernel pool: waits for a batch, takes tasks, waits again. */
import { workerData } from 'node:worker_threads';
import { loadKernels } from './loader.js';
import { Control, type PoolWorkerData, SPINS, takeTasks } from './pool.js';

const { module, memory, control: controlBuffer, tasks: taskBuffer } = workerData as PoolWorkerData;
const control = new Int32Array(controlBuffer);
const tasks = new Float64Array(taskBuffer);
const kernels = loadKernels(memory, module);
// The memory may have grown while the kernels were made; growing it by nothing tells this thread its size.
memory.grow(0);

// Work that was handed out before this thread was up counts too: the first pass takes tickets at once.
let seen = Atomics.load(control, Control.Batch);
for (;;) {
  if (Atomics.load(control, Control.Stop) === 1) break;
  takeTasks(control, tasks, kernels);
  let spins = 0;
  while (Atomics.load(control, Control.Batch) === seen && ++spins < SPINS);
  if (spins === SPINS) {
    Atomics.add(control, Control.Sleeping, 1);
    Atomics.wait(control, Control.Batch, seen);
    Atomics.sub(control, Control.Sleeping, 1);
  }
  seen = Atomics.load(control, Control.Batch);
}
