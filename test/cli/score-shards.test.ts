/** Shards through the real binary: their outputs put end to end are the bytes of one run, and --merge trusts no file that is not the one its manifest describes. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { shardPath } from '#ecomml/scoring/shards.js';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { score } from '#ecomml/workflows/score.js';
import { contextOf } from '../workflows/small-training.js';
import { expectRefusal } from './refusal.js';
import { ecomml, emptyFolder } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const home = emptyFolder();
const model = join(home, 'models/it');
const at = (name: string) => join(home, name);

beforeAll(async () => {
  writeTable(home, 'table.csv');
  await trainSmallModel(home, 20);
  // Quoted line breaks, empty lines and bad rows wherever a border may fall.
  const [header, ...rows] = tableCsv({
    rows: 700,
    number: (row) => (row % 90 === 5 ? 'odd' : row % 7 === 0 ? '" 1\n"' : undefined),
  })
    .trimEnd()
    .split('\n');
  writeFileSync(
    at('rows.csv'),
    `${header}\r\n${rows.map((row, i) => `${row}${i % 50 === 0 ? '\n\n' : '\n'}`).join('')}`,
  );
  await one({ output: at('whole.csv') });
});

function one(changes: { output: string; input?: string; shard?: { index: number; of: number } }) {
  const options = {
    input: at('rows.csv'),
    map: {},
    maxBadRows: 50,
    model,
    moments: 'all',
    columns: ['channel'],
  } as const;
  return score({ ...options, ...changes }, contextOf(1));
}

describe('shards of a table', () => {
  it.each([1, 2, 7, 64])(
    '%i of them, end to end, are the bytes of one run; merged, too, with their rejects',
    async (of) => {
      const output = at(`of${of}.csv`);
      let rows = 0;
      for (let index = 1; index <= of; index++) rows += (await one({ output, shard: { index, of } })).rows_in;
      expect(rows).toBe(700);
      const parts = Array.from({ length: of }, (_, i) => readFileSync(shardPath(output, { index: i + 1, of })));
      expect(Buffer.concat(parts).equals(readFileSync(at('whole.csv')))).toBe(true);
      const merged = await ecomml(['score', '--merge', '--output', output, '--json'], { cwd: home });
      expect(JSON.parse(merged.stdout)).toMatchObject({ rows_in: 700, shards: of });
      expect(readFileSync(output).equals(readFileSync(at('whole.csv')))).toBe(true);
      expect(readFileSync(at(`of${of}.rejects.csv`)).equals(readFileSync(at('whole.rejects.csv')))).toBe(true);
    },
  );

  it.each([1, 2, 7, 64])('%i of them of a Parquet file, rejects and all, are one run', async (of) => {
    const input = at('rows.parquet');
    await withDatabase({ threads: 1 }, async (db) => {
      const rows = `SELECT * FROM read_csv('${at('table.csv')}', all_varchar = true) LIMIT 20`;
      const odd = `SELECT * REPLACE ('odd' AS amount) FROM (${rows}) LIMIT 3`;
      await db.run(
        `COPY (FROM (${rows}) UNION ALL FROM (${odd}) UNION ALL FROM (${rows})) TO '${input}' (FORMAT parquet)`,
      );
    });
    const whole = await one({ input, output: at('whole-parquet.csv') });
    expect(whole).toMatchObject({ rows_in: 43, rows_scored: 40, rows_rejected: 3 });
    const output = at(`parquet${of}.csv`);
    let rows = 0;
    for (let index = 1; index <= of; index++) rows += (await one({ input, output, shard: { index, of } })).rows_in;
    expect(rows).toBe(43);
    const merged = await ecomml(['score', '--merge', '--output', output, '--json'], { cwd: home });
    expect(JSON.parse(merged.stdout)).toMatchObject({ rows_in: 43, rows_scored: 40, rows_rejected: 3 });
    expect(readFileSync(output).equals(readFileSync(at('whole-parquet.csv')))).toBe(true);
    expect(readFileSync(at(`parquet${of}.rejects.csv`)).equals(readFileSync(at('whole-parquet.rejects.csv')))).toBe(
      true,
    );
  });

  it('a damaged, a missing and a foreign shard are named', async () => {
    const merge = () => ecomml(['score', '--merge', '--output', at('of2.csv')], { cwd: home });
    const second = shardPath(at('of2.csv'), { index: 2, of: 2 });
    const sound = readFileSync(second);
    appendFileSync(second, 'x');
    expectRefusal(await merge(), 1, /of2\.shard-2-of-2\.csv is not what its manifest describes/);
    writeFileSync(second, sound);
    const manifest = `${second}.manifest.json`;
    const said = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, said.replace(/"sha256": "[0-9a-f]{4}/, '"sha256": "0000'));
    expectRefusal(await merge(), 1, /another model/);
    rmSync(manifest);
    expectRefusal(await merge(), 1, /shard 2 of 2 is missing/);
    expectRefusal(await ecomml(['score', '--merge', '--output', at('none.csv')], { cwd: home }), 1, /no manifests/);
  });
});

describe('JOB_COMPLETION_INDEX', () => {
  const args = [
    'score',
    '--input',
    'rows.csv',
    '--model',
    'models/it',
    '--output',
    'job.csv',
    '--max-bad-rows',
    '50',
    '--quiet',
  ];
  const pod = (env: Record<string, string>, ...more: string[]) => ecomml([...args, ...more], { cwd: home, env });

  it('from 0, with --shards or ECOMML_SHARDS, says which part a pod scores; a finished shard is not scored twice', async () => {
    expect(await pod({ JOB_COMPLETION_INDEX: '0', ECOMML_SHARDS: '3' }, '--columns', 'channel')).toMatchObject({
      code: 0,
    });
    expect(await pod({ JOB_COMPLETION_INDEX: '1' }, '--shards', '3', '--columns', 'channel')).toMatchObject({
      code: 0,
    });
    const third = ['--shard', '3/3', '--columns', 'channel', '--json', '--resume'];
    expect(await pod({}, ...third)).toMatchObject({ code: 0 });
    const again = await pod({}, ...third);
    const { rows_resumed, rows_scored } = JSON.parse(again.stdout) as Record<string, number>;
    expect(rows_resumed).toBe(rows_scored);
    const files = readdirSync(home)
      .filter((name) => /^job\.shard-\d-of-3\.csv$/.test(name))
      .sort();
    expect(Buffer.concat(files.map((name) => readFileSync(at(name)))).equals(readFileSync(at('whole.csv')))).toBe(true);
  });

  it('alone, out of range, or against --shard is wrong usage', async () => {
    expectRefusal(await pod({ JOB_COMPLETION_INDEX: '0' }), 2, /of how many/);
    expectRefusal(await pod({ JOB_COMPLETION_INDEX: '3', ECOMML_SHARDS: '3' }), 2, /from 0 to 2/);
    expectRefusal(await pod({}, '--shards', '3'), 2, /JOB_COMPLETION_INDEX/);
    expectRefusal(await pod({}, '--shards', '3', '--shard', '1/2'), 2, /contradict/);
    expectRefusal(await pod({}, '--shard', '0/2'), 2, /from 1 to n/);
  });
});
