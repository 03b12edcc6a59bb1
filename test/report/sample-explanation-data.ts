/** Explanation data of a made-up additive model, whose contributions, curves and trees are known, for the drawings' tests. */
import { Random } from '#ecomml/base/random.js';
import type { ExplanationData, RowExplanation, WhatIf } from '#ecomml/explain/explanation-data.js';
import type { DriftInsight, InsightData, Segment } from '#ecomml/explain/insight-data.js';

export interface ExplanationSettings {
  readonly features?: readonly string[];
  readonly rows?: number;
  readonly labelled?: boolean;
}

const FEATURES = [
  'user_purchases',
  'product_price',
  'session_carts',
  'brand',
  '<script>alert("x")</script>',
  '=cmd|calc',
  'weekday',
  'מחיר המוצר',
];
const isText = (i: number) => i % 4 === 3;
const BASE = 0.061;

export function sampleExplanation({
  features = FEATURES,
  rows = 6,
  labelled = true,
}: ExplanationSettings = {}): ExplanationData {
  const random = new Random(11);
  const size = (i: number) => 0.05 * Math.exp(-i / 3) + 1e-5;
  const top = features.slice(0, 10);
  const names = Array.from({ length: rows }, (_, i) => `user ${100 + i}, product ${7 * i}`);
  return {
    format: 1,
    sample: {
      source: 'test rows of training',
      rows: 2000,
      of: 17_000,
      positives: labelled ? 130 : null,
      background: 500,
      seed: 1,
    },
    features: features.map((name, i) => ({
      name,
      kind: isText(i) ? 'categorical' : 'numeric',
      ...(i % 2 === 0 ? { description: `What ${name} means`, unit: 'events' } : {}),
      actionable: i % 3 === 0 ? true : i % 3 === 1 ? false : null,
    })),
    shap: {
      method: 'path-dependent',
      base: BASE,
      members: [{ name: 'lightgbm', weight: 1, unit: 'log odds', base: -2.7 }],
      largest_residual: 3e-12,
      beeswarm: {
        from: -0.1,
        to: 0.3,
        bins: 60,
        features: top.map((feature, i) => {
          const counts = new Map<string, number>();
          for (let row = 0; row < 800; row++) {
            const u = random.next();
            const level = isText(i) ? 9 : Math.floor(u * 5);
            const value = (u - 0.35 + 0.2 * random.next()) * size(i) * 4;
            const bin = Math.min(59, Math.max(0, Math.floor(((value + 0.1) / 0.4) * 60)));
            counts.set(`${bin} ${level}`, (counts.get(`${bin} ${level}`) ?? 0) + 1);
          }
          return {
            feature,
            cells: [...counts].map(([key, count]) => {
              const [bin, level] = key.split(' ').map(Number);
              return { bin, level: level === 9 ? null : level, count };
            }),
          };
        }),
      },
    },
    importances: features.map((feature, i) => ({
      feature,
      shap: size(i),
      shap_interval: [size(i) * 0.9, size(i) * 1.12],
      shap_mean: size(i) * (i % 2 === 0 ? 0.2 : -0.2),
      direction: isText(i) ? null : i % 2 === 0 ? 0.8 : -0.7,
      members: { lightgbm: size(i) * 9 },
      gain: { lightgbm: size(i) * 6 },
      splits: { lightgbm: 1 / features.length },
      permutation: labelled
        ? { log_loss_rise: size(i) / 3 - 1e-4, interval: [size(i) / 4 - 2e-4, size(i) / 2], repeats: 5 }
        : null,
    })),
    dependence: top.map((feature, i) => dependenceOf(feature, i, size(i), random, features)),
    interactions:
      top.length < 2
        ? null
        : {
            rows: 500,
            h_rows: 100,
            pairs: top.slice(1).map((b, i) => ({
              a: top[0],
              b,
              strength: size(i) / 4,
              h_squared: i < 3 ? 0.2 / (i + 1) : null,
              ...(i < 3
                ? {
                    grid: {
                      a: bins(5),
                      b: bins(6),
                      cells: Array.from(
                        { length: 29 },
                        (_, c) => [c % 5, Math.floor(c / 5), 10 + c, (((c * 7) % 11) - 5) * 1e-3] as const,
                      ),
                    },
                  }
                : {}),
            })),
          },
    partial_dependence: top.map((feature, i) => ({
      feature,
      kind: isText(i) ? ('categorical' as const) : ('numeric' as const),
      grid: Array.from({ length: 12 }, (_, g) => (isText(i) ? `category ${g}` : g * 2)),
      mean: Array.from({ length: 12 }, (_, g) => BASE + size(i) * (g / 12)),
      low: Array.from({ length: 12 }, (_, g) => BASE + size(i) * (g / 12) - 0.004),
      high: Array.from({ length: 12 }, (_, g) => BASE + size(i) * (g / 12) + 0.004),
      curves: isText(i)
        ? []
        : Array.from({ length: 20 }, () => {
            const shift = (random.next() - 0.5) * 0.1;
            return Array.from({ length: 12 }, (_, g) => Math.max(0.001, BASE + shift + size(i) * (g / 12)));
          }),
      support: Array.from({ length: 12 }, (_, g) => (g + 1) / 12),
    })),
    decision: {
      features: top,
      rows: Array.from({ length: 40 }, (_, row) => {
        const points = top.map((_, i) => (random.next() - 0.4) * size(i));
        const rest = 0.001;
        return {
          probability: BASE + rest + points.reduce((sum, p) => sum + p, 0),
          label: labelled ? Number(row % 5 === 0) : null,
          points,
          rest,
        };
      }),
    },
    rows: names.map((name, i) => rowOf(name, i, top, features.length, random, labelled)),
    what_if: whatIfOf(top, names),
    insights: insightsOf(top, labelled),
    notes: ['SHAP was computed on 2,000 of 17,000 rows.'],
    methods: [{ name: 'SHAP', text: 'Exact path-dependent SHAP values by quadrature.' }],
  };
}

