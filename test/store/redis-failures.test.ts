import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OnlineStore } from '#ecomml/store/online-store.js';
import { openOnlineStore } from '#ecomml/store/open-online-store.js';
import { RedisStore } from '#ecomml/store/redis-store.js';
import { contents, HEADER, ingest, line, shopLines, stream, testFolder } from '../workflows/store-events.js';
import { freePort, HAS_REDIS, RedisServer } from './redis-server.js';

const bytes = (value: string) => Buffer.from(value);
const batch = (value: string) => ({ puts: new Map([['a', bytes(value)]]), deletes: [] });
const text = (found: Uint8Array | undefined) => (found === undefined ? undefined : Buffer.from(found).toString());

it('an address that cannot be is wrong usage, and no password is ever told', async () => {
  for (const address of ['redis://', 'redis://host/name', 'redis://host/0?ttl=3'])
    await expect(openOnlineStore(address, { create: true })).rejects.toMatchObject({
      code: 'STORE_ADDRESS',
      exitCode: 2,
    });
  const address = `redis://me:geheim@127.0.0.1:${await freePort()}/3`;
  const error = (await openOnlineStore(address, { create: true }).catch((thrown: unknown) => thrown)) as Error;
  expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(error.message).toContain('redis://127.0.0.1:');
  expect(error.message).not.toContain('geheim');
});

describe.runIf(HAS_REDIS)('a server that fails', () => {
  let server: RedisServer;
  const opened: OnlineStore[] = [];
  const open = async () => {
    const store = await openOnlineStore(server.address, { create: true });
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => {
    for (const store of opened) await store.close();
    await server.end();
  });

  it('killed and started again between two batches: the writer goes on, the reader reads on', async () => {
    const [store, reader] = [await open(), await open()];
    await store.claim();
    await store.apply(batch('1'), bytes('p1'));
    await server.kill();
    await expect(reader.get(['a'])).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    const applied = store.apply(batch('2'), bytes('p2'));
    await server.start();
    await applied;
    expect((await reader.get(['a'])).map(text)).toEqual(['2']);
    expect(text(await reader.position())).toBe('p2');
    expect(await reader.version()).toBe(2);
  });

  it('a second writer takes over, and the first is refused', async () => {
    const [first, second] = [await open(), await open()];
    await first.claim();
    await first.apply(batch('1'), bytes('f1'));
    await second.claim();
    await expect(first.apply(batch('x'), bytes('f2'))).rejects.toMatchObject({ code: 'STORE_TAKEN' });
    await second.apply(batch('2'), bytes('s1'));
    expect((await second.get(['a'])).map(text)).toEqual(['2']);
  });

  it('gives up after its patience', async () => {
    const away = await RedisServer.start();
    const store = await RedisStore.open(away.address, { create: true, patience: 300 });
    await store.claim();
    await away.end();
    await expect(store.apply(batch('1'), bytes('p'))).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await store.close();
  });

  it('says which password is wrong or missing', async () => {
    const locked = await RedisServer.start(['--requirepass', 'right']);
    const address = (login: string) => locked.address.replace('//', `//${login}`);
    for (const login of ['', ':wrong@', 'nobody:right@'])
      await expect(openOnlineStore(address(login), { create: true })).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    const store = await openOnlineStore(address(':right@'), { create: true });
    await store.close();
    await locked.end();
  });

  it('tells a store of a newer format, and one whose bytes changed', async () => {
    const store = await open();
    await store.claim();
    await store.apply(batch('1'), bytes('p'));
    const { createClient } = await import('@redis/client');
    const client = createClient({ url: server.address });
    await client.connect();
    await client.set('ecomml:a', 'changed by another');
    await expect(store.get(['a'])).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await client.set('foreign:store/format', 'hello');
    await client.close();
    await expect(openOnlineStore(`${server.address}?prefix=foreign:`, { create: true })).rejects.toMatchObject({
      code: expect.stringMatching(/STORE_(FOREIGN|CORRUPT)/),
    });
  });

  it('a server without memory left refuses the batch, and nothing of it is there', async () => {
    const small = await RedisServer.start(['--maxmemory', '3mb']);
    const store = await openOnlineStore(small.address, { create: true });
    await store.claim();
    const large = {
      puts: new Map(Array.from({ length: 100 }, (_, i) => [`k${i}`, new Uint8Array(100_000)])),
      deletes: [],
    };
    let error: unknown;
    for (let attempt = 0; attempt < 3 && error === undefined; attempt++)
      error = await store
        .apply(
          { ...large, puts: new Map([...large.puts].map(([key, value]) => [`${attempt}${key}`, value])) },
          bytes(`p${attempt}`),
        )
        .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_FULL' });
    await store.close();
    await small.end();
  });

  it('ingest keeps the same in Redis as in a folder, also when the server dies on the way', async () => {
    const folder = testFolder();
    const lines = shopLines(1200, 5);
    const csv = (rows: readonly string[]) => `${[HEADER, ...rows].join('\n')}\n`;
    const address = `${server.address}?prefix=ingest:`;
    const redis = { online: address, rejects: folder.path('redis.csv') };
    const path = folder.file('events.csv', csv(lines.slice(0, 600)));
    await ingest({ ...redis, lateness: 2, input: path });
    await server.kill();
    await expect(ingest({ ...redis, lateness: 2, input: path })).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await server.start();
    folder.file('events.csv', csv(lines));
    await ingest({ ...redis, lateness: 2, input: path });
    const embedded = { online: folder.path('online'), rejects: folder.path('embedded.csv') };
    await ingest({ ...embedded, lateness: 2, stdin: stream([csv(lines)]) });
    const [there, here] = [await contents(address), await contents(embedded.online)];
    expect(there.entries).toEqual(here.entries);
    expect(there.position.counts).toEqual(here.position.counts);
    expect(there.position.counts.in).toBe(1200);
    expect(line(1)).toContain('view');
    folder.remove();
  });
});
