// Any table, any parameters within their ranges: each family gives a sound model, the same on every pool of threads and
// by the plain twins, or refuses in words. ECOMML_LONG_TESTS=1 draws anew for minutes; a failure prints seed and path.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FAMILIES, type Family } from '#ecomml/forest/forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { familyParameters, loadTrainer } from '#ecomml/trees/families.js';
import { plainPool } from '../kernels/plain-pool.js';
import { checkTraining } from './check-training.js';
import { parameterValues } from './parameter-values.js';
import { tableOf, tableSpec } from './table-spec.js';

const LONG = process.env['ECOMML_LONG_TESTS'] === '1';
/** Cases of a family, and the seed they are drawn from: always the same in the short form. */
const RUNS = Number(process.env['ECOMML_FUZZ_RUNS'] ?? (LONG ? 1500 : 25));
const SEED = process.env['ECOMML_FUZZ_SEED'] ?? (LONG ? undefined : '20');
/** One case again, of a family chosen by -t: the path that a failure printed beside its seed. */
const PATH = process.env['ECOMML_FUZZ_PATH'];

const pools = [plainPool(), ...[1, 2, 3].map((threads) => new KernelPool(threads))];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

function trainingCase(family: Family) {
  return tableSpec.chain((table) =>
    fc.record({
      table: fc.constant(table),
      parameters: parameterValues(family, table.columns),
      validRows: fc.constantFrom(0, 0, 1, 7, 50),
      earlyStoppingRounds: fc.constantFrom(0, 1, 2),
      hasTime: fc.boolean(),
      seed: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 53 - 1)),
    }),
  );
}

describe('any table and any parameters', () => {
  it.each(FAMILIES)(
    '%s',
    async (family) => {
      const trainer = await loadTrainer(family);
      let trained = 0;
      fc.assert(
        fc.property(trainingCase(family), ({ table, parameters, validRows, earlyStoppingRounds, hasTime, seed }) => {
          const train = tableOf(table);
          const valid = validRows > 0 ? { valid: tableOf(table, 1, validRows) } : {};
          const values = familyParameters(family, parameters);
          const job = { train, ...valid, hasTime, parameters: values, earlyStoppingRounds, seed };
          if (checkTraining(trainer, job, pools, tableOf(table, 2, 30))) trained++;
        }),
        {
          numRuns: RUNS,
          ...(SEED === undefined ? {} : { seed: Number(SEED) }),
          ...(PATH === undefined ? {} : { path: PATH }),
        },
      );
      // Many cases must be models, or refusals would hide everything else.
      if (RUNS >= 25 && PATH === undefined) expect(trained).toBeGreaterThan(RUNS * 0.4);
    },
    3_600_000,
  );
});
