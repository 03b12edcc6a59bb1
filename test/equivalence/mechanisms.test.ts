// README.md's table of mechanisms names tests, cases and parameters that exist, and every defining parameter is in it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Family } from '#ecomml/forest/forest.js';
import { FAMILY_PARAMETERS } from '#ecomml/trees/families.js';

const tests = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

const SECTIONS: Readonly<Record<string, Family | undefined>> = {
  LightGBM: 'lightgbm',
  XGBoost: 'xgboost',
  CatBoost: 'catboost',
  'Random forest': 'random-forest',
  'All families': undefined,
};

interface Row {
  readonly family: Family | undefined;
  readonly mechanism: string;
  readonly proofs: { readonly file: string; readonly names: string[] }[];
}

const spans = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

function rowsOf(section: string, family: Family | undefined): Row[] {
  const part = text.split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...part.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].slice(2).map(([, mechanism, cell]) => ({
    family,
    mechanism,
    proofs: cell.split('; `').map((proof) => ({
      file: proof.replace(/^`/, '').split('`')[0],
      names: [...proof.matchAll(/“([^”]+)”/g)].map((match) => match[1]),
    })),
  }));
}

const rows = Object.entries(SECTIONS).flatMap(([section, family]) => rowsOf(section, family));

/** A test's source, and the goldens beside it. */
function sourceOf(file: string): string {
  const goldens = join(tests, dirname(file), 'goldens');
  const beside = existsSync(goldens) ? readdirSync(goldens).map((name) => join(goldens, name)) : [];
  return [join(tests, file), ...beside].map((path) => readFileSync(path, 'utf8')).join('\n');
}

/** What the families are known by (their papers' own mechanisms), by parameter. */
const DEFINING: Readonly<Record<Family, readonly string[]>> = {
  lightgbm: [
    'num_leaves',
    'max_depth',
    'top_rate',
    'enable_bundle',
    'cat_smooth',
    'max_cat_to_onehot',
    'use_quantized_grad',
    'quant_train_renew_leaf',
    'bagging_fraction',
    'feature_fraction',
    'feature_fraction_bynode',
    'extra_trees',
    'path_smooth',
    'monotone_constraints',
    'scale_pos_weight',
    'is_unbalance',
    'lambda_l1',
    'lambda_l2',
    'max_delta_step',
    'drop_rate',
    'boost_from_average',
    'use_missing',
    'zero_as_missing',
  ],
  xgboost: [
    'grow_policy',
    'gamma',
    'alpha',
    'lambda',
    'min_child_weight',
    'max_delta_step',
    'subsample',
    'colsample_bytree',
    'colsample_bylevel',
    'colsample_bynode',
    'monotone_constraints',
    'interaction_constraints',
    'max_cat_threshold',
    'scale_pos_weight',
    'base_score',
    'rate_drop',
    'max_bin',
    'max_leaves',
    'max_cat_to_onehot',
  ],
  catboost: [
    'depth',
    'has_time',
    'permutation_count',
    'boosting_type',
    'max_ctr_complexity',
    'leaf_estimation_iterations',
    'random_strength',
    'bootstrap_type',
    'rsm',
    'feature_border_type',
    'one_hot_max_size',
    'od_type',
    'learning_rate',
    'nan_mode',
    'border_count',
    'score_function',
    'l2_leaf_reg',
    'simple_ctr',
  ],
  'random-forest': [
    'bootstrap',
    'max_samples',
    'max_features',
    'criterion',
    'min_samples_split',
    'min_samples_leaf',
    'class_weight',
    'oob_score',
    'splitter',
    'engine',
  ],
};

describe('the table of mechanisms', () => {
  it('has every section', () => {
    for (const section of Object.keys(SECTIONS)) expect(rowsOf(section, undefined).length, section).toBeGreaterThan(5);
  });

  it.each(rows)('$family: $mechanism', ({ family, mechanism, proofs }) => {
    if (family !== undefined)
      for (const name of spans(mechanism)) expect(Object.keys(FAMILY_PARAMETERS[family])).toContain(name);
    expect(proofs.length).toBeGreaterThan(0);
    for (const { file, names } of proofs) {
      expect(existsSync(join(tests, file)), file).toBe(true);
      const source = sourceOf(file);
      for (const name of names) expect(source.includes(name), `${file} has no ${name}`).toBe(true);
    }
  });

  it.each(Object.entries(DEFINING) as [Family, string[]][])('names what defines %s', (family, parameters) => {
    const named = rows.filter((row) => row.family === family).flatMap((row) => spans(row.mechanism));
    expect(named).toEqual(expect.arrayContaining(parameters));
  });
});
