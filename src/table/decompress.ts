/** Compressed bytes as they come, decompressed as they go: gzip by Node, zstd by Node where it can and else by fzstd. */
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { EcommlError } from '../base/errors.js';
import { ZstdFrames } from './zstd-frames.js';

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

interface XxhashWasm {
  readonly default: () => Promise<{ create64(): { update(bytes: Uint8Array): void; digest(): bigint } }>;
}

/** Frame by frame, since fzstd compares no checksum. */
async function* byFzstd(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  // Loaded by name, so that nobody else needs them.
  const { Decompress } = (await import(String('fzstd'))) as Fzstd;
  const { create64 } = await ((await import(String('xxhash-wasm'))) as XxhashWasm).default();
  let ready: Uint8Array[] = [];
  const newFrame = () => ({ data: new Decompress((data) => ready.push(data)), hash: create64() });
  const frames = new ZstdFrames();
  let frame: ReturnType<typeof newFrame> | undefined;
  let done = 0;
  const taken = (chunk: Uint8Array): Uint8Array[] => {
    ready = [];
    for (const { bytes: piece, skippable, ends, checksum } of frames.push(chunk)) {
      if (skippable) continue;
      frame ??= newFrame();
      const first = ready.length;
      frame.data.push(piece, ends);
      for (const part of ready.slice(first)) frame.hash.update(part);
      if (!ends) continue;
      if (checksum !== undefined && Number(BigInt.asUintN(32, frame.hash.digest())) !== checksum)
        throw new Error('the data do not have their checksum');
      frame = undefined;
    }
    return ready;
  };
  for await (const chunk of bytes)
    for (const part of attempt(() => taken(chunk), name, done)) {
      done += part.length;
      yield part;
    }
  if (!frames.isBetween) throw damaged('zstd', name, new Error('unexpected end'), done);
}

function attempt<Result>(work: () => Result, name: string, done: number): Result {
  try {
    return work();
  } catch (error) {
    throw damaged('zstd', name, error as Error, done);
  }
}

function damaged(compression: Compression, name: string, cause: Error, done: number): EcommlError {
  return new EcommlError(
    `INPUT_${compression.toUpperCase()}`,
    `${name} is a damaged ${compression} file: ${cause.message} after ${done} decompressed bytes.`,
    { exitCode: 3, cause, hint: `Download or compress it again; ${compression} -t tells whether it is whole.` },
  );
}
