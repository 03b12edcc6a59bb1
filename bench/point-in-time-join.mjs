/**
 * The point-in-time join on the shape that took another store half an hour and 50 GB: 17,000 entities, a Parquet file of some
 * 40 MB, 100 values, created times and a time to live. Generated; whole process, reading the file included.
 *
 *     node bench/point-in-time-join.mjs
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pointInTimeJoin } from '../dist/features/point-in-time-join.js';
import { literal, withDatabase } from '../dist/table/duckdb.js';
import { processFigures } from './process-figures.mjs';

const path = join(tmpdir(), `ecomml-join-${process.pid}.parquet`);
const values = Array.from({ length: 100 }, (_, v) => `v${v}`);
await withDatabase({ threads: 2 }, (db) =>
  db.run(`COPY (
    SELECT range % 5000 AS driver, TIMESTAMP '2024-01-01' + to_minutes((range * 13) % 40000) AS event_time,
      event_time + to_minutes(range % 50) AS created, ${values.map((name, v) => `(hash(range, ${v}) % 100)::DOUBLE AS ${name}`).join(', ')}
    FROM range(400000)) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`),
);
await withDatabase({ threads: 2 }, async (db) => {
  const megabytes = await db.number(`SELECT sum(total_compressed_size) / 1e6 FROM parquet_metadata(${literal(path)})`);
  const begun = performance.now();
  const before = process.cpuUsage();
  await db.run(`CREATE VIEW rows_of_features AS FROM read_parquet(${literal(path)});
    CREATE TABLE entities AS SELECT (range * 7919) % 5000 AS driver,
      TIMESTAMP '2024-01-01' + to_minutes((range * 31) % 40000) AS moment FROM range(17000)`);
  await pointInTimeJoin(db, {
    entities: 'entities',
    at: 'moment',
    features: 'rows_of_features',
    keys: ['driver'],
    eventTime: 'event_time',
    createdTime: { column: 'created' },
    timeToLive: 10 * 86_400,
    values,
    into: 'joined',
  });
  const { user, system } = process.cpuUsage(before);
  const seconds = ((performance.now() - begun) / 1000).toFixed(2);
  const filled = await db.number('SELECT count(v99) FROM joined');
  const peak = processFigures().peakMegabytes.toFixed(0);
  console.log(
    `17,000 entities (${filled} found), ${megabytes.toFixed(0)} MB of Parquet, 100 values: ${seconds} s, ${((user + system) / 1e6).toFixed(2)} s of CPU, ${peak} MB at most (making the file included)`,
  );
});
rmSync(path);
