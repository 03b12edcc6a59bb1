// How long one online read takes: the features of a user, a product and a session from the embedded store and, where a
// redis-server is installed, from Redis on the loopback. The store is made by `ecomml store ingest` from events of so many
// users that it has states of each of them; both back ends hold the same bytes, and their answers are compared before
// anything is timed.
//
//   node bench/store-online.mjs [--users 100000] [--reads 5000] [--keep folder]
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Random } from '../dist/base/random.js';
import { EntitySweep } from '../dist/features/entity-sweep.js';
import { FEATURE_FAMILIES } from '../dist/features/feature.js';
import { openOnlineStore } from '../dist/store/open-online-store.js';
import { readOnline } from '../dist/store/read-online.js';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    reads: { type: 'string', default: '5000' },
    keep: { type: 'string' },
  },
});
const users = Number(values.users);
const reads = Number(values.reads);
const binary = fileURLToPath(new URL('../bin/ecomml.js', import.meta.url));
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'ecomml-bench-'));
mkdirSync(folder, { recursive: true });
const embedded = join(folder, 'online');

/** Two to four events of every user, of 5,000 products of which a few are looked at far more than the others. */
function* events(random) {
  let time = Date.UTC(2024, 0, 1);
  for (let user = 0; user < users; user++) {
    const many = 2 + random.below(3);
    for (let e = 0; e < many; e++) {
      time += 1 + random.below(4000);
      const product = Math.floor(5000 * random.next() ** 3);
      const type = e > 0 && random.below(6) === 0 ? 'purchase' : random.below(4) === 0 ? 'cart' : 'view';
      const [category, brand] = [product % 60, product % 200];
      const price = (5 + (product % 300) + random.below(4) / 4).toFixed(2);
      const at = new Date(time).toISOString();
      yield `${at},${type},p${product},c${category},shop.part${category},b${brand},${price},u${user},s${user}`;
    }
  }
}

function request(random) {
  const user = random.below(users);
  return { user: `u${user}`, product: `p${Math.floor(5000 * random.next() ** 3)}`, session: `s${user}` };
}

async function timed(store, sweep) {
  const random = new Random(2);
  const milliseconds = [];
  for (let i = 0; i < reads + 500; i++) {
    const one = request(random);
    const begun = performance.now();
    await readOnline(store, sweep, one);
    if (i >= 500) milliseconds.push(performance.now() - begun);
  }
  milliseconds.sort((a, b) => a - b);
  const at = (share) => milliseconds[Math.floor(share * (milliseconds.length - 1))].toFixed(3);
  return {
    'median ms': at(0.5),
    'p99 ms': at(0.99),
    'p99.9 ms': at(0.999),
    'reads a second': Math.round(1000 / at(0.5)),
  };
}

async function redisServer() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return undefined;
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
  const child = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  await sleep(500);
  return { address: `redis://127.0.0.1:${port}/0`, end: () => child.kill() };
}

/** All that the embedded store holds, put into another store under the same keys. */
async function copy(from, to) {
  await to.claim();
  const position = await from.position();
  let puts = new Map();
  for await (const [key, bytes] of from.entries('')) {
    puts.set(key, bytes);
    if (puts.size < 20_000) continue;
    await to.apply({ puts, deletes: [] }, position);
    puts = new Map();
  }
  await to.apply({ puts, deletes: [] }, position);
}

let server;
try {
  if (!existsSync(embedded)) {
    const random = new Random(1);
    const header = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
    const lines = [header, ...events(random)];
    const input = join(folder, 'events.csv');
    writeFileSync(input, `${lines.join('\n')}\n`);
    const args = [
      'store',
      'ingest',
      '--input',
      input,
      '--online',
      embedded,
      '--rejects',
      join(folder, 'rejects.csv'),
      '--json',
      '--quiet',
    ];
    const result = JSON.parse(execFileSync(process.execPath, [binary, ...args], { encoding: 'utf8' }));
    console.log(`${result.kept} events of ${users} users taken in, ${result.events_per_second} a second`);
  }
  const sweep = new EntitySweep({ idFeatures: true, families: FEATURE_FAMILIES });
  const store = await openOnlineStore(embedded, { create: false });
  const table = {};
  server = await redisServer();
  const redis = server === undefined ? undefined : await openOnlineStore(server.address, { create: true });
  if (redis !== undefined) {
    await copy(store, redis);
    const random = new Random(3);
    for (let i = 0; i < 200; i++) {
      const one = request(random);
      const [a, b] = [await readOnline(store, sweep, one), await readOnline(redis, sweep, one)];
      if (JSON.stringify(a) !== JSON.stringify(b))
        throw new Error(`the stores answer differently for ${JSON.stringify(one)}`);
    }
  }
  table['embedded (LMDB)'] = await timed(store, sweep);
  if (redis !== undefined) table['Redis, loopback'] = await timed(redis, sweep);
  else console.log('redis-server is not installed: Redis is left out.');
  console.table(table);
  await redis?.close();
  await store.close();
} finally {
  server?.end();
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