const bins = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    label: `${2 * i} to ${2 * i + 2}`,
    from: 2 * i,
    to: 2 * i + 2,
    rows: 100 - i,
  }));

function dependenceOf(feature: string, i: number, size: number, random: Random, features: readonly string[]) {
  const kind = isText(i) ? ('categorical' as const) : ('numeric' as const);
  const found = bins(12).map((bin, b) => ({
    ...bin,
    mean: size * (b / 6 - 1),
    low: size * (b / 6 - 1.5),
    high: size * (b / 6 - 0.5),
  }));
  const named = found.map(({ from: _, to: __, ...rest }, b) => ({ ...rest, label: `category ${b}` }));
  const missing = { label: 'missing', rows: 12, mean: -size, low: -size, high: -size / 2 };
  return {
    feature,
    kind,
    bins: kind === 'numeric' ? [...found, missing] : named,
    partner: features.length > 1 ? features[(i + 1) % features.length] : null,
    points: Array.from({ length: 200 }, () => {
      const value = random.next() * 24;
      return [value, size * (value / 12 - 1 + (random.next() - 0.5) / 2), Math.floor(random.next() * 5)] as const;
    }),
  };
}

function rowOf(
  name: string,
  i: number,
  top: readonly string[],
  all: number,
  random: Random,
  labelled: boolean,
): RowExplanation {
  const contributions = top
    .map((feature, f) => ({
      feature,
      value: isText(f) ? 'samsung' : 4,
      shown: isText(f) ? 'samsung' : '4 events',
      rank: isText(f) ? null : 0.8,
      points: (random.next() - 0.35) * 0.2 * Math.exp(-f / 2),
      members: { lightgbm: 0.4 },
    }))
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const rest = { features: all - top.length, points: all > top.length ? 0.002 : 0 };
  const probability = contributions.reduce((sum, one) => sum + one.points, BASE + rest.points);
  return {
    name,
    chosen: ['likeliest', 'least likely', 'near the threshold', 'most wrong'][i % 4],
    source_row: null,
    ids: { user_id: String(100 + i) },
    probability,
    confidence: 0.71,
    label: labelled ? i % 2 : null,
    base: BASE,
    members: { lightgbm: probability },
    contributions,
    rest,
    reasons: contributions
      .slice(0, 3)
      .map(
        (one) =>
          `${one.feature} is ${one.shown}: ${one.points > 0 ? '+' : '−'}${Math.abs(one.points * 100).toFixed(1)} points`,
      ),
    lime: {
      samples: 5000,
      r_squared: 0.41,
      intercept: 0.05,
      local_probability: probability * 0.9,
      probability,
      terms: contributions.slice(0, 6).map((one, t) => ({
        feature: one.feature,
        condition: `2 < ${one.feature} ≤ 5`,
        weight: one.points * (t === 4 ? -0.5 : 0.8),
      })),
      agreement: { rank: 0.83, sign: 0.92 },
      warning: i === 0 ? 'The local fit is poor (R² 0.41): read it with care.' : null,
    },
    warnings: i === 1 ? ['brand "nobody" was not seen in training.'] : [],
  };
}

