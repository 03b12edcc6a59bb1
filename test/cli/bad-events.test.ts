/** Bad events through the real binary: a sentence that names what is wrong, the right exit code, nothing left behind. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectRefusal, withInput } from './refusal.js';
import { ecomml, emptyFolder } from './run-binary.js';
import { EVENT_COLUMNS, eventsCsv } from './small-inputs.js';

describe.each([['clean'], ['features'], ['train']])('%s', (verb) => {
  const run = (content: string | undefined) => withInput(content, [verb]);

  it('missing file', async () => expectRefusal(await run(undefined), 1, /no file input\.csv/));

  it('directory', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'input.csv'));
    expectRefusal(await ecomml([verb, '--input', 'input.csv'], { cwd }), 1, /input\.csv.*director/);
  });

  it('empty file', async () => expectRefusal(await run(''), 3, /input\.csv.*empty/));

  it('header only', async () => expectRefusal(await run(`${EVENT_COLUMNS.join(',')}\n`), 3, /no (data )?rows/));

  it('a required column missing: named, with the nearest present', async () => {
    const columns = EVENT_COLUMNS.map((name) => (name === 'user_session' ? 'user_sesion' : name));
    expectRefusal(await run(eventsCsv({ columns })), 3, /user_session/, /user_sesion/);
  });

  it('a delimiter that nobody can tell: the columns found are named', async () =>
    expectRefusal(await run(eventsCsv({ delimiter: '#' })), 3, /event_time/));

  it('bytes that are no text', async () => {
    const bytes = String.fromCharCode(...Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251));
    expectRefusal(await run(bytes), 3, /input\.csv/);
  });
});

describe('clean', () => {
  it.each([';', '\t', '|'])('reads another usual delimiter: %j', async (delimiter) => {
    const { code, stdout } = await withInput(eventsCsv({ delimiter }), ['clean', '--json', '--quiet']);
    const comma = await withInput(eventsCsv(), ['clean', '--json', '--quiet']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).rowsKept).toBe(JSON.parse(comma.stdout).rowsKept);
  });

  it('NaN, infinite and enormous prices: each row kept or rejected, none lost', async () => {
    const lines = eventsCsv().trimEnd().split('\n');
    const odd = ['NaN', 'inf', '-inf', '1e308', '1e309', '-1e308', 'abc'];
    const changed = lines.map((line, i) => {
      if (i === 0 || i > odd.length) return line;
      const cells = line.split(',');
      cells[6] = odd[i - 1];
      return cells.join(',');
    });
    const { code, stdout, stderr } = await withInput(changed.join('\n'), ['clean', '--json', '--max-bad-rows', '50%']);
    expect(stderr).not.toMatch(/error/);
    expect(code).toBe(0);
    const { rowsIn, rowsKept, rowsRejected, duplicatesRemoved } = JSON.parse(stdout);
    expect(rowsIn).toBe(lines.length - 1);
    expect(rowsKept + rowsRejected + duplicatesRemoved).toBe(rowsIn);
    expect(rowsRejected).toBeGreaterThan(0);
  });

  it('too many bad rows: refused with 3, and rejects.csv says which', async () => {
    const lines = eventsCsv().trimEnd().split('\n');
    const broken = lines.map((line, i) => (i > 0 && i % 10 === 0 ? 'broken' : line));
    const { files, ...finished } = await withInput(broken.join('\n'), ['clean']);
    expectRefusal(finished, 3, /1%|0\.01/, /rejects\.csv/);
    expect(files).toContain('reports/clean/input/rejects.csv');
    expect(files.filter((file) => file.endsWith('.parquet'))).toEqual([]);
  });
});
