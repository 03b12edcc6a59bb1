import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Forest } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { ParameterValues } from '#ecomml/trees/parameters.js';
import { plainPool } from '../kernels/plain-pool.js';
import { labelled, noisyTable, train } from './random-forest-material.js';

const pools = [1, 2, 3].map((threads) => new KernelPool(threads));
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});

/** Every array of the forest as bytes. */
function bytes(forest: Forest): string {
  return Object.values(forest)
    .filter((part) => ArrayBuffer.isView(part))
    .map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64'))
    .join('|');
}

const CASES: [string, ParameterValues][] = [
  ['defaults', {}],
  ['entropy', { criterion: 'entropy' }],
  ['all features, no bootstrap', { bootstrap: false, max_features: 'all' }],
  ['limits', { max_depth: 4, min_samples_leaf: 3, min_samples_split: 0.05, min_impurity_decrease: 0.001 }],
  ['weight limits', { min_weight_fraction_leaf: 0.05, class_weight: 'balanced' }],
  ['weights of each bag', { class_weight: 'balanced_subsample', max_samples: 0.3 }],
  ['balanced, no bootstrap', { class_weight: 'balanced_subsample', bootstrap: false, criterion: 'log_loss' }],
  ['extra-trees', { splitter: 'random' }],
  ['best first', { max_leaf_nodes: 23 }],
  ['best first, limits', { max_leaf_nodes: 60, min_samples_leaf: 4, max_depth: 7, splitter: 'random' }],
  ['pruned', { ccp_alpha: 0.001 }],
  ['classes weighed', { class_weight: '0:1,1:3.5', criterion: 'entropy', ccp_alpha: 0.0005 }],
  ['classes weighed, no bootstrap', { class_weight: '1:4', bootstrap: false, max_leaf_nodes: 40 }],
  ['extra-trees of bags, limits', { splitter: 'random', bootstrap: true, min_samples_leaf: 4, max_depth: 6 }],
];

describe('WebAssembly grows the same bytes as plain TypeScript, on any number of threads', () => {
  for (const [name, parameters] of CASES) {
    for (const weighted of [false, true]) {
      it(`${name}${weighted ? ', weighted rows' : ''}`, () => {
        const table = noisyTable(7, 700);
        const weight = Float64Array.from(table.label, (_, row) => (row % 5) * 0.37);
        const rows = weighted ? { ...table, weight } : table;
        const valid = noisyTable(8, 100);
        const given = { n_estimators: 5, ...parameters };
        const expected = train(plainPool(), rows, given, { valid });
        for (const pool of pools) {
          const found = train(pool, rows, given, { valid });
          expect(bytes(found.forest) === bytes(expected.forest)).toBe(true);
          expect(found.history).toEqual(expected.history);
          expect(found.outOfBag).toEqual(expected.outOfBag);
        }
        expect(expected.forest.feature.length).toBeGreaterThan(20);
      });
    }
  }

  it('with more distinct values than two bytes can rank', () => {
    const rows = 66_000;
    const x = Array.from({ length: rows }, (_, row) => (row * 7919) % rows);
    const table = labelled(
      [x],
      x.map((value, row) => (value > 40_000 !== (row % 97 === 0) ? 1 : 0)),
    );
    const given = { n_estimators: 1, max_depth: 6 };
    expect(bytes(train(pools[1], table, given).forest)).toBe(bytes(train(plainPool(), table, given).forest));
  });

  it('on arbitrary small tables', () => {
    const cell = fc.oneof(
      fc.constantFrom(
        Number.NaN,
        0,
        -0,
        1,
        2,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        5e-324,
        1e308,
        -1e308,
      ),
      fc.double(),
    );
    const table = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 })).chain(([rows, columns]) =>
      fc.record({
        columns: fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), {
          minLength: columns,
          maxLength: columns,
        }),
        label: fc.array(fc.constantFrom(0, 1), { minLength: rows, maxLength: rows }),
        bootstrap: fc.boolean(),
        criterion: fc.constantFrom('gini', 'entropy'),
        seed: fc.nat(),
      }),
    );
    fc.assert(
      fc.property(table, ({ columns, label, bootstrap, criterion, seed }) => {
        const rows = { ...labelled(columns, label), label: Float64Array.from(label) };
        const sized = { ...rows, matrix: { ...rows.matrix, rows: label.length } };
        const given = { n_estimators: 3, bootstrap, criterion };
        const found = train(pools[0], sized, given, { seed });
        const expected = train(plainPool(), sized, given, { seed });
        expect(bytes(found.forest)).toBe(bytes(expected.forest));
      }),
      { numRuns: 200, seed: 20 },
    );
  });
});