/** Two stumps: column 0 by a threshold, the first category by a set. */
export function whatIfOf(columns: readonly string[], starts: readonly string[]): WhatIf {
  const text = columns.findIndex((_, i) => isText(i));
  return {
    kind: 'surrogate',
    fidelity: { rows: 400, r_squared: 0.93, mean_difference: 0.008, p95_difference: 0.03 },
    columns: columns.map((name, i) => ({
      name,
      kind: isText(i) ? ('categorical' as const) : ('numeric' as const),
      actionable: i === 0,
      ...(isText(i) ? { categories: ['samsung', 'apple', '<b>'] } : { from: 0, to: 24, step: 1, whole: true }),
      can_be_missing: true,
    })),
    intercept: -2.5,
    tree_start: text < 0 ? [0, 3] : [0, 3, 6],
    feature: text < 0 ? [0, -1, -1] : [0, -1, -1, text, -1, -1],
    threshold: text < 0 ? [3.5, 0, 0] : [3.5, 0, 0, 0, 0, 0],
    missing_left: [1, 0, 0, 0, 0, 0],
    left: [1, 0, 0, 4, 0, 0],
    right: [2, 0, 0, 5, 0, 0],
    value: [0, -0.5, 1, 0, 0.7, -0.1],
    sets: [[1, 2]],
    starts: starts.map((name, i) => ({
      name,
      cells: columns.map((_, c) => (isText(c) ? i % 3 : c === 1 ? null : i)),
      probability: 0.05 + 0.01 * i,
    })),
  };
}

function insightsOf(top: readonly string[], labelled: boolean): InsightData {
  const segment = (feature: string, i: number): Segment => ({
    feature,
    condition: `${feature} 3 to 5`,
    words: `${feature} between 3 and 5`,
    rows: 900 - 90 * i,
    positives: 80 - 9 * i,
    rate: 0.09 - 0.012 * i,
    interval: [0.07 - 0.012 * i, 0.12 - 0.012 * i],
    expected: 0.05,
    difference: 0.04 - 0.012 * i,
    difference_interval: [0.02 - 0.012 * i, 0.07 - 0.012 * i],
    p_value: 1e-5 * (i + 1),
    q_value: 1e-4 * (i + 1),
  });
  const points = Array.from({ length: 60 }, (_, i) => {
    const rows = i * 70;
    const positives = Math.round(260 * (1 - Math.exp(-i / 14)));
    return { threshold: i === 0 ? 1 : Math.exp(-i / 15), rows, positives, profit: positives * 30 - rows };
  });
  const best = points.reduce((top, point) => (point.profit > top.profit ? point : top));
  const choice = ({ threshold, rows, positives, profit }: (typeof points)[number]) => ({
    threshold,
    rows,
    positives,
    profit,
    interval: [profit * 0.9, profit * 1.1] as const,
  });
  const lever = (feature: string, i: number) => ({
    feature,
    shap: 0.03 / (i + 1),
    share: 0.2,
    effects: i === 0 ? [{ change: '10% lower: +0.4 points', points: 0.004 }] : [],
    description: `About ${feature}`,
  });
  return {
    segments: labelled
      ? {
          rows: 2000,
          average: 0.065,
          tested: 84,
          false_discovery_rate: 0.05,
          against_average: top.slice(0, 6).map(segment),
          against_model: top.slice(0, 2).map(segment),
        }
      : null,
    profit: labelled
      ? {
          margin: 30,
          cost: 1,
          assumed: true,
          points,
          best: choice(best),
          break_even: choice(points[30]),
          everybody: choice(points[59]),
        }
      : null,
    actions: {
      assumptions: ['A reminder raises the odds by 10%: nobody has measured it here.'],
      economics: {
        margin: 30,
        reminder_cost: 0.1,
        reminder_lift: 0.1,
        discount_lift: 0.3,
        discount_cost: 0.2,
        assumed: true,
      },
      actions: (['leave alone', 'remind', 'discount'] as const).map((action, i) => ({
        action,
        from: i === 0 ? 0 : 0.1 * i,
        to: i === 2 ? 1 : 0.1 * (i + 1),
        rows: 1500 - 600 * i,
        share: 0.75 - 0.3 * i,
        mean_probability: 0.04 + 0.1 * i,
        rate: labelled ? 0.05 + 0.1 * i : null,
        purchases_without: 40,
        purchases_with: 40 + 4 * i,
        gain: 51.5 * i,
        gain_interval: [30 * i, 70 * i],
        words: `because ${action} pays`,
      })),
      gain: 154.5,
      gain_interval: [90, 210],
    },
    levers: top.slice(0, 3).map(lever),
    not_actionable: top.slice(3).map(lever),
    levers_known: true,
    drift: driftOf(top),
  };
}

function driftOf(top: readonly string[]): DriftInsight {
  const drift = (feature: string, i: number) => ({
    feature,
    psi: 0.31 / (i + 1),
    psi_chance: 0.02,
    ks: isText(i) ? null : 0.2,
    ks_p: isText(i) ? null : 1e-6,
    level: i === 0 ? ('much' as const) : i === 1 ? ('some' as const) : ('none' as const),
    missing: [0.1, 0.12] as const,
    unseen: isText(i) ? 0.03 : null,
    bins: Array.from({ length: 8 }, (_, b) => ({
      label: `${b} to ${b + 1}`,
      reference: 0.125,
      compared: 0.09 + 0.01 * b,
    })),
  });
  return {
    reference: 'training',
    compared: 'test',
    reference_rows: 70_000,
    compared_rows: 4000,
    features: top.map(drift),
    prediction: { ...drift('purchase_probability', 3), level: 'none' },
  };
}
