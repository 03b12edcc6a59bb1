import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { Forest } from '#ecomml/forest/forest.js';
import { walkRaw } from '#ecomml/forest/walk.js';
import type { OnnxCalibration } from '#ecomml/onnx/calibration-graph.js';
import { exportEnsemble, exportForest, type OnnxExport } from '#ecomml/onnx/export-onnx.js';
import { columnsOf, interleave } from '#ecomml/onnx/onnx-columns.js';
import { decodeModel } from '#ecomml/onnx/onnx-messages.js';
import { proveExport } from '#ecomml/onnx/prove-export.js';
import { OnnxSession } from '#ecomml/onnx/session.js';
import type { Matrix } from '#ecomml/table/matrix.js';
import { forestCase, rowsFor } from '../forest/arbitrary-forest.js';
import {
  averageForest,
  catboostForest,
  lightgbmForest,
  SAMPLE_FORESTS,
  sampleMatrix,
  sampleRows,
  xgboostForest,
} from '../forest/sample-forests.js';

async function run(exported: OnnxExport, matrix: Matrix): Promise<Record<string, Float64Array>> {
  const session = await OnnxSession.open(exported.bytes, 'test.onnx');
  const columns = columnsOf(exported.members, exported.columns, matrix, 0, matrix.rows);
  const outputs = await session.run(interleave(columns, matrix.rows), matrix.rows);
  await session.close();
  return outputs;
}

