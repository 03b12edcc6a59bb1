/**
 * A file that only grows, a piece at a time, whose true length somebody else keeps: what a killed run wrote beyond that
 * length is cut off when it is opened again. It does not rename; what is in it at any moment is whole up to that length.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { usageError } from '../base/errors.js';

export class AppendedFile {
  readonly path: string;
  readonly #descriptor: number;
  #bytes: number;

  /**
   * `bytes`: the length that counts (undefined: all that is there); of a shorter file, which somebody took away, what there
   * is. `head` is written into an empty one. `owner`, kept in a file beside it, is who alone may append. Throws
   * `OUTPUT_EXISTS` (exit code 2) where another owns it, or nobody and it is not empty.
   */
  constructor(path: string, bytes: number | undefined, head: string, owner: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#descriptor = openSync(path, 'a+');
    const { size } = fstatSync(this.#descriptor);
    try {
      claim(path, owner, bytes !== undefined, size > 0);
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
    this.#bytes = Math.min(size, bytes ?? size);
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

/** `isKnown`: the owner knows the file's length, though perhaps from before owners were kept. */
function claim(path: string, owner: string, isKnown: boolean, holdsAny: boolean): void {
  const mark = join(dirname(path), `.ecomml-${basename(path)}.owner`);
  const before = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined;
  if (before === owner) return;
  if (holdsAny && (before !== undefined || !isKnown))
    throw usageError(
      'OUTPUT_EXISTS',
      `${path} is there already${before === undefined ? '' : `, of ${before}`}, and nothing of ${owner} is put into it.`,
      'Name another file, or move this one away.',
    );
  writeFileAtomic(mark, owner);
}
