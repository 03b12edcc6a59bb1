/** Prediction in one call, on the calling thread. For many calls or threads make a `ForestScorer`. */
import type { Kernels } from '../kernels/kernels.js';
import { loadKernels } from '../kernels/loader.js';
import { KernelMemory } from '../kernels/memory.js';
import type { Matrix } from '../table/matrix.js';
import type { Forest } from './forest.js';
import { ForestScorer, throughLink } from './forest-scorer.js';

let own: { readonly memory: KernelMemory; readonly kernels: Kernels } | undefined;

/** Raw scores of every row. */
export function predictRaw(forest: Forest, matrix: Matrix): Float64Array {
  if (own === undefined) {
    const memory = new KernelMemory();
    own = { memory, kernels: loadKernels(memory.memory) };
  }
  const mark = own.memory.mark();
  try {
    return new ForestScorer(forest, own.memory, own.kernels).rawScores(matrix);
  } finally {
    own.memory.release(mark);
  }
}

/** Probabilities of every row. */
export function predictProbability(forest: Forest, matrix: Matrix): Float64Array {
  return throughLink(forest, predictRaw(forest, matrix));
}
