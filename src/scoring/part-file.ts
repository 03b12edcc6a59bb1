/** A file that is appended to and may be cut back to a length it had: the unfinished output, or its rejects. */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { EcommlError } from '../base/errors.js';

export class PartFile {
  #descriptor: number | undefined;
  #length: number;

  /** `path` is where it is written; errors name `shown`, the file it will be. `length`: how much of it counts. */
  constructor(
    readonly path: string,
    private readonly shown: string,
    length = 0,
  ) {
    this.#length = length;
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = this.#named(() => openSync(path, length > 0 ? 'r+' : 'w'));
    const found = fstatSync(this.#descriptor).size;
    if (found < length) {
      this.close();
      throw new EcommlError('UNFINISHED_CUT', `${path} holds ${found} bytes, but its journal counts ${length}.`, {
        hint: 'Score anew without --resume.',
      });
    }
    ftruncateSync(this.#descriptor, length);
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const descriptor = this.#descriptor as number;
    this.#named(() => {
      for (let at = 0; at < bytes.length; )
        at += writeSync(descriptor, bytes, at, bytes.length - at, this.#length + at);
    });
    this.#length += bytes.length;
  }

  /** Until this returns, what was appended may be lost with the machine. */
  sync(): void {
    this.#named(() => fdatasyncSync(this.#descriptor as number));
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #named<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw Object.assign(error as Error, { path: this.shown });
    }
  }
}
