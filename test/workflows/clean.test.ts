import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '#ecomml/base/progress.js';
import { clean } from '#ecomml/workflows/clean.js';
import type { WorkflowContext } from '#ecomml/workflows/context.js';
import { testFolder } from '../table/input-files.js';

const folder = testFolder();
const SHIPPED = 'data/rees46/2019-Oct-17k.csv.gz';
const HEADER = 'event_time,event_type,product_id,price,user_id,user_session';
const EVENT = '2019-10-01 00:00:00 UTC,view,1,2,u,s';

function context(changes: Partial<WorkflowContext> = {}): WorkflowContext {
  return { seed: 1, threads: 2, progress: () => {}, signal: new AbortController().signal, ...changes };
}

const options = { map: {}, maxBadRows: 0.01 };

describe('clean', () => {
  it('writes events, rejects and the summary, the same bytes for any number of threads', async () => {
    const bytes: Buffer[][] = [];
    for (const threads of [1, 2, 3]) {
      const output = join(folder.path, `out-${threads}`);
      const result = await clean({ ...options, input: SHIPPED, output }, context({ threads }));
      expect(result).toMatchObject({
        kind: 'events',
        rowsIn: 17435,
        rowsKept: 17429,
        rowsRejected: 1,
        duplicatesRemoved: 5,
      });
      expect(result.outputs.clean).toBe(join(output, 'events.parquet'));
      expect(readdirSync(output).sort()).toEqual(['events.parquet', 'quality.json', 'rejects.csv']);
      expect(JSON.parse(readFileSync(result.outputs.quality, 'utf8'))).toEqual(result.summary);
      bytes.push(Object.values(result.outputs).map((path) => readFileSync(path)));
    }
    expect(bytes[1]).toEqual(bytes[0]);
    expect(bytes[2]).toEqual(bytes[0]);
  });

  it('takes its own output as input', async () => {
    const first = join(folder.path, 'first.parquet');
    const second = join(folder.path, 'second.parquet');
    await clean({ ...options, input: SHIPPED, output: first }, context());
    const again = await clean({ ...options, input: first, output: second }, context());
    expect(again).toMatchObject({ kind: 'events', rowsIn: 17429, rowsKept: 17429 });
    expect(again.summary.input).toBe('clean events, Parquet, 10 columns');
    expect(readFileSync(second)).toEqual(readFileSync(first));

    const table = join(folder.path, 'table');
    const shoppers = 'data/online-shoppers/online_shoppers_intention.csv.gz';
    const cleaned = await clean({ ...options, input: shoppers, output: table, target: 'Revenue' }, context());
    const path = cleaned.outputs.clean;
    expect(path).toBe(join(table, 'table.parquet'));
    const reread = await clean(
      { ...options, input: path, output: join(folder.path, 'table-2'), target: 'Revenue' },
      context(),
    );
    expect(reread.summary.columns).toEqual(cleaned.summary.columns);
    expect(readFileSync(reread.outputs.clean)).toEqual(readFileSync(path));
  });

  it('reads stdin and tells what it does', async () => {
    const events: ProgressEvent[] = [];
    const stdin = Readable.from([Buffer.from(`${HEADER}\n${EVENT}\n`)]);
    const output = join(folder.path, 'piped.parquet');
    const result = await clean(
      { ...options, input: '-', output, stdin },
      context({ progress: (event) => events.push(event) }),
    );
    expect(result.rowsKept).toBe(1);
    expect(events[0]).toEqual({
      type: 'message',
      level: 'info',
      text: 'stdin: raw events, CSV (comma, LF, UTF-8, header), 6 columns',
    });
    expect(events.at(-1)).toEqual({
      type: 'end',
      stage: 'clean',
      summary: '1 rows in = 1 kept + 0 rejected + 0 duplicates removed',
    });
    expect(readFileSync(result.outputs.rejects, 'utf8')).toBe('line,column,reason,original\n');
  });

  it('refuses an input with too many bad rows, with the rejects written and no Parquet', async () => {
    const lines = Array.from({ length: 98 }, (_, n) => EVENT.replace(',1,', `,${n},`));
    const bad = [EVENT.replace('view', 'look'), EVENT.replace(',2,', ',-2,')];
    const input = folder.file('bad.csv', [HEADER, ...lines, ...bad, ''].join('\n'));
    const output = join(folder.path, 'bad');
    await expect(clean({ ...options, input, output }, context())).rejects.toMatchObject({
      code: 'INPUT_TOO_MANY_BAD_ROWS',
      exitCode: 3,
      message: '2 of 100 rows (2.00%) are bad, 1% allowed. event_type: unknown event type (1); price: negative (1).',
      hint: expect.stringContaining('rejects.csv'),
    });
    expect(readdirSync(output).sort()).toEqual(['quality.json', 'rejects.csv']);
    expect(readFileSync(join(output, 'rejects.csv'), 'utf8').split('\n')).toEqual([
      'line,column,reason,original',
      `100,event_type,unknown event type,"${bad[0]}"`,
      `101,price,negative,"${bad[1]}"`,
      '',
    ]);
    for (const maxBadRows of [0.02, 2, 0.5])
      expect(await clean({ ...options, input, output, maxBadRows }, context())).toMatchObject({ rowsKept: 98 });
    await expect(clean({ ...options, input, output, maxBadRows: 1 }, context())).rejects.toMatchObject({ exitCode: 3 });
    await expect(clean({ ...options, input, output, maxBadRows: 0 }, context())).rejects.toMatchObject({ exitCode: 3 });
  });

  it('refuses an input of which nothing is left', async () => {
    const input = folder.file('nothing.csv', `${HEADER}\n${EVENT.replace('view', 'look')}\n`);
    await expect(
      clean({ ...options, input, output: join(folder.path, 'nothing'), maxBadRows: 10 }, context()),
    ).rejects.toMatchObject({ code: 'INPUT_TOO_MANY_BAD_ROWS' });
  });

  it('leaves nothing when it is stopped, and refuses a folder named as a file', async () => {
    const stopped = new AbortController();
    const output = join(folder.path, 'stopped');
    const progress = (event: ProgressEvent) => {
      if (event.type === 'start') stopped.abort();
    };
    await expect(
      clean({ ...options, input: SHIPPED, output }, context({ signal: stopped.signal, progress })),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(output)).toBe(false);
    mkdirSync(join(folder.path, 'folder.parquet'));
    await expect(
      clean({ ...options, input: SHIPPED, output: join(folder.path, 'folder.parquet') }, context()),
    ).rejects.toMatchObject({ code: 'CLEAN_OUTPUT', exitCode: 2 });
  });
});