/** Both sides add the same doubles; only the order of the sum differs, so 1e-12 is far above what is possible. */
function expectClose(found: Float64Array, expected: Float64Array, tolerance = 1e-12): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(found[i] - expected[i]) <= tolerance * (1 + Math.abs(expected[i]))))
      expect.fail(`row ${i}: ${found[i]} instead of ${expected[i]}`);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('exportForest', () => {
  it.each(SAMPLE_FORESTS)('scores a %s forest in onnxruntime as the walk does', async (name, make) => {
    const forest = make();
    const matrix = sampleMatrix(sampleRows());
    const outputs = await run(exportForest({ name, forest }), matrix);
    const raw = walkRaw(forest, matrix);
    expectClose(outputs.raw_score, raw);
    expectClose(outputs.purchase_probability, forest.link === 'logistic' ? raw.map(sigmoid) : raw);
  });

  it('scores random forests of every kind on their own thresholds', async () => {
    await fc.assert(
      fc.asyncProperty(forestCase(60), async ({ forest, rows }) => {
        const matrix = sampleMatrix(rows);
        const outputs = await run(exportForest({ name: 'm', forest }), matrix);
        expectClose(outputs.raw_score, walkRaw(forest, matrix));
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('gives each row the same score alone and in batches of any size', async () => {
    const forest = lightgbmForest();
    const matrix = sampleMatrix(rowsFor(forest, new Random(4), 5000));
    const exported = exportForest({ name: 'm', forest });
    const expected = walkRaw(forest, matrix);
    for (const rows of [1, 2, 31, 700, 5000]) {
      const part = { rows, columns: matrix.columns.map((c) => ({ ...c, values: c.values.slice(0, rows) })) };
      expectClose((await run(exported, part)).raw_score, expected.slice(0, rows));
    }
  });

  it('gives the same bytes for the same forest, and names its columns and their dictionaries', () => {
    const exported = exportForest({ name: 'catboost', forest: catboostForest() });
    const again = exportForest({ name: 'catboost', forest: catboostForest() });
    expect(Buffer.from(exported.bytes).equals(Buffer.from(again.bytes))).toBe(true);
    const model = decodeModel(exported.bytes);
    const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
    const columns = JSON.parse(metadata['ecomml.columns']);
    expect(columns.map((column: { name: string }) => column.name)).toEqual([
      'price',
      'views',
      'brand',
      'category',
      ...[0, 1, 2, 3].map((k) => `catboost.statistic.${k}`),
    ]);
    expect(columns[3].categories).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(columns[4].statistic.inputs).toEqual(['brand', 'category', 'price']);
    const opTypes = model.graph.node.map((node) => node.opType);
    expect(opTypes).toEqual(['TreeEnsemble', 'Add', 'Sigmoid']);
    expect(model.graph.input[0].type.tensorType.shape.dim).toEqual([{ dimParam: 'N' }, { dimValue: 8 }]);
  });
});

const MEMBERS = [
  { name: 'catboost', forest: catboostForest(), weight: 0.4 },
  { name: 'xgboost', forest: xgboostForest(), weight: 0.3 },
  { name: 'lightgbm', forest: lightgbmForest(), weight: 0.2 },
  { name: 'random-forest', forest: averageForest(), weight: 0.1 },
];

const CALIBRATIONS: readonly (readonly [string, OnnxCalibration, (p: number) => number])[] = [
  ['no', { method: 'none' }, (p) => p],
  ['Platt', { method: 'platt', slope: 1.3, intercept: -0.4 }, (p) => sigmoid(1.3 * Math.log(p / (1 - p)) - 0.4)],
  ['beta', { method: 'beta', a: 0.8, b: 1.6, c: 0.1 }, (p) => sigmoid(0.8 * Math.log(p) - 1.6 * Math.log(1 - p) + 0.1)],
  [
    'isotonic',
    { method: 'isotonic', score: [0.42, 0.5, 0.55], value: [0.1, 0.1, 0.9] },
    (p) => (p <= 0.5 ? 0.1 : p >= 0.55 ? 0.9 : 0.1 + ((p - 0.5) / 0.05) * 0.8),
  ],
];

describe('exportEnsemble', () => {
  it.each(CALIBRATIONS)('blends the members with %s calibration', async (_, calibration, calibrated) => {
    const matrix = sampleMatrix(sampleRows());
    const outputs = await run(exportEnsemble(MEMBERS, calibration), matrix);
    const expected = new Float64Array(matrix.rows);
    for (const { name, forest, weight } of MEMBERS) {
      const raw = walkRaw(forest, matrix);
      const probability = forest.link === 'logistic' ? raw.map(sigmoid) : raw;
      expectClose(outputs[`${name.replace('-', '_')}_probability`], probability);
      for (let i = 0; i < expected.length; i++) expected[i] += weight * probability[i];
    }
    expectClose(outputs.purchase_probability, expected.map(calibrated));
  });

  it('keeps calibrated probabilities finite where all members are certain', async () => {
    const certain = (raw: number): Forest => ({ ...xgboostForest(), treeWeight: new Float64Array(9), intercept: raw });
    for (const raw of [-800, 800]) {
      const members = [{ name: 'm', forest: certain(raw), weight: 1 }];
      const exported = exportEnsemble(members, { method: 'platt', slope: 1, intercept: 0 });
      const outputs = await run(exported, sampleMatrix([[0, 0, 0, 0]]));
      expect(outputs.purchase_probability[0]).toBeCloseTo(raw < 0 ? 0 : 1, 14);
    }
  });

  it('refuses models that read one column differently', () => {
    const other = lightgbmForest();
    const inputs = other.inputs.map((input) => ({ ...input, ...(input.categories && { categories: ['z'] }) }));
    expect(() =>
      exportEnsemble([MEMBERS[1], { name: 'lightgbm', forest: { ...other, inputs }, weight: 1 }], { method: 'none' }),
    ).toThrow(/lightgbm reads the column "brand"/);
  });
});

describe('proveExport', () => {
  const matrix = sampleMatrix(sampleRows().slice(0, 60));

  it.each(SAMPLE_FORESTS)('proves a %s forest', async (name, make) => {
    const proof = await proveExport(exportForest({ name, forest: make() }), matrix, 'm.onnx');
    expect(proof.rows).toBeGreaterThan(matrix.rows + 60);
    expect(proof.largestDifference).toBeLessThan(1e-12);
  });

  it('proves an ensemble with its blend, and finds a wrong blend', async () => {
    const blend = (shift: number) => (probabilities: Readonly<Record<string, Float64Array>>) =>
      probabilities.catboost.map((_, i) =>
        MEMBERS.reduce((sum, { name, weight }) => sum + weight * probabilities[name][i], shift),
      );
    const exported = exportEnsemble(MEMBERS, { method: 'none' });
    expect((await proveExport(exported, matrix, 'm.onnx', blend(0))).largestDifference).toBeLessThan(1e-12);
    await expect(proveExport(exported, matrix, 'm.onnx', blend(2e-6))).rejects.toThrow(/differs by/);
  });

  // Each forest is exported and then proved against another that differs in one respect.
  const put = <T extends { slice(): T; [index: number]: number }>(values: T, index: number, value: number): T => {
    const copy = values.slice();
    copy[index] = value;
    return copy;
  };
  const last = (forest: Forest) => forest.feature.findLastIndex((feature) => feature >= 0);
  const WRONG: readonly (readonly [string, (forest: Forest) => Forest])[] = [
    ['a threshold rounded to float32', (f) => ({ ...f, threshold: f.threshold.map(Math.fround) })],
    ['< for <=', (f) => ({ ...f, operator: f.operator.map((op) => (op === 0 ? 1 : op)) })],
    ['a flipped default', (f) => ({ ...f, defaultLeft: f.defaultLeft.map((d) => 1 - d) })],
    ['a missing mode', (f) => ({ ...f, missingMode: f.missingMode.map((m) => (m === 0 ? 2 : m)) })],
    ['one code more in a set', (f) => ({ ...f, setWords: put(f.setWords, 0, f.setWords[0] | 2) })],
    ['a leaf', (f) => ({ ...f, value: put(f.value, f.left[last(f)], f.value[f.left[last(f)]] + 3e-6) })],
    ['the intercept', (f) => ({ ...f, intercept: f.intercept + 3e-6 })],
  ];
  it.each(WRONG)('finds %s that is wrong', async (_, change) => {
    const forest = lightgbmForest();
    const exported = exportForest({ name: 'lightgbm', forest: change(forest) });
    const claimed = { ...exported, members: [{ name: 'lightgbm', forest }] };
    await expect(proveExport(claimed, matrix, 'm.onnx')).rejects.toThrow(/m\.onnx does not say what the model says/);
  });
});

describe('OnnxSession', () => {
  it('tells inputs and outputs', async () => {
    const session = await OnnxSession.open(exportForest({ name: 'x', forest: xgboostForest() }).bytes, 'x.onnx');
    expect(session.inputs).toEqual([{ name: 'features', type: 'float64', shape: ['N', 4] }]);
    expect(session.outputs.map(({ name }) => name)).toEqual(['raw_score', 'purchase_probability']);
    await expect(session.run(new Float64Array(9), 3)).rejects.toThrow(/takes 4 columns, but the rows have 3/);
    await session.close();
  });

  it('opens a file, and says when there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecomml-onnx-'));
    const path = join(folder, 'x.onnx');
    writeFileSync(path, exportForest({ name: 'x', forest: xgboostForest() }).bytes);
    const session = await OnnxSession.openFile(path);
    const outputs = await session.run(Float64Array.of(0, 0, 0, 0), 1);
    expect(outputs.raw_score[0]).toBe(walkRaw(xgboostForest(), sampleMatrix([[0, 0, 0, 0]]))[0]);
    await session.close();
    writeFileSync(path, 'event_time,event_type\n');
    await expect(OnnxSession.openFile(path)).rejects.toThrow(/x\.onnx is not an ONNX model/);
    rmSync(folder, { recursive: true });
    await expect(OnnxSession.openFile(path)).rejects.toThrow(/x\.onnx cannot be read/);
  });

  it('refuses bytes that are cut, edited or something else', async () => {
    const { bytes } = exportForest({ name: 'x', forest: xgboostForest() });
    for (const bad of [bytes.slice(0, bytes.length / 2), new Uint8Array(100).fill(7), new Uint8Array(0)])
      await expect(OnnxSession.open(bad, 'bad.onnx')).rejects.toThrow(
        /^bad\.onnx is not an ONNX model that can be run/,
      );
  });
});
