// Runs a kernel and its plain twin from the same bytes and compares every byte they leave.
import { expect } from 'vitest';
import type { KernelName } from '#ecomml/kernels/kernels.js';
import { loadKernels } from '#ecomml/kernels/loader.js';
import { KernelMemory } from '#ecomml/kernels/memory.js';
import { plainKernels } from '#ecomml/kernels/plain/plain-kernels.js';

export const memory = new KernelMemory();
const wasm = loadKernels(memory.memory);
const plain = plainKernels(memory);

/** Bytes at `region` after each twin has run on the region's present content. */
export function expectTwins(
  name: KernelName,
  args: readonly number[],
  ...regions: readonly { readonly at: number; readonly bytes: number }[]
): void {
  const view = ({ at, bytes }: { at: number; bytes: number }) => memory.u8(at, bytes);
  const before = regions.map((region) => view(region).slice());
  const expected = plain[name](...args);
  const after = regions.map((region) => view(region).slice());
  regions.forEach((region, i) => {
    view(region).set(before[i]);
  });
  expect(wasm[name](...args)).toBe(expected);
  regions.forEach((region, i) => {
    expect(Buffer.compare(view(region), after[i]), `${name}, region ${i}`).toBe(0);
  });
}

/** Fresh memory for one case, given back afterwards. */
export function withMemory(run: (alloc: (bytes: number) => { at: number; bytes: number }) => void): void {
  const mark = memory.mark();
  try {
    run((bytes) => ({ at: memory.alloc(bytes), bytes }));
  } finally {
    memory.release(mark);
  }
}
