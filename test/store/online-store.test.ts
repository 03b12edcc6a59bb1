import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOG, MAX_KEY_BYTES, type OnlineStore } from '#ecomml/store/online-store.js';
import { openOnlineStore } from '#ecomml/store/open-online-store.js';
import { HAS_REDIS, RedisServer } from './redis-server.js';

// One contract, two back ends: every test below runs on both.
const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());
const bytes = (value: string) => Buffer.from(value);
const puts = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([key, value]) => [key, bytes(value)]));

function contract(address: () => string): void {
  const opened: OnlineStore[] = [];
  const open = async (create = true) => {
    const store = await openOnlineStore(address(), { create });
    opened.push(store);
    return store;
  };
  const writer = async () => {
    const store = await open();
    await store.claim();
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  it('is missing until somebody makes it', async () => {
    await expect(open(false)).rejects.toMatchObject({ code: 'STORE_MISSING' });
    await (await open()).close();
    expect(await (await open(false)).position()).toBeUndefined();
  });

  it('gives back what was put, in the order asked for, and undefined for what is not there', async () => {
    const store = await writer();
    await store.apply({ puts: puts({ 'user/1': 'a', 'user/é': '', 'log/1': 'x' }), deletes: [] }, bytes('p1'));
    const found = await store.get(['user/é', 'user/2', 'user/1', 'user/1']);
    expect(found.map(text)).toEqual(['', undefined, 'a', 'a']);
    expect(text(await store.position())).toBe('p1');
    expect(await store.get([])).toEqual([]);
  });

  it('keeps any bytes, and keys of any characters', async () => {
    const store = await writer();
    const value = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 256);
    const key = `user/${'ü[*]?\\ \n\u0000'.repeat(20)}`;
    await store.apply({ puts: new Map([[key, value]]), deletes: [] }, bytes('p'));
    expect(Buffer.compare((await store.get([key]))[0]!, value)).toBe(0);
    const entries: string[] = [];
    for await (const [name] of store.entries(key)) entries.push(name);
    expect(entries).toEqual([key]);
  });

  it('deletes and puts in one batch; the position moves with it', async () => {
    const store = await writer();
    await store.apply({ puts: puts({ a: '1', b: '2', 'log/a': '3' }), deletes: [] }, bytes('p1'));
    await store.apply({ puts: puts({ b: '4' }), deletes: ['a', 'log/a', 'nobody'] }, bytes('p2'));
    expect((await store.get(['a', 'b', 'log/a'])).map(text)).toEqual([undefined, '4', undefined]);
    expect(await store.logged(LOG, 'log0', 10)).toEqual([]);
    expect(text(await store.position())).toBe('p2');
  });

  it('reads the log in the order of bytes, within bounds and up to a limit', async () => {
    const store = await writer();
    const keys = ['log/0010', 'log/0002', 'log/0001/b', 'log/0001/a', 'log/ü', 'other/0003'];
    await store.apply({ puts: puts(Object.fromEntries(keys.map((key) => [key, key]))), deletes: [] }, bytes('p'));
    const names = async (from: string, to: string, limit = 100) =>
      (await store.logged(from, to, limit)).map(([key, value]) => {
        expect(text(value)).toBe(key);
        return key;
      });
    expect(await names('log/', 'log0')).toEqual(['log/0001/a', 'log/0001/b', 'log/0002', 'log/0010', 'log/ü']);
    expect(await names('log/0001/b', 'log/0010')).toEqual(['log/0001/b', 'log/0002']);
    expect(await names('log/', 'log0', 2)).toEqual(['log/0001/a', 'log/0001/b']);
    expect(await names('log/5', 'log/6')).toEqual([]);
  });

  it('lists every key of a prefix once, over many pages, and nothing of its own', async () => {
    const store = await writer();
    const many = Object.fromEntries(Array.from({ length: 2345 }, (_, i) => [`user/${i}`, `${i}`]));
    await store.apply({ puts: puts({ ...many, userless: 'x' }), deletes: [] }, bytes('p'));
    const found = new Map<string, string | undefined>();
    for await (const [key, value] of store.entries('user/')) {
      expect(found.has(key)).toBe(false);
      found.set(key, text(value));
    }
    expect(Object.fromEntries(found)).toEqual(many);
    const all: string[] = [];
    for await (const [key] of store.entries('')) all.push(key);
    expect(all.length).toBe(2346);
  });

  it('refuses whoever did not claim it, and whoever was overtaken', async () => {
    const first = await open();
    const batch = { puts: puts({ a: '1' }), deletes: [] };
    await expect(first.apply(batch, bytes('p'))).rejects.toMatchObject({ code: 'STORE_TAKEN' });
    expect(await first.get(['a'])).toEqual([undefined]);
    expect(await first.position()).toBeUndefined();
  });

  it('shows a reader every batch that was applied after it opened', async () => {
    const store = await writer();
    const reader = await open(false);
    for (const value of ['1', '2', '3']) {
      await store.apply({ puts: puts({ a: value, b: value }), deletes: [] }, bytes(value));
      expect((await reader.get(['a', 'b'])).map(text)).toEqual([value, value]);
      expect(text(await reader.position())).toBe(value);
    }
  });

  it('refuses a key that does not fit', async () => {
    const store = await writer();
    const key = 'x'.repeat(MAX_KEY_BYTES + 1);
    const batch = { puts: puts({ good: '1', [key]: '2' }), deletes: [] };
    await expect(store.apply(batch, bytes('p'))).rejects.toMatchObject({ code: 'STORE_KEY' });
    expect(await store.get(['good'])).toEqual([undefined]);
  });
}

describe('the embedded store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-store-'));
  let number = 0;
  afterEach(() => void number++);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  contract(() => join(folder, `${number}`));
});

describe.runIf(HAS_REDIS)('the store in Redis', () => {
  let server: RedisServer;
  let number = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => void number++);
  afterAll(() => server.end());
  contract(() => `${server.address}?prefix=${encodeURIComponent(`test*${number}:`)}`);
});
