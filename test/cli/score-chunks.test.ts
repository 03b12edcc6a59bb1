/**
 * Chunks of any size through the real binary: quoted line breaks, CRLF, a byte order mark, empty and broken lines and a last line
 * without its end, each of which some border falls into, give the bytes of one thread with one chunk.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectRefusal } from './refusal.js';
import { ecomml, emptyFolder } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';
import { trainSmallModel } from './small-model.js';

const home = emptyFolder();
const bytes = (name: string) => readFileSync(join(home, name));
const random = new Random(Number(process.env['ECOMML_SEED'] ?? 5));
const SIZES = [1, 2, 7, 64, 1 + random.below(1000), 1000 + random.below(9000), 2 ** 16, 2 ** 20];

/** Rows of every form, mixed at random. */
function polluted(): string {
  const [header, ...rows] = tableCsv({ rows: 400 }).trimEnd().split('\n');
  const lines = rows.map((row, i) => {
    const [amount, visits, channel, bought] = row.split(',');
    const forms = [
      row,
      `"${amount}","${visits}","${channel}","${bought}"`,
      `${amount},${visits},"line one\r\nline ""two""",${bought}`,
      `" ${amount}\n",${visits},${channel},${bought}`,
      `${amount},${visits},münchen 日本 🛒,${bought}`,
      `${amount},${visits},"a,b",`,
      `${row}\r\n`,
      i % 3 === 0 ? 'broken' : row,
      i % 3 === 0 ? `x${row}` : row,
    ];
    return forms[random.below(forms.length)];
  });
  return `\ufeff${[header, ...lines].join('\r\n')}`;
}

async function score(input: string, output: string, ...more: string[]): Promise<void> {
  const args = ['score', '--input', input, '--model', 'models/it', '--output', output, '--columns', 'channel'];
  const done = await ecomml([...args, '--max-bad-rows', '0.5', '--quiet', ...more], { cwd: home });
  expect(done.code, done.stderr).toBe(0);
}

beforeAll(async () => {
  writeTable(home, 'table.csv');
  await trainSmallModel(home, 10);
  const text = polluted();
  writeFileSync(join(home, 'rows.csv'), text);
  writeFileSync(join(home, 'rows.csv.gz'), gzipSync(text));
  await score('rows.csv', 'whole.csv', '--threads', '1', '--chunk-bytes', String(2 ** 26));
  expect(bytes('whole.csv').toString()).toContain('"line one\r\nline ""two"""');
  expect(bytes('whole.rejects.csv').toString().split('\n').length).toBeGreaterThan(10);
});

describe('the bytes of one thread and one chunk', () => {
  it.each(SIZES)('chunks of %i bytes, two threads', async (size) => {
    for (const input of size === 7 || size === 2 ** 16 ? ['rows.csv', 'rows.csv.gz'] : ['rows.csv']) {
      await score(input, 'cut.csv', '--threads', '2', '--chunk-bytes', String(size));
      expect(bytes('cut.csv').equals(bytes('whole.csv'))).toBe(true);
      expect(bytes('cut.rejects.csv').equals(bytes('whole.rejects.csv'))).toBe(true);
    }
  });
});

it('a size that cannot be is refused', async () => {
  const args = ['score', '--input', 'rows.csv', '--model', 'models/it', '--chunk-bytes', '0'];
  expectRefusal(await ecomml(args, { cwd: home }), 2, /--chunk-bytes is "0"/);
});

it('the plan cuts by it', async () => {
  const args = ['score', '--input', 'rows.csv', '--model', 'models/it', '--chunk-bytes', '1000', '--dry-run', '--json'];
  const { inputs } = JSON.parse((await ecomml(args, { cwd: home })).stdout);
  const { length } = bytes('rows.csv');
  expect(inputs[0].chunks).toEqual({
    by: 'byte-ranges',
    from: 0,
    to: length,
    size: 1000,
    count: Math.ceil(length / 1000),
  });
});
