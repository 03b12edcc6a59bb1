// LightGBM’s mechanisms that draw at random, with the original’s generators: the same trees (goldens by make.py).
import { afterAll, describe, it } from 'vitest';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { hasTable, loadTable } from '../tables.js';
import { expectOriginal, readGoldens } from './golden-trees.js';

/** Splits of some nodes gain the same, as `lightgbm.test.ts` says of this table. */
const TIED = new Set(['kddcup-bins']);
/** 370,000 rows: minutes on a busy machine. */
const LONG = new Set(['kddcup-bins']);

const pool = new KernelPool(2);
afterAll(() => pool.close());

describe.each(readGoldens('drawn'))('%s', (name, golden) => {
  const off = !hasTable(golden.table) || (LONG.has(name) && process.env['ECOMML_LONG_TESTS'] === undefined);
  it.skipIf(off)('grows the original’s trees', { timeout: 600_000 }, () => {
    expectOriginal(golden, loadTable(golden.table), pool, TIED.has(name));
  });
});
