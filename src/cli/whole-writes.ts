/**
 * A stdout that is a file or a device gets every byte, or the stream an error: Node's stream for these writes once and
 * takes no notice of how much the system took, so that a full disk would cut the last write short.
 */
import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Changes the stream of descriptor 1. Pipes and terminals write on by themselves. */
export function writeWhole(stdout: NodeJS.WriteStream): void {
  const kind = fstatSync(1);
  if (stdout.isTTY || !(kind.isFile() || kind.isCharacterDevice())) return;
  (stdout as Writable)._write = (chunk: Uint8Array, _encoding, done) => {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(1, chunk, at);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
}
