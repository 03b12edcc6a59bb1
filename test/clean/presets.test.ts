import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CleanResult, clean } from '#ecomml/workflows/clean.js';
import type { CleanOptions } from '#ecomml/workflows/options.js';
import { inDatabase, type Row, testFolder } from '../table/input-files.js';

const folder = testFolder();
const context = { seed: 1, threads: 1, progress: () => {}, signal: new AbortController().signal };

interface Cleaned {
  readonly rows: Row[];
  readonly result: CleanResult;
}

let run = 0;

async function cleaned(content: string, options: Partial<CleanOptions>): Promise<Cleaned> {
  run++;
  const input = folder.file(`input-${run}.csv`, content);
  const output = `${folder.path}/out-${run}`;
  const result = await clean({ input, output, map: {}, maxBadRows: 0, ...options }, context);
  const rows = await inDatabase((db) => db.rows(`FROM '${result.outputs.clean}' ORDER BY source_row`));
  return { rows, result };
}

const parts = (rows: readonly Row[], ...names: string[]) => rows.map((row) => names.map((name) => row[name]));

describe('presets', () => {
  it('Retailrocket: milliseconds, its event types, sessions by half an hour', async () => {
    const { rows } = await cleaned(
      'timestamp,visitorid,event,itemid,transactionid\n' +
        '1433221332117,257597,view,355908,\n1433223132117,257597,addtocart,355908,\n' +
        '1433224932118,257597,transaction,355908,4000\n1433221332117,992329,view,248676,\n',
      { preset: 'retailrocket' },
    );
    expect(parts(rows, 'event_type', 'product_id', 'user_session')).toEqual([
      ['view', '355908', '257597@2015-06-02T05:02:12.117Z'],
      // Half an hour to the millisecond is no longer pause than half an hour; a millisecond more is.
      ['cart', '355908', '257597@2015-06-02T05:02:12.117Z'],
      ['purchase', '355908', '257597@2015-06-02T06:02:12.118Z'],
      ['view', '248676', '992329@2015-06-02T05:02:12.117Z'],
    ]);
    expect(rows.every(({ price, brand }) => price === null && brand === null)).toBe(true);
  });

  it('Retailrocket: another gap, when asked for', async () => {
    const { rows } = await cleaned(
      'timestamp,visitorid,event,itemid,transactionid\n1433221332117,1,view,2,\n1433221342118,1,view,3,\n1433221352118,1,view,4,\n',
      { preset: 'retailrocket', sessionGap: 10 },
    );
    expect(new Set(rows.map(({ user_session }) => user_session)).size).toBe(2);
  });

  it('YooChoose: clicks and buys in two files without headers', async () => {
    const buys = folder.file(
      'buys.dat',
      '420374,2014-04-06T18:44:58.314Z,214537888,12462,1\n420374,2014-04-06T18:44:58.325Z,214537850,x,1\n',
    );
    const { rows, result } = await cleaned(
      '420374,2014-04-06T18:40:58.314Z,214537888,0\n2,2014-04-07T13:56:37.614Z,214662742,S\n2,2014-04-07T13:56:37.614Z,214662742,S\n',
      { preset: 'yoochoose', purchases: buys, maxBadRows: 0.5 },
    );
    expect(
      parts(rows, 'source_row', 'event_type', 'user_id', 'user_session', 'product_id', 'category_id', 'price'),
    ).toEqual([
      ['1', 'view', '420374', '420374', '214537888', '0', null],
      ['2', 'view', '2', '2', '214662742', 'S', null],
      ['4', 'purchase', '420374', '420374', '214537888', null, 12462],
    ]);
    const { rowsIn, rowsKept, rowsRejected, duplicatesRemoved } = result;
    expect([rowsIn, rowsKept, rowsRejected, duplicatesRemoved]).toEqual([5, 3, 1, 1]);
    expect(readFileSync(result.outputs.rejects, 'utf8')).toBe('line,column,reason,original\n');
    expect(readFileSync(`${folder.path}/out-${run}/rejects-purchases.csv`, 'utf8')).toContain('2,price,not a number,');
    expect(JSON.parse(readFileSync(result.outputs.quality, 'utf8')).rows.in).toBe(5);
  });

  it('GA4: microseconds, sessions of a user, and events that are of no use passed over', async () => {
    const { rows, result } = await cleaned(
      'event_date,event_timestamp,event_name,user_pseudo_id,ga_session_id,item_id,item_name,item_brand,item_category,price\n' +
        '20210131,1612069510766593,view_item,1026454.427,7113,GG37,"A ""B""",Google,Apparel,16.0\n' +
        '20210131,1612069510866593,page_view,1026454.427,7113,,,,,\n' +
        '20210131,1612069610766593,purchase,1026454.427,7113,GG37,A B,Google,Apparel,16.0\n' +
        '20210131,1612069610766594,add_to_cart,99.1,7113,GG37,A B,Google,Apparel,16.0\n',
      { preset: 'ga4' },
    );
    expect(parts(rows, 'source_row', 'event_type', 'event_time', 'user_session')).toEqual([
      ['1', 'view', '2021-01-31 05:05:10.766593', '1026454.427.7113'],
      ['3', 'purchase', '2021-01-31 05:06:50.766593', '1026454.427.7113'],
      ['4', 'cart', '2021-01-31 05:06:50.766594', '99.1.7113'],
    ]);
    const { rowsIn, rowsKept, rowsPassedOver } = result;
    expect([rowsIn, rowsKept, rowsPassedOver]).toEqual([4, 3, 1]);
  });

  it('REES46 is what an input without a preset is', async () => {
    const content =
      'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n' +
      '2019-10-01 00:00:00 UTC,view,1,2,a.b,acme,3.5,u,s\n';
    expect((await cleaned(content, { preset: 'rees46' })).rows).toEqual((await cleaned(content, {})).rows);
  });

  it('options outdo a preset, and do without one', async () => {
    const { rows, result } = await cleaned(
      'ts;who;what;item\n31/12/2020 23:59;7;4;1\n01/01/2021 00:01;7;6;1\n01/01/2021 00:02;7;1;1\n',
      {
        map: { event_time: 'ts', user_id: 'who', event_type: 'what', product_id: 'item' },
        eventTypes: { '1': 'view', '4': 'purchase', '6': 'pass-over' },
        sessionGap: 3600,
      },
    );
    expect(parts(rows, 'event_time', 'event_type', 'user_session')).toEqual([
      ['2020-12-31 23:59:00', 'purchase', '7@2020-12-31T23:59:00.000Z'],
      ['2021-01-01 00:02:00', 'view', '7@2020-12-31T23:59:00.000Z'],
    ]);
    expect(result.rowsPassedOver).toBe(1);
  });

  it('a column the preset needs and the file lacks is named', async () => {
    await expect(
      cleaned('timestamp,visitorid,event\n1433221332117,1,view\n', { preset: 'retailrocket' }),
    ).rejects.toMatchObject({ code: 'INPUT_MISSING_COLUMN', message: expect.stringContaining('"product_id"') });
    expect(existsSync(`${folder.path}/out-${run}/events.parquet`)).toBe(false);
  });
});

