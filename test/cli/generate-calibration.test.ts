/** Synthetic events through the whole of ecomml: no row is lost, the bundle says what it was made of, and scores stand by the truth. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { ecomml, emptyFolder } from './run-binary.js';

const EVENTS = 50_000;
const cwd = emptyFolder();

async function done(args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await ecomml([...args, '--json'], { cwd });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

function records(text: string): Record<string, string>[] {
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

interface Scored {
  readonly score: number;
  readonly truth: number;
  readonly label: number;
}

describe('generate, clean, features, train, score', () => {
  let made: Record<string, unknown>;
  let cleaned: Record<string, unknown>;
  let featured: Record<string, unknown>;
  let scored: Record<string, unknown>;
  let manifest: Record<string, never>;
  /** Rows of the test part of the split: no model, weight or calibration has seen them. */
  let test: Scored[];

  beforeAll(async () => {
    made = await done(['generate', '--events', String(EVENTS), '--output', 's.csv.gz', '--truth', 'truth.csv']);
    cleaned = await done(['clean', '--input', 's.csv.gz', '--output', 'clean']);
    featured = await done(['features', '--input', 'clean/events.parquet', '--output', 'features']);
    const small = ['--param', 'lightgbm.num_iterations=60', '--param', 'random-forest.n_estimators=20'];
    const models = ['--models', 'lightgbm,random-forest', '--param', 'random-forest.min_samples_leaf=20', ...small];
    await done(['train', '--input', 'clean/events.parquet', '--output', 'models/s', '--no-id-features', ...models]);
    scored = await done(['score', '--input', 's.csv.gz', '--model', 'models/s', '--output', 'scored.csv']);
    manifest = JSON.parse(readFileSync(join(cwd, 'models/s/bundle.json'), 'utf8')).content;
    const events = records(gunzipSync(readFileSync(join(cwd, 's.csv.gz'))).toString());
    const truth = new Map(
      records(readFileSync(join(cwd, 'truth.csv'), 'utf8')).map((row) => [
        row.source_row,
        Number(row.true_probability),
      ]),
    );
    const pair = (row: Record<string, string>) => `${row.user_session} ${row.product_id}`;
    const bought = new Set(events.filter(({ event_type }) => event_type === 'purchase').map(pair));
    const { cuts } = manifest.split as { cuts: { test: string } };
    test = records(readFileSync(join(cwd, 'scored.csv'), 'utf8'))
      .filter(({ event_time }) => event_time.slice(0, 19) >= cuts.test.replace('T', ' ').slice(0, 19))
      .map((row) => ({
        score: Number(row.purchase_probability),
        truth: truth.get(row.source_row) as number,
        label: bought.has(pair(row)) ? 1 : 0,
      }));
  }, 120_000);

  it('keeps every row and scores every moment', () => {
    expect(cleaned).toMatchObject({ rowsIn: EVENTS, rowsKept: EVENTS, rowsRejected: 0, duplicatesRemoved: 0 });
    expect(cleaned).toMatchObject({ repairs: [], summary: { notices: [{ rows: EVENTS }] } });
    expect(JSON.stringify(cleaned)).toContain('synthetic, made by');
    expect(featured).toMatchObject({ rowsKept: EVENTS, moments: made.moments });
    expect(scored).toMatchObject({ rows_in: EVENTS, rows_scored: made.moments, rows_rejected: 0 });
    expect(test.length).toBeGreaterThan(6000);
    expect(test.every(({ truth }) => truth >= 0 && truth < 1)).toBe(true);
  });

  it('says in manifest and report that the data are made up', async () => {
    expect(manifest.synthetic).toBe(EVENTS);
    await done(['report', '--model', 'models/s', '--format', 'html', '--output', 'reports']);
    expect(readFileSync(join(cwd, 'reports/s.html'), 'utf8')).toContain('50,000 events are synthetic');
  });

  const mean = (rows: readonly Scored[], of: keyof Scored) => rows.reduce((sum, row) => sum + row[of], 0) / rows.length;

  // What a calibration can know: it was fitted on some 260 purchases of the blending rows, about 1.5 moments each, so the
  // rate itself is known to 1 / √(260 / 1.5) = 7.6% of its value; three of that for the mean, and more in a fifth of the
  // rows, where the shape of the curve is uncertain too (and a rate of 2% to half a point).
  it('scores by the truth: in the mean, and in every fifth of the scores', () => {
    expect(Math.abs(mean(test, 'score') / mean(test, 'truth') - 1)).toBeLessThan(0.23);
    const sorted = [...test].sort((a, b) => a.score - b.score);
    for (let fifth = 0; fifth < 5; fifth++) {
      const part = sorted.slice((fifth * sorted.length) / 5, ((fifth + 1) * sorted.length) / 5);
      const truth = mean(part, 'truth');
      expect(Math.abs(mean(part, 'score') - truth), `fifth ${fifth}`).toBeLessThan(0.25 * truth + 0.005);
    }
  });

  it('is bettered by the truth alone, and has learned most of it', () => {
    const logLoss = (of: 'score' | 'truth') =>
      test.reduce((sum, row) => sum - Math.log(row.label === 1 ? row[of] : 1 - row[of]), 0) / test.length;
    expect(logLoss('truth')).toBeLessThan(logLoss('score'));
    const rate = mean(test, 'label');
    const blind = -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
    // Of what the truth betters a constant by, the score has more than half.
    expect(blind - logLoss('score')).toBeGreaterThan(0.5 * (blind - logLoss('truth')));
  });
});
