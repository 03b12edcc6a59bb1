import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bundle } from '#ecomml/bundle/bundle.js';
import { ModelScorer } from '#ecomml/scoring/scoring-model.js';
import { withDatabase } from '#ecomml/table/duckdb.js';
import { evaluateBundle } from '#ecomml/workflows/evaluate.js';
import { exportBundle } from '#ecomml/workflows/export.js';
import { eventRows } from '#ecomml/workflows/labelled-rows.js';
import { loadClean } from '#ecomml/workflows/load-clean.js';
import { score } from '#ecomml/workflows/score.js';
import { type TrainResult, train } from '#ecomml/workflows/train.js';
import { contextOf, EVENTS, plainEvents, SHOPPERS, smallTraining } from './small-training.js';

let root: string;
let bundle: string;
let trained: TrainResult;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ecomml-train-'));
  bundle = join(root, 'two', 'shop');
  trained = await train(smallTraining({ input: EVENTS, output: bundle }), contextOf(2));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function rowsOf(path: string): Record<string, string>[] {
  return parse(readFileSync(path), { columns: true });
}

describe('train on events', () => {
  it('gives the same bundle, byte for byte, for one thread and two', async () => {
    const again = join(root, 'one', 'shop');
    await train(smallTraining({ input: EVENTS, output: again }), contextOf(1));
    const files = readdirSync(bundle).sort();
    expect(readdirSync(again).sort()).toEqual(files);
    expect(files).toEqual(
      expect.arrayContaining(['bundle.json', 'catboost.forest', 'ensemble.onnx', 'history.parquet']),
    );
    for (const file of files)
      expect(readFileSync(join(again, file)).equals(readFileSync(join(bundle, file))), file).toBe(true);
  });

  it('reports each model and the ensemble on the test rows, with intervals', () => {
    expect(Object.keys(trained.models)).toEqual(['catboost', 'xgboost', 'lightgbm', 'random-forest']);
    for (const metrics of [...Object.values(trained.models), trained.ensemble]) {
      expect(metrics.rows).toBe(trained.rows.test);
      expect(metrics.positives).toBe(trained.positives.test);
      expect(metrics.auc).toBeGreaterThan(0);
      expect(metrics.auc_ci?.[0]).toBeLessThanOrEqual(metrics.auc as number);
      expect(metrics.log_loss).toBeGreaterThan(0);
    }
    expect(trained.ensemble.weights).toEqual({ catboost: 0.4, xgboost: 0.3, lightgbm: 0.2, 'random-forest': 0.1 });
  });

  it('exported graphs agree with the model in onnxruntime', () => {
    const { onnx } = Bundle.open(bundle).manifest;
    expect(onnx.map(({ name }) => name)).toEqual(['catboost', 'xgboost', 'lightgbm', 'random-forest', 'ensemble']);
    for (const { rows, largestDifference } of onnx) {
      expect(rows).toBeGreaterThan(256);
      expect(largestDifference).toBeLessThanOrEqual(1e-6);
    }
  });
});