describe('sessions that are made', () => {
  it('do not depend on the order of rows, and take a user with most of the events in linear time', async () => {
    const events = 60_000;
    const lines = Array.from({ length: events }, (_, n) => {
      const user = n % 100 === 0 ? `u${n % 700}` : 'heavy';
      return `${1_600_000_000 + ((n * 7919) % events) * 60},${user},view,${n % 50}`;
    });
    const read = { map: { event_time: 't', user_id: 'u', event_type: 'e', product_id: 'p' }, sessionGap: 100 };
    const seconds = async (rows: readonly string[]) => {
      const started = process.cpuUsage();
      const { result } = await cleaned(`t,u,e,p\n${rows.join('\n')}\n`, read);
      const { user, system } = process.cpuUsage(started);
      const sessions = await inDatabase((db) =>
        db.rows(
          `SELECT user_session, count(*) AS n, sum(product_id::INT) AS products FROM '${result.outputs.clean}' GROUP BY 1 ORDER BY 1`,
        ),
      );
      return { cpu: (user + system) / 1e6, sessions };
    };
    const shuffled = await seconds(lines);
    const sorted = await seconds([...lines].sort());
    expect(shuffled.sessions).toEqual(sorted.sessions);
    expect(shuffled.sessions.length).toBeGreaterThan(100);
    // Quadratic in 59,400 events of one user would be 3.5e9 pairs; the whole run is measured in a second or two.
    expect(shuffled.cpu).toBeLessThan(30);
  });
});
