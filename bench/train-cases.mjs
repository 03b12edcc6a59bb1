/**
 * The matrix of `train.mjs`: which family, setting, threads and table. A case is named
 * family/setting/threads/table, as in lightgbm/31/1/numeric.
 */

const boosting = { num_iterations: 100, learning_rate: 0.1 };
const eta = { n_estimators: 100, eta: 0.3 };
// CatBoost's own rate for 100 trees lies near .5 and depends on its version: both sides are told one.
const oblivious = { iterations: 100, learning_rate: 0.1 };
// Out-of-bag votes are off on both sides, as by scikit-learn's default.
const bagged = { n_estimators: 100, max_features: 'sqrt', oob_score: false };

/**
 * Parameters by family and setting. `trees` is the name of the parameter that counts them; `share`, where given, is the
 * share of each table's rows: scikit-learn needs about an hour for a hundred full trees on 800,000 rows.
 */
export const SETTINGS = {
  lightgbm: {
    trees: 'num_iterations',
    settings: {
      31: { ...boosting, num_leaves: 31 },
      255: { ...boosting, num_leaves: 255 },
      '31-quantized': { ...boosting, num_leaves: 31, use_quantized_grad: true },
      '255-quantized': { ...boosting, num_leaves: 255, use_quantized_grad: true },
    },
  },
  xgboost: { trees: 'n_estimators', settings: { 6: { ...eta, max_depth: 6 }, 8: { ...eta, max_depth: 8 } } },
  catboost: { trees: 'iterations', settings: { 6: { ...oblivious, depth: 6 }, 8: { ...oblivious, depth: 8 } } },
  'random-forest': {
    trees: 'n_estimators',
    share: 0.125,
    settings: { full: { ...bagged, max_depth: 'none' }, 'leaf-20': { ...bagged, min_samples_leaf: 20 } },
  },
};

export const FAMILY_OF_PEER = {
  lightgbm: 'lightgbm',
  xgboost: 'xgboost',
  catboost: 'catboost',
  'random-forest': 'sklearn',
};

/** Every case whose name has all words of one of the `only` names, in order of family, setting, table, threads. */
export function selectCases(only, tables = ['numeric', 'mixed']) {
  const cases = [];
  for (const [family, { trees, share = 1, settings }] of Object.entries(SETTINGS))
    for (const [setting, parameters] of Object.entries(settings))
      for (const table of tables)
        for (const threads of [1, 2])
          cases.push({
            name: `${family}/${setting}/${threads}/${table}`,
            words: [family, setting, String(threads), table],
            ...{ family, setting, threads, table, share, parameters, trees },
          });
  if (only.length === 0) return cases;
  // A name may stop early (lightgbm/31) and leave words out with * (lightgbm/*/1).
  const matches = (pattern, words) =>
    pattern.split('/').every((word, i) => word === '*' || word === '' || word === words[i]);
  return cases.filter(({ words }) => only.some((pattern) => matches(pattern, words)));
}
