import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectRefusal, filesIn } from './refusal.js';
import { ecomml, emptyFolder } from './run-binary.js';

const made = ['generate', '--events', '5000', '--output', 'synthetic.csv'];

describe('the file', () => {
  it('is the same for a seed: with any threads, with and without the truth, gzipped, and on stdout', async () => {
    const cwd = emptyFolder();
    const first = await ecomml([...made, '--threads', '1', '--truth', 'truth.csv'], { cwd });
    expect(first).toMatchObject({ code: 0 });
    expect(filesIn(cwd)).toEqual(['synthetic.csv', 'truth.csv']);
    const bytes = readFileSync(join(cwd, 'synthetic.csv'));
    const again = await ecomml(
      ['generate', '--events', '5000', '--output', 'again/deep/synthetic.csv.gz', '--threads', '3'],
      { cwd },
    );
    expect(again.code).toBe(0);
    expect(gunzipSync(readFileSync(join(cwd, 'again/deep/synthetic.csv.gz'))).equals(bytes)).toBe(true);
    const piped = await ecomml(['generate', '--events', '5000', '--output', '-'], { cwd });
    expect(piped.code).toBe(0);
    expect(piped.stdout).toBe(bytes.toString());
    expect(piped.stderr).toContain('5,000 synthetic events');
    const other = await ecomml(['generate', '--events', '5000', '--seed', '2', '--output', '-'], { cwd });
    expect(other.stdout).not.toBe(piped.stdout);
  });

  it('has the columns of REES46, and the truth a line a moment by source_row', async () => {
    const cwd = emptyFolder();
    const { stdout } = await ecomml([...made, '--truth', 'truth.csv', '--json'], { cwd });
    const result = JSON.parse(stdout);
    const lines = readFileSync(join(cwd, 'synthetic.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe(
      'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session',
    );
    expect(lines.length).toBe(5001);
    const shape =
      /^2024-\d\d-\d\d \d\d:\d\d:\d\d UTC,(view|cart|remove_from_cart|purchase),\d{7},\d{19},([a-z_.]*),(synthetic-\d{3})?,\d+\.\d\d,\d{9},synthetic-1-\d{9}$/;
    for (const line of lines.slice(1)) expect(line).toMatch(shape);
    const truth = readFileSync(join(cwd, 'truth.csv'), 'utf8').trimEnd().split('\n');
    expect(truth[0]).toBe('source_row,user_session,product_id,event_type,true_probability');
    let sum = 0;
    for (const line of truth.slice(1)) {
      const [row, session, product, type, probability] = line.split(',');
      const event = lines[Number(row)].split(',');
      expect([event[1], event[2], event[8]]).toEqual([type, product, session]);
      expect(probability).toMatch(/^0\.\d{9}$/);
      sum += Number(probability);
    }
    expect(result).toMatchObject({
      synthetic: true,
      events: 5000,
      seed: 1,
      output: 'synthetic.csv',
      truth: 'truth.csv',
    });
    expect(truth.length - 1).toBe(result.moments);
    expect(result.event_types.view + result.event_types.cart).toBe(result.moments);
    // Rounded to nine decimals each.
    expect(result.mean_true_probability).toBeCloseTo(sum / result.moments, 8);
  });

  it('ends quietly when its reader goes', async () => {
    const { code, stderr } = await ecomml(['generate', '--events', '2000000', '--output', '-'], {
      started: (child) => child.stdout?.once('data', () => child.stdout?.destroy()),
    });
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/error|EPIPE/);
  });

  it('leaves nothing when it is interrupted', async () => {
    const cwd = emptyFolder();
    const run = await ecomml(['generate', '--events', '1e9', '--output', 'synthetic.csv.gz', '--truth', 'truth.csv'], {
      cwd,
      started: (child) => {
        const look = setInterval(() => {
          // The aside file has grown: it is under way.
          if (!filesIn(cwd).some((file) => statSync(join(cwd, file)).size > 100_000)) return;
          clearInterval(look);
          child.kill('SIGINT');
        }, 50);
      },
    });
    expect(run).toMatchObject({ code: 130, stdout: '' });
    expect(filesIn(cwd)).toEqual([]);
  });

  it('says that it is synthetic in the help', async () => {
    expect((await ecomml(['generate', '--help'])).stdout).toMatch(/synthetic/);
  });
});

describe('what cannot be', () => {
  it.each([
    [['--events', '0'], /--events is "0", but must be a whole number from 1/],
    [['--events', '-5'], /--events is "-5"/],
    [['--events', '1.5'], /--events is "1.5"/],
    [['--events', 'many'], /--events is "many"/],
    [['--days', '0'], /--days is "0"/],
    [['--events', '1e11', '--days', '1'], /more than 1,000,000,000 a day/],
    [['--truth', '-'], /stdout is for the events/],
    [['--truth', './synthetic.csv'], /both name synthetic.csv/],
  ])('%j is refused as usage', async (args, message) => {
    const cwd = emptyFolder();
    const finished = await ecomml([...made, ...args], { cwd });
    expectRefusal({ ...finished, files: filesIn(cwd) }, 2, message);
  });

  it('needs an output', async () => {
    expectRefusal(await ecomml(['generate', '--events', '5']), 2, /needs --output/);
  });

  it('replaces nothing', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'real.csv'), 'dear');
    mkdirSync(join(cwd, 'folder'));
    expectRefusal(await ecomml(['generate', '--output', 'real.csv'], { cwd }), 2, /real\.csv is there already/);
    expectRefusal(await ecomml([...made, '--truth', 'real.csv'], { cwd }), 2, /real\.csv is there already/);
    expectRefusal(await ecomml(['generate', '--output', 'folder'], { cwd }), 2, /folder is a directory/);
    expectRefusal(await ecomml(['generate', '--output', 'real.csv/x.csv'], { cwd }), 2, /real\.csv is a file/);
    expectRefusal(await ecomml(['generate', '--output', 'real.csv/y/x.csv'], { cwd }), 1, /real\.csv/);
    expect(filesIn(cwd)).toEqual(['real.csv']);
    expect(readFileSync(join(cwd, 'real.csv'), 'utf8')).toBe('dear');
  });

  it.skipIf(process.getuid?.() === 0)('says so of a folder it may not write in', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'locked'), { mode: 0o500 });
    expectRefusal(await ecomml(['generate', '--output', 'locked/x.csv'], { cwd }), 1, /locked\/x\.csv .*permission/);
  });

  it.skipIf(process.platform !== 'linux')('says so of a place where no file can be', async () => {
    // Of root, too, no file can be made in /proc.
    expectRefusal(await ecomml(['generate', '--output', '/proc/x.csv']), 1, /\/proc\/x\.csv/);
  });
});
