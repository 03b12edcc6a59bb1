import { describe, expect, it } from 'vitest';
import { familyParameterValues } from '#ecomml/cli/family-parameters.js';

describe('family parameters', () => {
  const table = {
    num_leaves: { type: 'integer', default: 31, min: 2, help: 'leaves of a tree' },
    extra_trees: { type: 'boolean', default: false, help: 'random thresholds' },
  } as const;
  const check = (given: Record<string, string>) =>
    familyParameterValues(given, { catboost: {}, xgboost: {}, lightgbm: table, 'random-forest': {} });

  it('are typed, and only the given ones come back', () => {
    expect(check({ 'lightgbm.num_leaves': '63' })).toEqual({ lightgbm: { num_leaves: 63 } });
  });

  it.each([
    ['lightgbm.num_leafs', '63', 'Did you mean "num_leaves"?'],
    ['lightgmb.num_leaves', '63', 'Did you mean "lightgbm"?'],
    ['lightgbm.num_leaves', '1', 'a whole number of at least 2'],
    ['lightgbm.num_leaves', 'many', 'lightgbm.num_leaves is "many"'],
  ])('%s=%s is refused', (name, value, sentence) => {
    const refused = expect.objectContaining({ message: expect.stringContaining(sentence), exitCode: 2 });
    expect(() => check({ [name]: value })).toThrow(refused);
  });
});
