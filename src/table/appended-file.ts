/**
 * A file that only grows, a piece at a time, whose true length somebody else keeps: what a killed run wrote beyond that
 * length is cut off when it is opened again. It does not rename; what is in it at any moment is whole up to that length.
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export class AppendedFile {
  readonly path: string;
  readonly #descriptor: number;
  #bytes: number;

  /** `bytes`: the length that counts; a shorter file (somebody took it away) begins anew. `head` is written into an empty one. */
  constructor(path: string, bytes: number, head: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#descriptor = openSync(path, 'a+');
    const { size } = fstatSync(this.#descriptor);
    this.#bytes = size < bytes ? 0 : bytes;
    ftruncateSync(this.#descriptor, this.#bytes);
    if (this.#bytes === 0) this.append([Buffer.from(head)]);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** On the disk when it returns. */
  append(pieces: readonly Uint8Array[]): void {
    if (pieces.length === 0) return;
    const all = Buffer.concat(pieces);
    for (let at = 0; at < all.length; ) at += writeSync(this.#descriptor, all, at);
    fsyncSync(this.#descriptor);
    this.#bytes += all.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
