/** A report's data as training would fill them: real metrics and a real blend, of made-up models with known errors. */
import { Random } from '#ecomml/base/random.js';
import { applyBlend } from '#ecomml/ensemble/blend.js';
import { CONFIDENCE_DEFINITION } from '#ecomml/ensemble/confidence.js';
import { fitBlend } from '#ecomml/ensemble/fit-blend.js';
import { curveSet } from '#ecomml/metrics/curve-set.js';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { type ReportData, thinHistory } from '#ecomml/report/report-data.js';
import { sampleMembers } from '../ensemble/members.js';

const NOISE = { catboost: 0.5, xgboost: 0.7, lightgbm: 0.65, 'random-forest': 0.9 };
const FEATURES = [
  ['user_purchases', 'numeric', 'user', 'Purchases of this user before the moment'],
  ['user_conversion', 'numeric', 'user', 'Purchases per view of this user so far, smoothed'],
  ['product_price', 'numeric', 'product', 'Price in the event'],
  ['product_price_to_category_mean', 'numeric', 'product', 'Price divided by the mean price of its category so far'],
  ['product_conversion', 'numeric', 'product', 'Purchases per view of the product so far, smoothed'],
  ['session_seconds', 'numeric', 'temporal', 'Seconds since the session’s first event'],
  ['hour_sin', 'numeric', 'temporal', 'Sine of the time of day'],
  ['weekday', 'categorical', 'temporal', 'Day of the week'],
  ['session_carts', 'numeric', 'behavioural', 'Carts so far in the session'],
  ['product_views_in_session', 'numeric', 'behavioural', 'Views of this product so far in the session'],
  ['brand', 'categorical', 'category', 'Brand of the product'],
  ['category_level_1', 'categorical', 'category', 'First part of the category code'],
  ['a_column_whose_name_is_much_longer_than_any_axis_has_room_for', 'numeric', 'product', 'A long name'],
  ['<script>alert("x")</script>', 'categorical', '=cmd|calc', '=HYPERLINK("x") & <b>bold</b>'],
  ['+1-800', 'numeric', '@group', '-2+3'],
] as const;

export interface SampleSettings {
  readonly rows?: number;
  readonly baseRate?: number;
  readonly title?: string;
  readonly bend?: (z: number) => number;
}

