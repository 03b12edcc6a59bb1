// The blend of trained models taken apart: exact sums on every row, for both games and for pairs, and credit to the user's columns.
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { Blend } from '#ecomml/ensemble/blend.js';
import { encodeFrame, fitEncoder } from '#ecomml/features/encoder.js';
import { FAMILIES } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { ModelExplainer } from '#ecomml/scoring/model-explainer.js';
import { ModelScorer, type ScoringModel } from '#ecomml/scoring/scoring-model.js';
import { topContributions } from '#ecomml/scoring/top-contributions.js';
import type { Frame } from '#ecomml/table/frame.js';
import { takeRows } from '#ecomml/table/matrix.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';

const ROWS = 800;
const pool = new KernelPool(2);
afterAll(() => pool.close());

const FEW = {
  catboost: { iterations: 30, learning_rate: 0.2, model_size_reg: 0 },
  xgboost: { n_estimators: 15 },
  lightgbm: { num_iterations: 15 },
  'random-forest': { n_estimators: 10 },
};

/** Bought by price, and by brand and city together; "noise" says nothing. */
function shop(): { frame: Frame; label: Float64Array } {
  const random = new Random(3);
  const price = Float64Array.from({ length: ROWS }, () => (random.below(15) === 0 ? Number.NaN : random.normal()));
  const noise = Float64Array.from({ length: ROWS }, () => random.normal());
  const brand = Int32Array.from({ length: ROWS }, () => random.below(7));
  const city = Int32Array.from({ length: ROWS }, () => random.below(10) - 1);
  const label = Float64Array.from({ length: ROWS }, (_, row) => {
    const score = -2 * (price[row] || 0) + (brand[row] % 2 === 1 && city[row] % 3 === 1 ? 3 : -1);
    return random.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  const texts = (word: string, count: number) => Array.from({ length: count }, (_, code) => `${word} ${code}`);
  const frame: Frame = {
    rows: ROWS,
    columns: [
      { kind: 'numeric', name: 'price', values: price },
      { kind: 'numeric', name: 'noise', values: noise },
      { kind: 'categorical', name: 'brand', codes: brand, categories: texts('brand', 7) },
      { kind: 'categorical', name: 'city', codes: city, categories: texts('city', 9) },
    ],
  };
  return { frame, label };
}

const { frame, label } = shop();
const encoder = fitEncoder(frame, [...Array(ROWS).keys()]);
const matrix = encodeFrame(frame, encoder);
const members: ScoringModel['members'][number][] = [];
for (const family of FAMILIES) {
  const train = await loadTrainer(family);
  const parameters = familyParameters(family, FEW[family]);
  const job = { train: { matrix, label }, hasTime: false, parameters, earlyStoppingRounds: 0, seed: 1, pool };
  members.push({ family, forest: train(job).forest });
}

const CALIBRATIONS: readonly Blend['calibration'][] = [
  { method: 'none' },
  { method: 'platt', slope: 1.2, intercept: -0.1 },
  { method: 'beta', a: 0.8, b: 1.3, c: 0.1 },
  { method: 'isotonic', score: [0.1, 0.4, 0.7], value: [0.05, 0.45, 0.9] },
];

function modelWith(calibration: Blend['calibration']): ScoringModel {
  const weights = { catboost: 0.4, xgboost: 0.3, lightgbm: 0.2, 'random-forest': 0.1 };
  const confidence = { probability: [0, 1], lower: [0, 0], upper: [1, 1] };
  const blend = { weights, weights_from: 'default', calibration, confidence, notes: [] } as unknown as Blend;
  return { encoder, members, blend };
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
const head = takeRows(matrix, [...Array(40).keys()]);
const background = takeRows(
  matrix,
  Array.from({ length: 30 }, (_, i) => 100 + i * 20),
);

describe('ModelExplainer', () => {
  it.each(CALIBRATIONS)('sums to the probability that scoring gives, on every row: $method', (calibration) => {
    const model = modelWith(calibration);
    const { probability } = new ModelScorer(model).scoreMatrix(matrix);
    const { base, values } = new ModelExplainer(model, { pool }).explainMatrix(matrix);
    for (let row = 0; row < ROWS; row++) {
      const sum = base + sumOf(values.subarray(row * 4, row * 4 + 4));
      // Raw scores add up to 1e-12; the steepest stretch of these calibrations multiplies that by 2.
      expect(Math.abs(sum - probability[row])).toBeLessThan(1e-9);
    }
  });

  it('does so against a background, and pairs sum to their inputs’ values for members and blend', () => {
    const model = modelWith(CALIBRATIONS[1]);
    const { probability } = new ModelScorer(model).scoreMatrix(head);
    const explainer = new ModelExplainer(model, { pool, background });
    const found = explainer.explainMatrix(head);
    const pairs = explainer.explainPairs(head);
    for (let row = 0; row < head.rows; row++) {
      expect(Math.abs(found.base + sumOf(found.values.subarray(row * 4, row * 4 + 4)) - probability[row])).toBeLessThan(
        1e-9,
      );
      for (let i = 0; i < 4; i++) {
        const at = row * 4 + i;
        expect(Math.abs(sumOf(pairs.values.subarray(at * 4, at * 4 + 4)) - found.values[at])).toBeLessThan(1e-9);
        found.members.forEach((member, m) => {
          const cells = pairs.members[m].shap.values.subarray(at * 4, at * 4 + 4);
          expect(Math.abs(sumOf(cells) - member.shap.values[at])).toBeLessThan(1e-9);
        });
      }
    }
  });

  it('credits categories, their target statistics and combinations to the user’s columns', () => {
    const { inputs, values, members } = new ModelExplainer(modelWith(CALIBRATIONS[0]), { pool }).explainMatrix(matrix);
    expect(inputs).toEqual(['price', 'noise', 'brand', 'city']);
    expect(members.map(({ family, unit }) => `${family} ${unit}`)).toEqual([
      'catboost log odds',
      'xgboost log odds',
      'lightgbm log odds',
      'random-forest points',
    ]);
    const strength = [0, 1, 2, 3].map((i) => values.reduce((sum, v, at) => sum + (at % 4 === i ? Math.abs(v) : 0), 0));
    for (const i of [0, 2, 3]) expect(strength[i]).toBeGreaterThan(1.5 * strength[1]);
  });

  it('explains a frame with unseen and missing categories as it scores one', () => {
    const model = modelWith(CALIBRATIONS[1]);
    const odd: Frame = {
      rows: 2,
      columns: [
        { kind: 'categorical', name: 'city', codes: Int32Array.of(-1, 0), categories: ['Atlantis'] },
        { kind: 'categorical', name: 'brand', codes: Int32Array.of(0, 0), categories: ['<script>'] },
        { kind: 'numeric', name: 'price', values: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY) },
        { kind: 'numeric', name: 'noise', values: Float64Array.of(0, Number.NEGATIVE_INFINITY) },
      ],
    };
    const { probability } = new ModelScorer(model).scoreFrame(odd);
    const { base, values } = new ModelExplainer(model, { pool }).explainFrame(odd);
    for (const row of [0, 1])
      expect(Math.abs(base + sumOf(values.subarray(row * 4, row * 4 + 4)) - probability[row])).toBeLessThan(1e-9);
  });

  it('names the largest contributions first, ties in the inputs’ order, none of 0', () => {
    const rows = { inputs: ['a', 'b', 'c', 'd'], values: Float64Array.of(9, 9, 9, 9, 0.1, -0.3, 0, -0.1) };
    expect(topContributions(rows, 1, 5)).toEqual([
      { input: 'b', points: -0.3 },
      { input: 'a', points: 0.1 },
      { input: 'd', points: -0.1 },
    ]);
    expect(topContributions(rows, 1, 1)).toHaveLength(1);
  });
});
