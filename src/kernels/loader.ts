/** Loads kernels.wasm. It compiles once a process and makes one instance a thread over a given shared memory. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EcommlError } from '../base/errors.js';
import { KERNEL_NAMES, type Kernels } from './kernels.js';

const WASM_FILE = fileURLToPath(new URL('../kernels/kernels.wasm', import.meta.url));

let compiled: WebAssembly.Module | undefined;

/** The compiled module; throws `BAD_KERNELS` when the file is missing, cut short or not WebAssembly. */
export function kernelModule(): WebAssembly.Module {
  if (compiled === undefined) {
    try {
      compiled = new WebAssembly.Module(readFileSync(WASM_FILE));
    } catch (cause) {
      throw badKernels(
        `${WASM_FILE} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      );
    }
  }
  return compiled;
}

/** An instance of the kernels over `memory`. */
export function loadKernels(memory: WebAssembly.Memory, module: WebAssembly.Module = kernelModule()): Kernels {
  const abort = () => {
    throw new EcommlError('KERNEL_ABORTED', 'A WebAssembly kernel stopped itself.');
  };
  let exports: WebAssembly.Exports;
  try {
    exports = new WebAssembly.Instance(module, { env: { memory, abort } }).exports;
  } catch (cause) {
    throw badKernels(`${WASM_FILE} does not fit this version of ecomml`, cause);
  }
  for (const name of KERNEL_NAMES) {
    if (typeof exports[name] !== 'function') throw badKernels(`${WASM_FILE} has no kernel "${name}"`);
  }
  return exports as unknown as Kernels;
}

function badKernels(message: string, cause?: unknown): EcommlError {
  return new EcommlError('BAD_KERNELS', `${message}.`, {
    hint: 'Install ecomml again (npm ci && npm run build in a clone).',
    cause,
  });
}
