import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { PASS_OVER } from '#ecomml/clean/presets.js';
import { contents, HEADER, ingest, line, shopLines, stream, testFolder } from './store-events.js';

const folder = testFolder();
afterAll(folder.remove);

let number = 0;
const fresh = () => ({ online: folder.path(`store-${++number}`), rejects: folder.path(`rejects-${number}.csv`) });
const csv = (lines: readonly string[]) => `${[HEADER, ...lines].join('\n')}\n`;

/** What must not depend on how the rows came: all keys and counts, and the bytes of the rejects. */
async function outcome(place: { online: string; rejects: string }) {
  const { entries, position } = await contents(place.online);
  const { counts, watermark, newest } = position;
  return { entries, counts, watermark, newest, rejects: readFileSync(place.rejects, 'utf8') };
}

describe('what becomes of the rows', () => {
  it('in = kept + rejected + duplicates + passed over', async () => {
    const place = fresh();
    const lines = [
      line(1),
      line(1),
      line(2, 'u2'),
      'not,an,event',
      line(3, 'u3', 'p1', { type: 'stare' }),
      line(4, 'u4', 'p1', { price: '-3' }),
    ];
    const result = await ingest({ ...place, stdin: stream([csv(lines)]) });
    expect(result).toMatchObject({ rows_in: 6, kept: 2, rejected: 3, duplicates: 1, passed_over: 0, waiting: 1 });
    const rejects = readFileSync(place.rejects, 'utf8').split('\n');
    expect(rejects[0]).toBe('line,column,reason,original');
    expect(rejects.slice(1, 4)).toEqual([
      '5,category_id,too few fields: 3 of 9,"not,an,event"',
      `6,event_type,unknown event type,"${lines[4]}"`,
      `7,price,negative,"${lines[5]}"`,
    ]);
    expect(rejects.length).toBe(5);
  });

  it('passes over event types that nobody needs', async () => {
    const lines = [line(1), line(2, 'u2', 'p1', { type: 'scroll' })];
    const result = await ingest({ ...fresh(), eventTypes: { scroll: PASS_OVER }, stdin: stream([csv(lines)]) });
    expect(result).toMatchObject({ rows_in: 2, kept: 1, passed_over: 1 });
  });

  it('says what the rows are in the words and by the rules of clean: 1970, 2262, prices, ids', async () => {
    const place = fresh();
    const at = (time: string) => line(1).replace(/^[^,]+/, time);
    const lines = [
      at('1970-01-01T00:00:00Z'),
      at('2262-01-01T00:00:00Z'),
      at('1969-01-01T00:00:00Z'),
      at('yesterday'),
      line(5, ''),
    ];
    const result = await ingest({ ...place, stdin: stream([csv([...lines, line(6)])]) });
    expect(result).toMatchObject({ rows_in: 6, kept: 1, rejected: 5 });
    const reasons = readFileSync(place.rejects, 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((row) => row.split(',').slice(1, 3).join(': '));
    expect(reasons).toEqual([
      'event_time: a clock that was never set (1970-01-01)',
      'event_time: outside 1970 to 2099',
      'event_time: outside 1970 to 2099',
      'event_time: not a time',
      'user_id: missing',
    ]);
  });

  it('rejects an event far ahead of the clock, which would make all others late', async () => {
    const place = fresh();
    const lines = [line(1), line(1).replace('2024', '2031'), line(2)];
    const result = await ingest({ ...place, asOf: Date.UTC(2024, 4, 2), stdin: stream([csv(lines)]) });
    expect(result).toMatchObject({ kept: 2, rejected: 1, late: 0 });
    expect(readFileSync(place.rejects, 'utf8')).toContain('ahead of the clock by more than a day');
  });
});

describe('the order of time', () => {
  it('without lateness, an event before the latest is rejected; one of its instant is kept', async () => {
    const place = fresh();
    const result = await ingest({ ...place, stdin: stream([csv([line(10), line(9.999, 'u2'), line(10, 'u3')])]) });
    expect(result).toMatchObject({ kept: 2, rejected: 1, late: 1, waiting: 2 });
    expect(readFileSync(place.rejects, 'utf8')).toContain('3,event_time,late: ');
  });

  it('events late by no more than the lateness are put in order; later ones are rejected', async () => {
    const place = fresh();
    const lines = [
      line(100),
      line(70, 'u2'),
      line(69.999, 'u3'),
      line(95, 'u4'),
      line(140),
      line(111, 'u5'),
      line(109, 'u6'),
    ];
    const result = await ingest({ ...place, lateness: 30, stdin: stream([csv(lines)]) });
    expect(result).toMatchObject({ rows_in: 7, kept: 5, rejected: 2, late: 2 });
    const sorted = fresh();
    const kept = [lines[1], lines[3], lines[0], lines[5], lines[4]];
    await ingest({ ...sorted, lateness: 30, stdin: stream([csv(kept)]) });
    const states = async (one: typeof place) =>
      (await outcome(one)).entries.filter(([key]) => key.startsWith('state/'));
    expect(await states(place)).toEqual(await states(sorted));
  });

  it('does not show how the rows came in batches, nor in which the input was cut', async () => {
    const lines = shopLines(1500, 7);
    const whole = fresh();
    await ingest({ ...whole, lateness: 3, stdin: stream([csv(lines)]) });
    const expected = await outcome(whole);
    expect(expected.counts.applied).toBeGreaterThan(1200);
    // Four runs, one after the other, each over a part of the file and from a stream of its own.
    const parts = fresh();
    const path = folder.path('growing.csv');
    for (const end of [1, 400, 401, 1000, 1500]) {
      writeFileSync(path, csv(lines.slice(0, end)));
      await ingest({ ...parts, lateness: 3, input: path });
    }
    expect(await outcome(parts)).toEqual(expected);
  });
});

describe('exactly once', () => {
  it('a file that was read is not read again; what was put behind it is', async () => {
    const place = fresh();
    const path = folder.file('once.csv', csv([line(1), line(2)]));
    const said: string[] = [];
    expect(await ingest({ ...place, input: path, said })).toMatchObject({ rows_in: 2, kept: 2 });
    expect(await ingest({ ...place, input: path, said })).toMatchObject({ rows_in: 0, kept: 0 });
    appendFileSync(path, `${line(3)}\n`);
    expect(await ingest({ ...place, input: path, said })).toMatchObject({
      rows_in: 1,
      kept: 1,
      store: { in: 3, kept: 3 },
    });
    expect(said.some((text) => text.includes('going on at line 4'))).toBe(true);
  });

  it('the same rows by another way are duplicates as far back as the horizon, and late beyond it', async () => {
    const place = fresh();
    const lines = Array.from({ length: 50 }, (_, i) => line(i * 100, `u${i}`));
    const run = () => ingest({ ...place, idHorizon: 1000, stdin: stream([csv(lines)]) });
    expect(await run()).toMatchObject({ rows_in: 50, kept: 50 });
    const before = (await outcome(place)).entries.filter(([key]) => key.startsWith('state/'));
    expect(await run()).toMatchObject({ rows_in: 50, kept: 0, duplicates: 11, late: 39, rejected: 39 });
    const after = (await outcome(place)).entries;
    expect(after.filter(([key]) => key.startsWith('state/'))).toEqual(before);
    expect(after.filter(([key]) => key.startsWith('log/seen/')).length).toBe(11);
  });

  it("goes by the file's own ids where it has them: the same id with other values is the same event", async () => {
    const place = fresh();
    const rows = [
      [line(1), 'a'],
      [line(2), 'b'],
      [line(3, 'u2'), 'a'],
      [line(3, 'u3'), ''],
      [line(2), 'c'],
      [line(4, 'u4'), 'd'],
    ];
    const text = `${HEADER},id\n${rows.map((row) => row.join(',')).join('\n')}\n`;
    const result = await ingest({ ...place, eventId: 'id', stdin: stream([text]) });
    expect(result).toMatchObject({ rows_in: 6, kept: 4, duplicates: 2 });
    const again = await ingest({
      ...place,
      eventId: 'id',
      stdin: stream([`${HEADER},id\n${line(50, 'u9')},d\n${line(51, 'u9')},e\n`]),
    });
    expect(again).toMatchObject({ kept: 1, duplicates: 1 });
    await expect(ingest({ ...fresh(), eventId: 'uid', stdin: stream([text]) })).rejects.toMatchObject({
      code: 'INGEST_EVENT_ID',
      exitCode: 2,
    });
  });

  it('forgets an id with its horizon, and then takes it again', async () => {
    const place = fresh();
    const row = (second: number, id: string) => `${line(second, `u${second}`)},${id}`;
    const run = (rows: string[]) =>
      ingest({ ...place, eventId: 'id', idHorizon: 100, stdin: stream([`${HEADER},id\n${rows.join('\n')}\n`]) });
    expect(await run([row(0, 'a'), row(50, 'a'), row(90, 'b')])).toMatchObject({ kept: 2, duplicates: 1 });
    expect(await run([row(300, 'c'), row(301, 'a'), row(302, 'a'), row(390, 'b'), row(391, 'd')])).toMatchObject({
      kept: 4,
      duplicates: 1,
    });
    const keys = (await outcome(place)).entries.map(([key]) => key).filter((key) => key.startsWith('event/'));
    expect(keys.length).toBe(4);
  });

  it('the stretch that waits is applied in pieces when it is long', async () => {
    const lines = Array.from({ length: 21_000 }, (_, i) => line(i / 20, `u${i % 7}`, `p${i % 3}`));
    const place = fresh();
    const result = await ingest({ ...place, lateness: 86_400, stdin: stream([csv(lines)]) });
    expect(result).toMatchObject({ kept: 21_000, waiting: 21_000 });
    const then = await ingest({ ...place, lateness: 86_400, stdin: stream([csv([line(200_000)])]) });
    expect(then).toMatchObject({ kept: 1, waiting: 1, store: { applied: 21_000 } });
    const straight = fresh();
    await ingest({ ...straight, stdin: stream([csv([...lines, line(200_000)])]) });
    const states = async (one: typeof place) =>
      (await outcome(one)).entries.filter(([key]) => key.startsWith('state/'));
    expect(await states(place)).toEqual(await states(straight));
  });
});

describe('a file that grows', () => {
  async function followed(path: string, steps: () => Promise<void>, options: object = {}) {
    const place = fresh();
    const stop = new AbortController();
    const said: string[] = [];
    const run = ingest({ ...place, input: path, follow: true, signal: stop.signal, said, ...options });
    const counted = async (rows: number) => {
      for (let attempt = 0; attempt < 100; attempt++) {
        await sleep(30);
        const found = await contents(place.online).catch(() => undefined);
        if (found?.position.counts.in === rows) return;
      }
      throw new Error(`${rows} rows were never taken in`);
    };
    waitFor = counted;
    try {
      await steps();
    } finally {
      stop.abort();
    }
    return { result: await run, place, said };
  }
  let waitFor: (rows: number) => Promise<void>;

  it('takes what is appended; a line that has not ended waits', async () => {
    const path = folder.file('follow.csv', '');
    const { result, place } = await followed(path, async () => {
      appendFileSync(path, HEADER);
      await sleep(250);
      appendFileSync(path, `\n${line(1)}\n${line(2).slice(0, 30)}`);
      await waitFor(1);
      await sleep(300);
      appendFileSync(path, `${line(2).slice(30)}\n`);
      await waitFor(2);
      appendFileSync(path, `${line(3)}\n${line(4)}`);
      await waitFor(3);
    });
    expect(result).toMatchObject({ rows_in: 3, kept: 3, rejected: 0, stopped: true });
    // The unfinished line is the next run's.
    const rest = await ingest({ ...place, input: path });
    expect(rest).toMatchObject({ rows_in: 1, kept: 1, store: { in: 4, kept: 4 } });
  });

  it('goes on in the new file when the old one is put aside, whose last line counts', async () => {
    const path = folder.file('rotated.csv', csv([line(1)]));
    const { result, said } = await followed(path, async () => {
      await waitFor(1);
      appendFileSync(path, line(2));
      renameSync(path, folder.path('rotated.csv.1'));
      await sleep(50);
      writeFileSync(path, csv([line(3), line(4)]));
      await waitFor(4);
      appendFileSync(path, `${line(5)}\n`);
      await waitFor(5);
    });
    expect(result).toMatchObject({ rows_in: 5, kept: 5, rejected: 0 });
    expect(said.some((text) => text.includes('is a new file now'))).toBe(true);
  });

  it('begins anew when the file is cut, also when it is then longer than before', async () => {
    const path = folder.file('cut.csv', csv([line(1), line(2)]));
    const { result, said } = await followed(path, async () => {
      await waitFor(2);
      truncateSync(path);
      writeFileSync(path, csv([line(3)]));
      await waitFor(3);
      writeFileSync(path, csv([line(4, 'u5'), line(5), line(6), line(7)]));
      await waitFor(7);
    });
    expect(result).toMatchObject({ rows_in: 7, kept: 7 });
    expect(said.filter((text) => text.includes('cut or rewritten')).length).toBe(2);
  });

  it('refuses what cannot be followed', async () => {
    const gz = (await import('node:zlib')).gzipSync(csv([line(1)]));
    writeFileSync(folder.path('a.csv.gz'), gz);
    await expect(ingest({ ...fresh(), input: folder.path('a.csv.gz'), follow: true })).rejects.toMatchObject({
      code: 'INGEST_FOLLOW',
    });
    const place = fresh();
    expect(await ingest({ ...place, input: folder.path('a.csv.gz') })).toMatchObject({ rows_in: 1 });
    expect(await ingest({ ...place, input: folder.path('a.csv.gz') })).toMatchObject({ rows_in: 0 });
  });
});

describe('forms of input', () => {
  it('UTF-16 and windows-1252 with semicolons go on at the right byte', async () => {
    for (const encoding of ['utf16le', 'latin1'] as const) {
      const text = (lines: string[]) =>
        Buffer.from(csv(lines).replaceAll(',', ';').replaceAll(';brand;9', ';Müller;9'), encoding);
      const place = fresh();
      const path = folder.path(`${encoding}.csv`);
      writeFileSync(path, text([line(1), line(2)]));
      expect(await ingest({ ...place, input: path })).toMatchObject({ rows_in: 2, kept: 2 });
      writeFileSync(path, text([line(1), line(2), line(3)]));
      expect(await ingest({ ...place, input: path })).toMatchObject({ rows_in: 1, kept: 1 });
      expect((await contents(place.online)).entries.some(([, value]) => value.includes('MÃ¼ller'))).toBe(true);
    }
  });

  it('refuses a table, a file with no rows, and Parquet', async () => {
    await expect(ingest({ ...fresh(), stdin: stream(['a,b\n1,2\n3,4\n']) })).rejects.toMatchObject({
      code: 'INGEST_FORM',
      exitCode: 3,
    });
    await expect(ingest({ ...fresh(), stdin: stream([`${HEADER}\n`]) })).rejects.toMatchObject({
      code: 'INPUT_HEADER_ONLY',
    });
    await expect(ingest({ ...fresh(), input: folder.path('none.csv') })).rejects.toMatchObject({
      code: 'INPUT_MISSING',
    });
  });
});
