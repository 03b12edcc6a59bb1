/**
 * In time order (one permutation, the rows' own) and without bootstrap and noise, target statistics of every type, their
 * greedy combinations, one-hot splits and the model size penalty are determined: whole models on categorical tables give
 * the original's scores. Unseen and missing categories are among the rows. 1e-6: as in trees.test.ts, after 20 trees.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import type { LabelledMatrix } from '#ecomml/trees/family.js';
import { take } from '../tables.js';
import { golden, isHere, learn, mixed, type ScoreCase } from './golden-trees.js';

const pool = new KernelPool(2);
afterAll(() => pool.close());

/** The rows whose categories all are in the training rows. */
function known(table: LabelledMatrix): LabelledMatrix {
  const rows = Array.from({ length: table.matrix.rows }, (_, row) => row);
  return take(
    table,
    rows.filter((row) => table.matrix.columns.every(({ values }) => values[row] >= 0)),
  );
}

function expectScores(own: ScoreCase & { readonly validated?: boolean }): void {
  const { train, test } = mixed(own.table);
  const judged = own.validated ? known(test) : test;
  const parts = own.validated ? { valid: judged } : {};
  const { forest, history } = learn(pool, train, own.parameters, { hasTime: true, ...parts });
  // All trees, as the original was told: the best iteration is the last.
  if (own.validated) expect(history.valid!.length).toBe(forest.treeWeight.length);
  const scores = walkRaw(forest, judged.matrix, 0, own.raw.length);
  own.raw.forEach((score, row) => {
    expect(Math.abs(scores[row] - score), `row ${row}`).toBeLessThan(1e-6);
  });
}

describe('scores on categorical tables in time order are the original’s', () => {
  for (const own of golden<{ cases: ScoreCase[] }>('statistics').cases) {
    it.skipIf(!isHere(own.table))(`${own.table} ${JSON.stringify(own.parameters)}`, () => expectScores(own));
  }
});

describe('scores with other target statistics are the original’s', () => {
  for (const own of golden<{ cases: (ScoreCase & { validated?: boolean })[] }>('ctrs').cases) {
    it.skipIf(!isHere(own.table))(`${own.table} ${JSON.stringify(own.parameters)}`, () => expectScores(own));
  }
});
