/**
 * The bytes of an input as they come, from where an earlier reader stopped: of a file (to its end, or on as it grows) or of
 * a stream such as stdin. It sees that a file was put aside for a new one or cut, and does not know what the bytes mean.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';

const CHUNK_BYTES = 2 ** 20;
/** How often a file that has no more bytes is looked at again. */
const POLL_MS = 200;
/** Bytes before the place read last that are read again when a file has grown: others there mean that it was rewritten. */
const REMEMBERED = 64;

export type Followed =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** There is nothing more at the moment. */
  | { readonly kind: 'idle' }
  /** The file is over, and what comes next is the beginning of another under the same name; `cut`: it was cut or rewritten. */
  | { readonly kind: 'over'; readonly cut: boolean };

/** Ends at the end of the file or, with `follow`, when `signal` is aborted. */
export async function* followFile(
  path: string,
  { from, follow, signal }: { readonly from: number; readonly follow: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Followed> {
  let file = await open(path, 'r');
  let at = from;
  let before = await readAt(file, Math.max(0, at - REMEMBERED), Math.min(at, REMEMBERED));
  let idle = false;
  try {
    while (!signal.aborted) {
      if (idle && at > 0) {
        const { size } = await file.stat();
        const again = await readAt(file, at - before.length, before.length);
        if (size < at || Buffer.compare(again, before) !== 0) {
          yield { kind: 'over', cut: true };
          at = 0;
          before = Buffer.alloc(0);
        }
      }
      const bytes = await readAt(file, at, CHUNK_BYTES);
      if (bytes.length > 0) {
        at += bytes.length;
        before = Buffer.concat([before, bytes]).subarray(-REMEMBERED);
        idle = false;
        yield { kind: 'bytes', bytes };
        continue;
      }
      if (!follow) return;
      if (idle && (await isReplaced(path, file))) {
        // What was written to the old file until its name was given away is read before the new one.
        const rest = await readAt(file, at, CHUNK_BYTES);
        if (rest.length === 0) {
          yield { kind: 'over', cut: false };
          await file.close();
          file = await open(path, 'r');
          at = 0;
          before = Buffer.alloc(0);
        }
        idle = false;
        continue;
      }
      yield { kind: 'idle' };
      idle = true;
      await pause(POLL_MS, signal);
    }
  } finally {
    await file.close();
  }
}

/** The same of a stream, `idle` when it makes wait; ends with it, or when `signal` is aborted. */
export async function* followStream(stream: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<Followed> {
  const chunks = stream[Symbol.asyncIterator]();
  const aborted = new Promise<'aborted'>((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  try {
    for (;;) {
      const next = chunks.next();
      const first = await Promise.race([next, aborted, pause(POLL_MS, signal)]);
      if (first === undefined) yield { kind: 'idle' };
      const found = await Promise.race([next, aborted]);
      if (found === 'aborted') {
        // The chunk that is waited for is nobody's any more.
        next.catch(() => {});
        return;
      }
      if (found.done === true) return;
      yield { kind: 'bytes', bytes: Buffer.from(found.value as Uint8Array) };
    }
  } finally {
    (stream as NodeJS.ReadableStream & { destroy?: () => void }).destroy?.();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.subarray(0, read);
}

/** Whether the name now belongs to another file; a name that is gone may come back. */
async function isReplaced(path: string, file: FileHandle): Promise<boolean> {
  try {
    const [named, held] = [await stat(path), await file.stat()];
    return named.ino !== held.ino || named.dev !== held.dev;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Resolves with undefined, early when aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(undefined);
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
