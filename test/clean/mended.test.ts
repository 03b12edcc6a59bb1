import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '#ecomml/workflows/clean.js';
import type { CleanOptions } from '#ecomml/workflows/options.js';
import { inDatabase, parseCsvBytes, type Row, testFolder } from '../table/input-files.js';

const folder = testFolder();
const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';
const context = { seed: 1, threads: 1, progress: () => {}, signal: new AbortController().signal };
let run = 0;

async function cleaned(input: string, options: Partial<CleanOptions> = {}) {
  run++;
  const output = `${folder.path}/out-${run}`;
  const result = await clean({ input, output, map: {}, maxBadRows: 0.99, ...options }, context);
  const rows: Row[] = await inDatabase((db) => db.rows(`FROM '${result.outputs.clean}' ORDER BY source_row`));
  const types = await inDatabase((db) => db.describe(`FROM '${result.outputs.clean}'`));
  return { result, rows, types, rejects: readFileSync(result.outputs.rejects) };
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** A copy of rejects.csv in which each original is what `mend` makes of it; undefined leaves the record out. */
function mend(
  rejects: Uint8Array,
  how: (original: string, line: number) => string | undefined,
  encoding: BufferEncoding = 'utf8',
) {
  const [header, ...records] = parseCsvBytes(rejects);
  const lines = records.flatMap(([line, column, reason, original]) => {
    const mended = how(original.toString(encoding), Number(line.toString()));
    return mended === undefined ? [] : [`${line},${column},${quoted(reason.toString())},${quoted(mended)}\n`];
  });
  const path = `${folder.path}/mended-${run}.csv`;
  writeFileSync(path, Buffer.from(`${header.join(',')}\n${lines.join('')}`, encoding));
  return path;
}

const event = (changes: Partial<Record<number, string>>) =>
  ['2019-10-01 00:00:00 UTC', 'view', '1', '2', 'a.b', 'acme', '3.5', 'u', 's']
    .map((cell, c) => changes[c] ?? cell)
    .join(',');

describe('mended rejects', () => {
  it('are read in their own places, and nothing else changes', async () => {
    const input = folder.file(
      'events.csv',
      `${[HEADER, event({}), event({ 0: 'yesterday', 2: '2' }), event({ 2: '3', 5: '"open' }), event({ 2: '4' }), event({ 2: '5', 6: '-1' }), event({ 2: '6', 1: 'wish' })].join('\n')}\n`,
    );
    const before = await cleaned(input);
    expect(before.result).toMatchObject({ rowsIn: 6, rowsKept: 2, rowsRejected: 4 });
    const path = mend(before.rejects, (original, line) => {
      if (line === 3) return original.replace('yesterday', '2019-10-01 00:00:09 UTC');
      if (line === 4) return original.replace('"open', '"two\nlines"');
      // Mended badly, and left as it was.
      return line === 6 ? original.replace(',-1,', ',free,') : undefined;
    });
    const after = await cleaned(input, { mended: path });
    expect(after.result).toMatchObject({ rowsIn: 6, rowsKept: 4, rowsRejected: 2 });
    expect(after.rows.map((row) => row.source_row)).toEqual(['1', '2', '3', '4']);
    expect(after.rows.filter(({ source_row }) => source_row === '1' || source_row === '4')).toEqual(before.rows);
    expect(after.rows[2].brand).toBe('two\nlines');
    expect(
      parseCsvBytes(after.rejects)
        .slice(1)
        .map((fields) => fields.map(String)),
    ).toEqual([
      ['6', 'price', 'not a number', event({ 2: '5', 6: 'free' })],
      ['7', 'event_type', 'unknown event type', event({ 2: '6', 1: 'wish' })],
    ]);
  });

  it('can be mended again and again, until nothing is left', async () => {
    const input = folder.file(
      'events.csv',
      `${[HEADER, event({}), event({ 2: '2', 6: 'x', 1: 'wish' }), event({ 2: '3' })].join('\r\n')}\r\n`,
    );
    const first = await cleaned(input);
    const second = await cleaned(input, { mended: mend(first.rejects, (text) => text.replace('wish', 'Cart')) });
    expect(second.result.rowsRejected).toBe(1);
    const third = await cleaned(input, { mended: mend(second.rejects, (text) => text.replace('x', '1')) });
    expect(third.result).toMatchObject({ rowsKept: 3, rowsRejected: 0 });
    expect(third.rows[1]).toMatchObject({ event_type: 'cart', price: 1 });
  });

  it('of a table do not change the types that the other rows gave', async () => {
    const rows = Array.from({ length: 200 }, (_, r) => `${r === 7 ? 'odd' : r},${r % 2}`);
    const input = folder.file('table.csv', `x,y\n${rows.join('\n')}\n`);
    const before = await cleaned(input);
    const after = await cleaned(input, { mended: mend(before.rejects, (text) => text.replace('odd', '7')) });
    expect(after.types).toEqual(before.types);
    expect(after.rows).toHaveLength(200);
    expect(after.rows.filter(({ source_row }) => source_row !== '8')).toEqual(before.rows);
  });

  it('of Latin-1 may come back in Latin-1 or, as from most editors, in UTF-8', async () => {
    const input = folder.file(
      'latin.csv',
      Buffer.from(`${[HEADER, event({ 5: 'café' }), event({ 2: '2', 5: 'Größe', 6: 'x' })].join('\n')}\n`, 'latin1'),
    );
    const { rejects } = await cleaned(input);
    for (const encoding of ['latin1', 'utf8'] as const) {
      const path = mend(rejects, (text) => text.replace('x', '1'), 'latin1');
      if (encoding === 'utf8') writeFileSync(path, readFileSync(path, 'latin1'), 'utf8');
      const after = await cleaned(input, { mended: path });
      expect(after.rows.map((row) => row.brand)).toEqual(['café', 'Größe']);
    }
  });

  it('are refused for lines that were not rejected, or named twice, or without their columns', async () => {
    const input = folder.file('events.csv', `${[HEADER, event({}), event({ 2: '2', 6: 'x' })].join('\n')}\n`);
    const refusal = async (content: string) => {
      const mended = folder.file('bad-mended.csv', content);
      return cleaned(input, { mended }).then(
        () => 'accepted',
        (error) => `${error.exitCode} ${error.message}`,
      );
    };
    expect(await refusal(`line,column,reason,original\n2,,,"${event({})}"\n`)).toMatch(
      /^3 .*line 2, but that line of .* was not rejected/,
    );
    expect(await refusal('line,column,reason,original\n3,,,a\n3,,,b\n')).toContain('line 3 a second time');
    expect(await refusal('a,b\n1,2\n')).toContain('expected line and original');
    expect(await refusal('line,column,reason,original\n3,x\n')).toContain('has 2 fields, expected 4');
  });

  it('give what the sound file would have given', async () => {
    const faults = fc.constantFrom(
      (cells: string[]) => cells.with(0, 'never'),
      (cells: string[]) => cells.with(6, 'x'),
      (cells: string[]) => cells.slice(0, 7),
      (cells: string[]) => cells.with(5, '"a"b'),
      (cells: string[]) => [...cells, 'more'],
    );
    const line = fc.tuple(fc.constantFrom('acme', '"x, y"', 'é', ''), fc.option(faults, { nil: undefined, freq: 3 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        async (drawn, end) => {
          const sound = [['first', undefined] as const, ...drawn].map(([brand], n) =>
            event({ 2: String(n), 5: brand }),
          );
          const broken = sound.map((text, n) => {
            const fault = n === 0 ? undefined : drawn[n - 1][1];
            const cells = event({ 2: String(n), 5: '' })
              .split(',')
              .with(5, drawn[n - 1]?.[0] ?? 'first');
            return fault === undefined ? text : fault(cells).join(',');
          });
          const file = (lines: string[]) => [HEADER, ...lines, ''].join(end);
          const wanted = await cleaned(folder.file('sound.csv', file(sound)));
          const input = folder.file('broken.csv', file(broken));
          const { rejects } = await cleaned(input);
          const after = await cleaned(input, { mended: mend(rejects, (_, at) => sound[at - 2]) });
          expect(after.rows).toEqual(wanted.rows);
          expect(after.result.rowsRejected).toBe(0);
        },
      ),
      { numRuns: process.env['ECOMML_LONG_TESTS'] === '1' ? 100 : 8 },
    );
  });
});
