import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Database, withDatabase } from '#ecomml/table/duckdb.js';
import { readBigIntColumn, readFrame, readTextColumns } from '#ecomml/table/read-frame.js';

const one = { threads: 1 };

describe('Database', () => {
  it('runs in UTC, without extensions, with the threads it was told', async () => {
    await withDatabase({ threads: 2 }, async (db) => {
      expect(
        await db.row(
          `SELECT current_setting('TimeZone') AS zone, current_setting('threads') AS threads,
             current_setting('autoinstall_known_extensions') AS install, current_setting('autoload_known_extensions') AS load`,
        ),
      ).toEqual({ zone: 'UTC', threads: '2', install: false, load: false });
    });
  });

  it('deletes its folder and refuses work after close', async () => {
    const db = await Database.open(one);
    expect(existsSync(db.folder)).toBe(true);
    db.close();
    db.close();
    expect(existsSync(db.folder)).toBe(false);
    await expect(db.run('SELECT 1')).rejects.toMatchObject({ code: 'DUCKDB_CLOSED' });
  });

  it('names the statement that failed', async () => {
    await withDatabase(one, async (db) => {
      await expect(db.rows('SELECT nothing FROM nowhere')).rejects.toMatchObject({
        code: 'DUCKDB_FAILED',
        message: expect.stringContaining('nowhere'),
      });
    });
  });
});

describe('readFrame', () => {
  it('gives NaN for NULL numbers, −1 for NULL texts, and keeps infinities', async () => {
    await withDatabase(one, async (db) => {
      const frame = await readFrame(
        db,
        `SELECT * FROM (VALUES (1, 1::BIGINT, 'b', true, 1.5::DECIMAL(9,2)), (2, NULL, NULL, NULL, NULL),
           (3, 9007199254740993, 'a', false, -2)) t(n, i, s, flag, d)`,
      );
      expect(frame.rows).toBe(3);
      expect(frame.columns).toEqual([
        { kind: 'numeric', name: 'n', values: Float64Array.of(1, 2, 3) },
        { kind: 'numeric', name: 'i', values: Float64Array.of(1, Number.NaN, 9007199254740992) },
        { kind: 'categorical', name: 's', codes: Int32Array.of(1, -1, 0), categories: ['a', 'b'] },
        { kind: 'numeric', name: 'flag', values: Float64Array.of(1, Number.NaN, 0) },
        { kind: 'numeric', name: 'd', values: Float64Array.of(1.5, Number.NaN, -2) },
      ]);
      const infinite = await readFrame(db, `SELECT 'inf'::DOUBLE AS up, '-inf'::DOUBLE AS down`);
      expect(infinite.columns.map((column) => column.kind === 'numeric' && column.values[0])).toEqual([
        Infinity,
        -Infinity,
      ]);
    });
  });

  it('sorts categories by code point as DuckDB does, also above U+FFFF', async () => {
    await withDatabase(one, async (db) => {
      const sql = "SELECT unnest(['\u{1F600}', '\uFFFD', 'é', 'Z', 'a', '', '\uE000', '\u{10000}', 'aa']) AS s";
      const frame = await readFrame(db, sql);
      const sorted = (await db.rows(`SELECT s FROM (${sql}) ORDER BY s`)).map((row) => row.s);
      const column = frame.columns[0];
      expect(column.kind === 'categorical' && column.categories).toEqual(sorted);
    });
  });

  it('gives the same frame for one and four threads, over many chunks', async () => {
    const sql = `SELECT i AS id, (i * 7919) % 1000 / 10 AS x, 'c' || ((i * 104729) % 5003) AS s FROM range(300000) r(i)`;
    const frames = [];
    for (const threads of [1, 4])
      frames.push(
        await withDatabase({ threads }, async (db) => {
          await db.run(`CREATE TABLE t AS ${sql}`);
          return readFrame(db, 'SELECT * FROM t WHERE id % 3 <> 0');
        }),
      );
    expect(frames[0].rows).toBe(200000);
    expect(frames[1]).toEqual(frames[0]);
    expect((frames[0].columns[0] as { values: Float64Array }).values[199999]).toBe(299999);
  });

  it('follows the kinds it is told', async () => {
    await withDatabase(one, async (db) => {
      const sql = `SELECT 7 AS n, '8.5' AS s, TIMESTAMP '2019-10-01 00:00:01.5' AS t`;
      const frame = await readFrame(db, sql, { n: 'categorical', s: 'numeric', t: 'numeric' });
      expect(frame.columns).toEqual([
        { kind: 'categorical', name: 'n', codes: Int32Array.of(0), categories: ['7'] },
        { kind: 'numeric', name: 's', values: Float64Array.of(8.5) },
        { kind: 'numeric', name: 't', values: Float64Array.of(1569888001.5) },
      ]);
      await expect(readFrame(db, sql)).rejects.toMatchObject({ code: 'FRAME_TEMPORAL_COLUMN' });
      await expect(readFrame(db, `SELECT 'x' AS s`, { s: 'numeric' })).rejects.toMatchObject({
        code: 'FRAME_NOT_A_NUMBER',
      });
      await expect(readFrame(db, 'SELECT 1 AS a, 2 AS a')).rejects.toMatchObject({ code: 'FRAME_REPEATED_COLUMN' });
    });
  });

  it('reads no rows as empty columns', async () => {
    await withDatabase(one, async (db) => {
      const frame = await readFrame(db, `SELECT 1 AS n, 'x' AS s WHERE false`);
      expect(frame.rows).toBe(0);
      expect(frame.columns.map((column) => column.name)).toEqual(['n', 's']);
    });
  });
});

describe('plain columns', () => {
  it('reads texts and 64-bit integers exactly', async () => {
    await withDatabase(one, async (db) => {
      const { rows, columns } = await readTextColumns(
        db,
        "SELECT * FROM (VALUES (9007199254740993, NULL), (2, 'x''\"')) t(id, s)",
      );
      expect(rows).toBe(2);
      expect(columns).toEqual([
        { name: 'id', values: ['9007199254740993', '2'] },
        { name: 's', values: [null, 'x\'"'] },
      ]);
      expect(await readBigIntColumn(db, 'SELECT i + 9007199254740993 AS v FROM range(5000) r(i)')).toEqual(
        BigInt64Array.from({ length: 5000 }, (_, i) => BigInt(i) + 9007199254740993n),
      );
      await expect(readBigIntColumn(db, 'SELECT NULL AS v')).rejects.toMatchObject({ code: 'FRAME_NULL_INTEGER' });
    });
  });
});
