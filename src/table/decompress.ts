/** Compressed bytes as they come, decompressed as they go: gzip by Node, zstd by Node where it can and else by fzstd. */
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { EcommlError } from '../base/errors.js';

export type Compression = 'none' | 'gzip' | 'zstd';

const CHUNK_BYTES = 2 ** 20;

/** By the first bytes (four decide). */
export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : 'none';
}

/**
 * Chunks of about 1 MiB. All members of a concatenated gzip file and all frames of a zstd file are read. A damaged or cut
 * stream is `INPUT_GZIP` or `INPUT_ZSTD` (exit 3); `name` is the file's.
 */
export async function* decompressed(
  bytes: AsyncIterable<Uint8Array>,
  compression: Compression,
  name: string,
): AsyncGenerator<Uint8Array> {
  if (compression === 'none') yield* bytes;
  else if (compression === 'gzip')
    yield* byNode(bytes, zlib.createGunzip({ chunkSize: CHUNK_BYTES }), compression, name);
  else if (nodeZstd !== undefined) yield* byNode(bytes, nodeZstd({ chunkSize: CHUNK_BYTES }), compression, name);
  else yield* byFzstd(bytes, name);
}

type Decompressor = ReturnType<typeof zlib.createGunzip>;
/** Node 22.15 and later. */
const nodeZstd = (zlib as unknown as Record<string, ((options: zlib.ZlibOptions) => Decompressor) | undefined>)[
  'createZstdDecompress'
];

async function* byNode(
  bytes: AsyncIterable<Uint8Array>,
  decompressor: Decompressor,
  compression: Compression,
  name: string,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes, { objectMode: false, highWaterMark: CHUNK_BYTES });
  source.on('error', (error) => decompressor.destroy(error));
  let done = 0;
  try {
    for await (const chunk of source.pipe(decompressor)) {
      done += chunk.length;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (!/^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB)/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw damaged(compression, name, error as Error, done);
  } finally {
    source.destroy();
    decompressor.destroy();
  }
}

interface Fzstd {
  readonly Decompress: new (ondata: (data: Uint8Array) => void) => { push(chunk: Uint8Array, final?: boolean): void };
}

async function* byFzstd(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  // Loaded by name, so that nobody else needs it.
  const { Decompress } = (await import(String('fzstd'))) as Fzstd;
  let ready: Uint8Array[] = [];
  let done = 0;
  const stream = new Decompress((data) => ready.push(data));
  const taken = (chunk: Uint8Array, final: boolean): Uint8Array[] => {
    try {
      stream.push(chunk, final);
    } catch (error) {
      throw damaged('zstd', name, error as Error, done);
    }
    const found = ready;
    ready = [];
    return found;
  };
  for await (const chunk of bytes)
    for (const part of taken(chunk, false)) {
      done += part.length;
      yield part;
    }
  yield* taken(new Uint8Array(0), true);
}

function damaged(compression: Compression, name: string, cause: Error, done: number): EcommlError {
  return new EcommlError(
    `INPUT_${compression.toUpperCase()}`,
    `${name} is a damaged ${compression} file: ${cause.message} after ${done} decompressed bytes.`,
    { exitCode: 3, cause, hint: `Download or compress it again; ${compression} -t tells whether it is whole.` },
  );
}
