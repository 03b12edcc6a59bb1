import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bundle } from '#ecomml/bundle/bundle.js';
import type { EventsSource } from '#ecomml/bundle/manifest.js';
import type { SourcePosition } from '#ecomml/scoring/chunk-source.js';
import { textAt } from '#ecomml/scoring/results.js';
import type { EncodedChunk } from '#ecomml/scoring/score-chunk.js';
import { openEvents } from '#ecomml/workflows/events-to-score.js';
import { score } from '#ecomml/workflows/score.js';
import { train } from '#ecomml/workflows/train.js';
import { contextOf, plainEvents, smallTraining } from './small-training.js';

// Training and the shards of one file; a busy machine takes its time.
const PATIENT = 240_000;

let root: string;
let early: string;
let whole: string;
let bundle: Bundle;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ecomml-events-'));
  whole = plainEvents(root);
  const lines = readFileSync(whole, 'utf8').split('\r\n');
  early = join(root, 'early.csv');
  writeFileSync(early, `${lines.slice(0, 14001).join('\r\n')}\r\n`);
  const models = ['lightgbm'] as const;
  await train(smallTraining({ input: early, output: join(root, 'shop'), models }), contextOf(2));
  bundle = Bundle.open(join(root, 'shop'));
}, PATIENT);
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Read {
  readonly rows: string[];
  readonly positions: SourcePosition[];
  readonly rowsIn: number;
  readonly others: number;
}

/** Everything that the threads would be handed, a text a row. */
async function read(changes: object = {}, after?: SourcePosition): Promise<Read> {
  const options = {
    input: whole,
    map: {},
    maxBadRows: 0.01,
    model: 'shop',
    output: join(root, 'scores.csv'),
    moments: 'all' as const,
    columns: ['price'],
    rejectsPath: join(root, 'rejects.csv'),
    ...changes,
  };
  const { source } = await openEvents(bundle, bundle.manifest.source as EventsSource, options, contextOf(2));
  const rows: string[] = [];
  const positions: SourcePosition[] = [];
  try {
    for await (const { chunk, position } of source.chunks(after)) {
      const encoded = chunk as EncodedChunk;
      expect(encoded.kind).toBe('encoded');
      for (let row = 0; row < encoded.rows; row++) {
        const passed = encoded.passed.map((column) => ('values' in column ? column.values[row] : textAt(column, row)));
        rows.push(JSON.stringify([...passed, ...encoded.columns.map((values) => String(values[row]))]));
      }
      positions.push(position);
    }
    const { rejected, passedOver, rowsIn } = source.counts();
    const others = rejected + Object.values(passedOver).reduce((sum, count) => sum + count, 0);
    return { rows, positions, rowsIn: rowsIn as number, others };
  } finally {
    await source.close();
  }
}

describe('events to score', () => {
  it('shards end to end are the whole, and account for each row of the file once', { timeout: PATIENT }, async () => {
    const all = await read();
    // Of 17,435 rows 214 are purchases, 5 duplicates, and the last is cut in the middle.
    expect(all.rows).toHaveLength(17215);
    expect(all.rowsIn).toBe(17435);
    expect(all.rowsIn).toBe(all.rows.length + all.others);
    for (const of of process.env['ECOMML_LONG_TESTS'] ? [1, 2, 7, 64] : [1, 2, 7]) {
      const shards: Read[] = [];
      for (let index = 1; index <= of; index++) shards.push(await read({ shard: { index, of } }));
      expect(shards.flatMap(({ rows }) => rows)).toEqual(all.rows);
      for (const shard of shards) expect(shard.rowsIn).toBe(shard.rows.length + shard.others);
      expect(shards.reduce((sum, shard) => sum + shard.rowsIn, 0)).toBe(all.rowsIn);
      expect(shards.slice(1).every(({ others }) => others === 0)).toBe(true);
    }
  });

  it('goes on behind any chunk', { timeout: PATIENT }, async () => {
    const all = await read();
    expect(all.positions.length).toBeGreaterThan(1);
    const after = all.positions[0];
    const rest = await read({}, after);
    expect(rest.rows).toEqual(all.rows.slice(after.rows));
    expect(rest.rowsIn).toBe(all.rowsIn);
  });

  it('passes the cells through as the file spells them', async () => {
    const lines = readFileSync(whole, 'utf8').split('\r\n');
    const { rows } = await read({ shard: { index: 3, of: 40 } });
    expect(rows.length).toBeGreaterThan(400);
    for (const row of rows) {
      const [sourceRow, time, type, product, user, session, price] = JSON.parse(row);
      const cells = lines[sourceRow].split(',');
      expect([time, type, product, cells[6], user, session]).toEqual([
        cells[0],
        cells[1],
        cells[2],
        price,
        cells[7],
        cells[8],
      ]);
    }
  });

  it('scores a file in any order of rows alike', { timeout: PATIENT }, async () => {
    const [header, ...lines] = readFileSync(whole, 'utf8').trimEnd().split('\r\n');
    const turned = join(root, 'turned.csv');
    // The last row is cut in the middle: it stays last, where it is rejected and nothing is glued to it.
    const order = [...lines.slice(0, -1).reverse(), lines[lines.length - 1]];
    writeFileSync(turned, `${[header, ...order].join('\r\n')}\r\n`);
    const scoresOf = async (input: string) => {
      const output = join(root, 'out.csv');
      const options = { input, map: {}, maxBadRows: 0.01, model: join(root, 'shop'), output, moments: 'all' as const };
      const result = await score({ ...options, columns: ['price'] }, contextOf(2));
      expect(result.rows_in).toBe(17435);
      const [, ...rows] = readFileSync(output, 'utf8').trimEnd().split('\n');
      const sourceRows = rows.map((row) => Number(row.split(',')[0]));
      expect(sourceRows).toEqual([...sourceRows].sort((a, b) => a - b));
      return rows.map((row) => row.slice(row.indexOf(',') + 1)).sort();
    };
    expect(await scoresOf(turned)).toEqual(await scoresOf(whole));
  });
});