export function sampleReportData({
  rows = 4000,
  baseRate = 0.06,
  title = 'october-shop',
  bend,
}: SampleSettings = {}): ReportData {
  const blending = sampleMembers(rows, baseRate, NOISE, 1, bend);
  const test = sampleMembers(rows, baseRate, NOISE, 2, bend);
  const blend = fitBlend({ members: blending.members, label: blending.label, weights: 'optimized', seed: 1 });
  const probability = applyBlend(blend, test.members);
  const random = new Random(7);
  const positives = (label: Float64Array) => label.reduce((sum, y) => sum + y, 0);
  return {
    format: 1,
    title,
    input: {
      file: '2019-Oct.csv.gz',
      kind: 'events',
      target: 'purchase of the same product later in the session',
      fingerprint: 'sha256:9f2c0b8d6e1a4c7f3b5d2e8a1c6f9b0d4e7a3c5f8b1d6e9a2c4f7b0d3e6a9c1f',
      seed: 1,
      rows: 1_048_575,
      from: '2019-10-01 00:00:00 UTC',
      to: '2019-10-07 23:59:58 UTC',
      quality: {
        rows_in: 1_048_575,
        rows_kept: 1_048_560,
        rows_rejected: 10,
        duplicates_removed: 5,
        rejected: { too_few_fields: 1, negative_price: 9 },
        missing: { brand: 0.142, category_code: 0.329 },
      },
    },
    split_by: 'time, whole sessions',
    purged_sessions: 37,
    split_drift: {
      parts: [
        { name: 'train', rows: 70_000, sampled: 10_000 },
        { name: 'validation', rows: 15_000, sampled: 10_000 },
        { name: 'test', rows: 15_000, sampled: 10_000 },
      ],
      pairs: [
        [0, 1],
        [0, 2],
        [1, 2],
      ],
      moved: [0, 1, 0],
      of: 2,
      features: [
        {
          feature: 'price',
          pairs: [0.08, 0.21, 0.06].map((psi) => ({
            psi,
            psi_chance: 0.003,
            ks: psi / 2,
            ks_p: 0.001,
            level: psi < 0.1 ? ('none' as const) : ('some' as const),
          })),
          missing: [0, 0, 0.01],
        },
        {
          feature: 'brand',
          pairs: [0.01, 0.02, 0.01].map((psi) => ({ psi, psi_chance: 0.003, ks: null, ks_p: null, level: 'none' })),
          missing: [0.14, 0.15, 0.14],
        },
      ],
    },
    suspects: [
      { feature: 'weekday', kind: 'constant', reason: 'has one value in every training row' },
      { feature: 'hour_sin', kind: 'shift', reason: 'tells training rows from validation rows with AUC 0.990' },
    ],
    splits: [
      {
        name: 'train',
        rows: 70_000,
        positives: 4312,
        sessions: 21_200,
        from: '2019-10-01 00:00:00',
        to: '2019-10-05 18:12:44',
      },
      {
        name: 'early stopping',
        rows: 5000,
        positives: 301,
        sessions: 1530,
        from: '2019-10-05 18:12:45',
        to: '2019-10-06 02:10:03',
      },
      {
        name: 'blending',
        rows,
        positives: positives(blending.label),
        sessions: 1544,
        from: '2019-10-06 02:10:04',
        to: '2019-10-06 11:01:59',
      },
      {
        name: 'test',
        rows,
        positives: positives(test.label),
        sessions: 1201,
        from: '2019-10-06 11:02:00',
        to: '2019-10-07 23:59:58',
      },
    ],
    features: FEATURES.map(([name, kind, group, description], i) => ({
      name,
      kind,
      group,
      description,
      missing: i % 4 === 0 ? 0.142 : 0,
      ...(kind === 'categorical' ? { categories: 7 + 13 * i } : {}),
    })),
    models: Object.entries(test.members).map(([name, p], m) => {
      const shares = FEATURES.map((_, i) => (random.next() + 0.2) * Math.exp(-(i + m) / 4));
      const total = shares.reduce((sum, share) => sum + share, 0);
      const rounds = 240 + 60 * m;
      const fall = (floor: number, rise: number) =>
        Float64Array.from({ length: rounds }, (_, t) => floor + 0.1 * Math.exp(-t / 30) + rise * t);
      const boosted = name !== 'random-forest';
      return {
        name,
        metrics: evaluate(p, test.label),
        curves: curveSet({ probability: p, label: test.label }),
        trees: boosted ? rounds - 50 : 100,
        parameters: {
          learning_rate: 0.1,
          num_leaves: 31,
          boosting: name === 'catboost' ? 'Plain' : 'gbdt',
          use_missing: true,
          l2: 1e-9,
        },
        history: boosted ? thinHistory({ train: fall(0.16, -5e-5), valid: fall(0.18, 2e-5) }, rounds - 50) : [],
        importances: FEATURES.map(([feature], i) => ({
          feature,
          gain: shares[i] / total,
          splits: 1 / FEATURES.length,
          permutation: 0.02 * Math.exp(-i / 3),
        })),
      };
    }),
    ensemble: { metrics: evaluate(probability, test.label), curves: curveSet({ probability, label: test.label }) },
    blend,
    confidence_definition: CONFIDENCE_DEFINITION,
    onnx: [
      ...Object.keys(NOISE).map((name, i) => ({ name, rows: 5412, largest_difference: 3.1e-8 * (i + 1) })),
      { name: 'ensemble', rows: 5412, largest_difference: 6.4e-8 },
    ],
    versions: { ecomml: '0.1.0', node: 'v20.20.0', 'onnxruntime-node': '1.30.0' },
    warnings: ['The input ends in the middle of a row: its last line was rejected.'],
  };
}