describe('score', () => {
  it('gives each moment of the training file the features, and so the scores, of training: to the bit', async () => {
    const output = join(root, 'scored.csv');
    const result = await score(
      { input: EVENTS, map: {}, maxBadRows: 0.01, model: bundle, output, moments: 'all', columns: [] },
      contextOf(2),
    );
    expect(result.rows_in).toBe(17435);
    expect(result.rows_in).toBe(result.rows_scored + result.rows_rejected + result.rows_passed_over);
    expect(result.passed_over).toEqual({ purchase: 214, duplicate: 5 });
    expect(result.rows_rejected).toBe(1);
    expect(readFileSync(result.rejects as string, 'utf8')).toContain('17436');

    // Training's own path to the features: no history, the whole file at once.
    const frame = await withDatabase({ threads: 1 }, async (db) => {
      await loadClean(db, { input: EVENTS, map: {}, maxBadRows: 0.01 }, contextOf(1));
      return (await eventRows(db, { events: 'clean_events', moments: 'all', idFeatures: true }, contextOf(1))).frame;
    });
    const { probability, confidence, members } = new ModelScorer(Bundle.open(bundle).scoringModel()).scoreFrame(frame);
    const rows = rowsOf(output);
    expect(rows.length).toBe(probability.length);
    rows.forEach((row, i) => {
      const found = [row.purchase_probability, row.confidence, row.catboost, row.random_forest].map(Number);
      const expected = [probability[i], confidence[i], members.catboost[i], members['random-forest'][i]];
      if (found.some((value, k) => !Object.is(value, expected[k]))) expect(found).toEqual(expected);
    });
  });

  it('writes the same bytes for one thread and three, keeps the order, and passes columns through as they are', async () => {
    const options = {
      input: EVENTS,
      map: {},
      maxBadRows: 0.01,
      model: bundle,
      moments: 'all' as const,
      columns: ['price', 'brand'],
    };
    const one = join(root, 'one.csv');
    const three = join(root, 'three.csv');
    await score({ ...options, output: one }, contextOf(1));
    await score({ ...options, output: three }, contextOf(3));
    expect(readFileSync(three).equals(readFileSync(one))).toBe(true);
    const rows = rowsOf(one);
    const numbers = rows.map((row) => Number(row.source_row));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(rows[0]).toMatchObject({ source_row: '1', price: '35.79', brand: 'shiseido' });
  });

  it('with moments last, scores a session and product once and counts the rest', async () => {
    const output = join(root, 'last.csv');
    const result = await score(
      { input: EVENTS, map: {}, maxBadRows: 0.01, model: bundle, output, moments: 'last', columns: [] },
      contextOf(2),
    );
    expect(result.rows_in).toBe(result.rows_scored + result.rows_rejected + result.rows_passed_over);
    expect(result.passed_over.not_last).toBeGreaterThan(0);
    const pairs = rowsOf(output).map((row) => `${row.user_session} ${row.product_id}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it('a later file sees the bundle’s history, and only what lies before each moment', async () => {
    const events = readFileSync(plainEvents(root), 'utf8').split('\r\n');
    const [header, ...lines] = events;
    const tail = join(root, 'tail.csv');
    writeFileSync(tail, `${[header, ...lines.slice(15000, 17000)].join('\r\n')}\r\n`);
    const output = join(root, 'tail.scored.csv');
    await score(
      { input: tail, map: {}, maxBadRows: 0.01, model: bundle, output, moments: 'all', columns: [] },
      contextOf(2),
    );
    const whole = new Map(rowsOf(join(root, 'scored.csv')).map((row) => [Number(row.source_row), row]));
    for (const row of rowsOf(output)) {
      // The whole file was the history, so the tail alone gets the scores that the whole file got.
      const same = whole.get(Number(row.source_row) + 15000);
      expect({ ...row, source_row: '' }).toEqual({ ...same, source_row: '' });
    }
  });
});

describe('a labelled table', () => {
  it('trains, evaluates, scores and exports by the same workflows', async () => {
    const output = join(root, 'shoppers');
    const result = await train(
      smallTraining({ input: SHOPPERS, output, target: 'Revenue', weights: 'optimized' }),
      contextOf(2),
    );
    expect(result.ensemble.auc).toBeGreaterThan(0.9);
    expect(result.rows.train + result.rows.valid + result.rows.test).toBe(12330);

    const judged = await evaluateBundle(
      {
        input: SHOPPERS,
        map: {},
        maxBadRows: 0.01,
        model: output,
        gates: [{ metric: 'auc', comparison: '>=', value: 0.999 }],
      },
      contextOf(2),
    );
    expect(judged.rows.evaluated).toBe(12330);
    expect(judged.gates[0].met).toBe(false);

    const scored = join(root, 'shoppers.scored.csv');
    const counts = await score(
      {
        input: SHOPPERS,
        map: {},
        maxBadRows: 0.01,
        model: output,
        output: scored,
        moments: 'all',
        columns: ['Month', 'Revenue'],
      },
      contextOf(2),
    );
    expect(counts).toMatchObject({ rows_in: 12330, rows_scored: 12330, rows_rejected: 0, rows_passed_over: 0 });
    const rows = rowsOf(scored);
    const mean = (revenue: string) => {
      const chosen = rows.filter((row) => row.Revenue === revenue);
      return chosen.reduce((sum, row) => sum + Number(row.purchase_probability), 0) / chosen.length;
    };
    expect(mean('TRUE')).toBeGreaterThan(3 * mean('FALSE'));

    const folder = join(root, 'exports');
    const exported = await exportBundle(
      { model: output, formats: ['weights', 'onnx'], output: folder, input: SHOPPERS },
      contextOf(2),
    );
    expect(exported.proof.every((one) => one.largest_difference <= 1e-6)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual([
      'catboost.onnx',
      'ensemble.onnx',
      'lightgbm.onnx',
      'onnx-proof.json',
      'random-forest.onnx',
      'weights.json',
      'xgboost.onnx',
    ]);
    const weights = JSON.parse(readFileSync(join(folder, 'weights.json'), 'utf8')).weights as Record<string, number>;
    expect(Object.values(weights).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
});
