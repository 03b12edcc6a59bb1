/**
 * Says what memory a training will take before it takes any, and refuses what cannot be had: past the 4 GiB that
 * WebAssembly can address, or past what this machine (or its container) has free.
 */
import { EcommlError } from '../base/errors.js';
import type { MemoryEstimate } from '../trees/memory-estimate.js';

/** WebAssembly's 32-bit addresses. */
export const ADDRESSABLE = 2 ** 32;

/** One sentence for the user; sizes in MiB, or GiB from one up. */
export function memorySentence({ family, bytes, parts }: MemoryEstimate): string {
  return `${family} will take about ${size(bytes)}: columns ${size(parts.columns)}, rows ${size(parts.rows)}, trees ${size(parts.trees)}.`;
}

/** `free`: bytes the process may still take. Throws `OUT_OF_MEMORY`. */
export function checkMemory(
  estimate: MemoryEstimate,
  shape: { readonly rows: number; readonly columns: number },
  free: number = process.availableMemory(),
): void {
  const { family, bytes } = estimate;
  const given = bytes > ADDRESSABLE ? 'the 4.0 GiB that WebAssembly can address' : undefined;
  const lacking = bytes > free ? `the ${size(free)} that this machine or its container has free` : undefined;
  if (given === undefined && lacking === undefined) return;
  throw new EcommlError(
    'OUT_OF_MEMORY',
    `Training ${family} on ${shape.rows} rows × ${shape.columns} columns needs about ${size(bytes)} of shared memory, more than ${given ?? lacking}.`,
    { hint: hintOf(estimate) },
  );
}

function hintOf({ family, parts }: MemoryEstimate): string {
  const largest = Math.max(parts.columns, parts.rows, parts.trees);
  if (largest === parts.trees && family === 'random-forest')
    return 'Take fewer --threads, or smaller trees: random-forest.min_samples_leaf, random-forest.max_depth.';
  if (largest === parts.trees) return 'Grow smaller trees, or leave out columns of many categories (--drop).';
  return 'Train on fewer rows, leave out columns (--drop), or leave the family out (--models).';
}

function size(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.max(1, Math.round(bytes / 2 ** 20))} MiB`;
}
