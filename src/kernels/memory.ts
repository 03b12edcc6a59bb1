/**
 * One shared WebAssembly memory and a bump allocator over it. Kernels address it by byte offset; TypeScript sees it
 * through typed arrays. Memory is taken in stack order (`mark`, `release`) and never moved, so a view stays valid.
 */
import { EcommlError } from '../base/errors.js';

const PAGE = 65536;
/** WebAssembly's 32-bit address space: 65,536 pages, 4 GiB. */
const MAX_PAGES = 65536;
/** The first bytes are left to the kernels' own static data. */
const FIRST_FREE = 16 * PAGE;

export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  #top = FIRST_FREE;

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES, shared: true });
  }

  /** Bytes in use, the static part included. */
  get used(): number {
    return this.#top;
  }

  /** Byte offset of `bytes` fresh bytes, 64-byte aligned, not zeroed when the place was used before. */
  alloc(bytes: number): number {
    const start = this.#top;
    const end = Math.ceil((start + bytes) / 64) * 64;
    const pages = Math.ceil(end / PAGE);
    const have = this.memory.buffer.byteLength / PAGE;
    if (pages > MAX_PAGES) throw outOfMemory(end);
    if (pages > have) {
      try {
        this.memory.grow(pages - have);
      } catch (cause) {
        throw outOfMemory(end, cause);
      }
    }
    this.#top = end;
    return start;
  }

  /** The current top, for `release`. */
  mark(): number {
    return this.#top;
  }

  /** Gives back everything taken since the mark. */
  release(mark: number): void {
    this.#top = mark;
  }

  u8(offset: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, offset, length);
  }

  u16(offset: number, length: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, offset, length);
  }

  i32(offset: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, offset, length);
  }

  u32(offset: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, offset, length);
  }

  i64(offset: number, length: number): BigInt64Array {
    return new BigInt64Array(this.memory.buffer, offset, length);
  }

  f32(offset: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, offset, length);
  }

  f64(offset: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, offset, length);
  }
}

function outOfMemory(bytes: number, cause?: unknown): EcommlError {
  const gib = (bytes / 2 ** 30).toFixed(2);
  return new EcommlError(
    'OUT_OF_MEMORY',
    `The kernels need ${gib} GiB, more than this machine or WebAssembly (4 GiB) gives.`,
    {
      hint: 'Train on fewer rows or columns (--drop), or lower max_bin.',
      cause,
    },
  );
}
