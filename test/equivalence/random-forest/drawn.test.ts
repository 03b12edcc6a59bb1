/**
 * What a forest draws, features at each split and thresholds of extra-trees, is drawn by scikit-learn's rules: given the
 * numbers of its generator, the trees are its trees, node by node. So whole forests differ from its by other draws alone.
 *
 * The plain twin grows them, which random-forest-twin.test.ts holds the kernels to; best split first, so that the order of
 * the draws is the order of the gains in both.
 */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { plainPool } from '../../kernels/plain-pool.js';
import { labelled, train } from '../../trees/random-forest-material.js';
import { hasTable, loadTable } from '../tables.js';
import { inSinglePrecision } from './original-input.js';
import { compareTree, type GoldenTree } from './same-tree.js';

interface Drawn {
  readonly parameters: Record<string, string | number>;
  readonly states: number[];
  readonly trees: GoldenTree[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`./goldens/${name}.json`, import.meta.url), 'utf8'));
const { drawn } = read('drawn') as { drawn: Record<string, Drawn> };
const { columns, label } = (read('trees') as { generated: { columns: (number | null)[][]; label: number[] } })
  .generated;

const long = process.env['ECOMML_LONG_TESTS'] !== undefined;
/** Tables in the short form, a tree of each real one; the long form has three trees of all. */
const QUICK = ['generated', 'magic'];
const MOST = 2 ** 31 - 1;

/** From here on all draws are those of scikit-learn's generator (utils/_random.pxd: Marsaglia's xorshift, 13, 17, 5). */
function drawLike(state: number): void {
  let word = state === 0 ? 1 : state;
  const next = () => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) % 2 ** 31;
  };
  vi.spyOn(Random.prototype, 'below').mockImplementation((count) => next() % count);
  vi.spyOn(Random.prototype, 'next').mockImplementation(() => next() / MOST);
}

afterEach(() => vi.restoreAllMocks());

describe('with scikit-learn’s draws the trees are scikit-learn’s', () => {
  for (const [name, { parameters, states, trees }] of Object.entries(drawn)) {
    const table = name.split(' ')[0];
    const there = table === 'generated' || hasTable(table);
    it.skipIf(!there || !(long || QUICK.includes(table)))(name, { timeout: 300_000 }, () => {
      const cells = columns.map((column) => column.map((cell) => cell ?? Number.NaN));
      const rows = inSinglePrecision(table === 'generated' ? labelled(cells, label) : loadTable(table).train);
      states.slice(0, long || table === 'generated' ? 3 : 1).forEach((state, t) => {
        drawLike(state);
        const given = { n_estimators: 1, bootstrap: false, ...parameters };
        const { forest } = train(plainPool(), rows, given);
        expect(forest.feature.length).toBe(trees[t].feature.length);
        expect(compareTree(forest, trees[t], 1e-9)).toMatchObject({ ties: 0, differences: [] });
      });
    });
  }
});
