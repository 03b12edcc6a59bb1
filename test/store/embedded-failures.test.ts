import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { EmbeddedStore } from '#ecomml/store/embedded-store.js';

const folder = mkdtempSync(join(tmpdir(), 'ecomml-broken-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let number = 0;

/** A store with some values, closed. */
async function made(values = 200): Promise<string> {
  const path = join(folder, `store-${++number}`);
  const store = await EmbeddedStore.open(path, { create: true });
  await store.claim();
  const puts = new Map(Array.from({ length: values }, (_, i) => [`user/${i}`, Buffer.from(`value ${i} `.repeat(20))]));
  await store.apply({ puts, deletes: [] }, Buffer.from('p'));
  await store.close();
  return path;
}

const opening = (path: string, create = true) => EmbeddedStore.open(path, { create });

it('refuses a file, and a folder of something else, and changes nothing there', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'a,b\n1,2\n');
  await expect(opening(file)).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'thesis.txt'), 'years of work');
  await expect(opening(other)).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
  writeFileSync(join(other, 'data.mdb'), 'x'.repeat(20_000));
  await expect(opening(other)).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
  expect(readFileSync(join(other, 'data.mdb'), 'utf8')).toBe('x'.repeat(20_000));
});

it('refuses a newer format', async () => {
  const path = await made();
  const { open } = await import('lmdb');
  const db = open<Buffer, Buffer>({ path, noSubdir: false, keyEncoding: 'binary', encoding: 'binary' });
  const { withChecksum } = await import('#ecomml/store/checked-value.js');
  const key = Buffer.from('store/format');
  await db.put(key, withChecksum(key, Buffer.from('{"format":99}')) as Buffer);
  await db.close();
  await expect(opening(path)).rejects.toMatchObject({ code: 'STORE_NEWER' });
});

it('a store cut short is refused and does not end the process', async () => {
  const path = await made(20_000);
  const data = join(path, 'data.mdb');
  truncateSync(data, Math.floor(statSync(data).size / 3));
  // In a process of its own: a bus error would take the tests along.
  const script = `
    const { EmbeddedStore } = await import(${JSON.stringify(new URL('../../dist/store/embedded-store.js', import.meta.url).href)});
    try {
      const store = await EmbeddedStore.open(${JSON.stringify(path)}, { create: false });
      for await (const _ of store.entries(''));
      console.log('read');
    } catch (error) { console.log(error.code); }`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(said.trim()).toBe('STORE_CORRUPT');
});

it('finds a byte that changed on the disk', async () => {
  const path = await made();
  const data = join(path, 'data.mdb');
  const bytes = readFileSync(data);
  // Pages of older batches hold it as well: all of them are changed.
  for (let at = bytes.indexOf('value 77 '); at >= 0; at = bytes.indexOf('value 77 ', at + 1)) bytes[at + 2] ^= 1;
  writeFileSync(data, bytes);
  const store = await opening(path, false);
  expect(Buffer.from((await store.get(['user/78']))[0]!).toString()).toContain('value 78');
  await expect(store.get(['user/77'])).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  await store.close();
});

it('one process writes at a time, and others read meanwhile; a lock left by a dead one is taken over', async () => {
  const path = await made();
  const writer = await opening(path);
  await writer.claim();
  const second = await opening(path);
  await expect(second.claim()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  expect((await second.get(['user/1'])).length).toBe(1);
  await second.close();
  await writer.close();
  const dead = execFileSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' }).trim();
  for (const left of [`${dead} ${hostname()} 1\n`, `${process.ppid} ${hostname()} 1\n`, '', 'rubbish']) {
    writeFileSync(join(path, 'writer.lock'), left);
    const next = await opening(path);
    await next.claim();
    await next.close();
  }
  writeFileSync(join(path, 'writer.lock'), '1 another-machine 5\n');
  const far = await opening(path);
  await expect(far.claim()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await far.close();
});

it('a batch that fails in the middle leaves nothing', async () => {
  const path = await made();
  const store = await opening(path);
  await store.claim();
  function* broken(): Generator<[string, Uint8Array]> {
    yield ['user/1', Buffer.from('changed')];
    throw new Error('no more');
  }
  const puts = { [Symbol.iterator]: broken } as unknown as Map<string, Uint8Array>;
  await expect(store.apply({ puts, deletes: ['user/2'] }, Buffer.from('p2'))).rejects.toThrow('no more');
  expect(Buffer.from((await store.get(['user/1']))[0]!).toString()).toContain('value 1 ');
  expect((await store.get(['user/2']))[0]).toBeDefined();
  expect(Buffer.from((await store.position())!).toString()).toBe('p');
  await store.close();
});
