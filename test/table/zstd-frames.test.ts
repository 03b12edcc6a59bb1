/** zstd read frame by frame: whatever the chunks, with and without checksums, and what is damaged is said to be. */
import { describe, expect, it } from 'vitest';
import { decompressed } from '#ecomml/table/decompress.js';
import { ZstdFrames } from '#ecomml/table/zstd-frames.js';

const bytes = (base64: string) => Buffer.from(base64, 'base64');
/** Made by zstd 1.5: with a checksum; without; compressed, of known and of unknown size. */
const TABLE = bytes('KLUv/SQa0QAAYW1vdW50LHZpc2l0cwoxLDIKMyw0CjUsNgoxJ036');
const MORE = bytes('KLUv/SAJSQAANyw4CjksMTAK');
const LONG = bytes('KLUv/WRAHnUAABh4eHkCALQDvhicHmABtC9r/Q==');
const PIPED = bytes('KLUv/QRYdQAAGHh4eQIAtAO+GJweYAG0L2v9');
const SKIPPABLE = Buffer.concat([Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')]);
const text = 'amount,visits\n1,2\n3,4\n5,6\n';
const long = 'x'.repeat(5000) + 'y'.repeat(3000);

async function* inChunks(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function read(all: Uint8Array, size = all.length): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressed(inChunks(all, size), 'zstd', 'file')) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}

describe('frames', () => {
  const all = Buffer.concat([TABLE, SKIPPABLE, MORE, LONG, SKIPPABLE, PIPED]);
  it.each([1, 2, 3, 7, 20, 1000])('in chunks of %i', async (size) => {
    expect(await read(all, size)).toBe(`${text}7,8\n9,10\n${long}${long}`);
  });

  it('end where they end', () => {
    const frames = new ZstdFrames();
    const ends = frames.push(all).map(({ bytes: piece, ends: isEnd }) => (isEnd ? piece.length : Number.NaN));
    expect(ends).toEqual([TABLE, SKIPPABLE, MORE, LONG, SKIPPABLE, PIPED].map(({ length }) => length));
    expect(frames.isBetween).toBe(true);
  });
});

describe('damage', () => {
  const damage = { code: 'INPUT_ZSTD', exitCode: 3 };
  const changed = (all: Buffer, at: number) => {
    const copy = Buffer.from(all);
    copy[at] ^= 1;
    return copy;
  };
  it('in the data or the checksum', async () => {
    for (const at of [12, 20, 30, TABLE.length - 1])
      await expect(read(changed(TABLE, at)), `byte ${at}`).rejects.toMatchObject(damage);
    await expect(read(Buffer.concat([TABLE, changed(PIPED, 8)]))).rejects.toMatchObject(damage);
  });

  it('of a file that is cut, wherever, or goes on with something else', async () => {
    for (let length = 5; length < TABLE.length; length++)
      await expect(read(TABLE.subarray(0, length)), `${length} bytes`).rejects.toMatchObject(damage);
    await expect(read(Buffer.concat([TABLE, Buffer.from('more')]))).rejects.toMatchObject(damage);
  });
});
