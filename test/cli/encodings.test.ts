import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ecomml } from './run-binary.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'encodings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n';

/** Good rows, one with a negative price in line 5, one with half a character in line 6. */
function events(brand: Uint8Array, half: Uint8Array): Buffer {
  const row = (n: number, price: string, name: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`2019-10-01 00:00:0${n} UTC,view,${n},1,`),
      name,
      Buffer.from(','),
      name,
      Buffer.from(`,${price},7,s1\n`),
    ]);
  return Buffer.concat([
    Buffer.from(HEADER),
    ...[1, 2, 3].map((n) => row(n, '9.5', brand)),
    row(4, '-1', brand),
    row(5, '9.5', half),
    row(6, '9.5', brand),
  ]);
}

describe('files in encodings of East Asia', () => {
  it.each([
    ['GB18030', 'c5aed7b0c1acd2c2c8b9', 'c5aed7b0c1ac81', '女装连衣裙'],
    ['SHIFT_JIS', '8358837d837a89c693c7', '8358837d837aff', 'スマホ家読'],
  ])(
    '%s: found or given, rejects at their lines in their own bytes, mended and added',
    async (name, hex, half, text) => {
      const input = join(folder, `${name}.csv`);
      const bytes = events(Buffer.from(hex, 'hex'), Buffer.from(half, 'hex'));
      writeFileSync(input, bytes);
      const output = join(folder, name);
      // The broken character leaves no encoding that fits all bytes: it is said.
      const args = [
        'clean',
        '--input',
        input,
        '--encoding',
        name.toLowerCase(),
        '--output',
        output,
        '--max-bad-rows',
        '0.9',
      ];
      const first = await ecomml(args);
      expect(first.stderr).toContain(name);
      expect(first.code).toBe(0);
      const rejects = readFileSync(join(output, 'rejects.csv'));
      const lines = bytes.toString('latin1').split('\n');
      expect(rejects.toString('latin1')).toContain(lines[4]);
      expect(rejects.toString('latin1')).toContain(lines[5]);
      expect(rejects.toString()).toMatch(/^5,price,/m);
      expect(rejects.toString()).toMatch(/^6,/m);
      const summary = JSON.parse(readFileSync(join(output, 'quality.json'), 'utf8'));
      expect(summary.rows).toMatchObject({ in: 6, kept: 4, rejected: 2 });
      expect(summary.columns.find((column: { name: string }) => column.name === 'brand').max).toBe(text);
      const mended = join(folder, `${name}-mended.csv`);
      writeFileSync(mended, Buffer.from(rejects.toString('latin1').replace(',-1,', ',1,'), 'latin1'));
      const second = await ecomml([...args, '--mended', mended]);
      expect(second.code).toBe(0);
      expect(JSON.parse(readFileSync(join(output, 'quality.json'), 'utf8')).rows).toMatchObject({
        kept: 5,
        rejected: 1,
      });

      // Without the broken line the encoding is found.
      const whole = join(folder, `${name}-whole.csv`);
      writeFileSync(whole, Buffer.from(bytes.toString('latin1').split('\n').toSpliced(5, 1).join('\n'), 'latin1'));
      const found = await ecomml(['clean', '--input', whole, '--output', output, '--max-bad-rows', '0.9']);
      expect(found.stderr).toContain(name);
      expect(JSON.parse(readFileSync(join(output, 'quality.json'), 'utf8')).rows).toMatchObject({
        kept: 4,
        rejected: 1,
      });
    },
  );
});
