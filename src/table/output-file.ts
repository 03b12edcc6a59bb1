/** A file of bytes written from front to back through a buffer; it does not fsync or rename (see base/atomic-file.ts). */
import { closeSync, openSync, writeSync } from 'node:fs';
import { EcommlError } from '../base/errors.js';

const BUFFER_BYTES = 2 ** 20;

export class OutputFile {
  private readonly descriptor: number;
  private readonly buffer: Uint8Array;
  private length = 0;

  constructor(
    private readonly path: string,
    bufferBytes = BUFFER_BYTES,
  ) {
    this.buffer = new Uint8Array(bufferBytes);
    this.descriptor = openSync(path, 'w');
  }

  write(bytes: Uint8Array): void {
    if (bytes.length + this.length > this.buffer.length) this.flush();
    if (bytes.length > this.buffer.length) this.put(bytes);
    else {
      this.buffer.set(bytes, this.length);
      this.length += bytes.length;
    }
  }

  close(): void {
    try {
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  private flush(): void {
    this.put(this.buffer.subarray(0, this.length));
    this.length = 0;
  }

  private put(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at);
    } catch (error) {
      throw new EcommlError('DISK_WRITE', `Could not write ${this.path}: ${(error as Error).message}`, {
        cause: error,
        hint: 'Free some disk space; temporary data goes to TMPDIR.',
      });
    }
  }
}
