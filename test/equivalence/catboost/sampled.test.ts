/**
 * One random mechanism at a time (200 trees, ten seeds): generators differ, so means are compared. The mean test AUC lies
 * within two standard errors of the original's (of the difference of the two means, from the seeds' own scatter) and the
 * mean log loss within 0.5%.
 *
 * Ten seeds on three tables with ECOMML_LONG_TESTS; otherwise two seeds of two mechanisms on the generated table, with the
 * standard error of two seeds. ECOMML_SHOW prints the means.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { walkRaw } from '#ecomml/forest/walk.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { trainCatboost } from '#ecomml/trees/catboost.js';
import { catboostParameters } from '#ecomml/trees/catboost-parameters.js';
import { type ParameterValues, resolveParameters } from '#ecomml/trees/parameters.js';
import { loadTable } from '../tables.js';
import { accessTable } from './generated.js';
import { golden, isHere } from './golden-trees.js';
import { judge, mean, type Score } from './judge.js';

interface Mechanism {
  readonly parameters: ParameterValues;
  readonly runs: readonly Score[];
}

const { tables } = golden<{ tables: Record<string, Record<string, Mechanism>> }>('sampled');
const long = process.env['ECOMML_LONG_TESTS'] !== undefined;
const seeds = long ? 10 : 2;
const pool = new KernelPool(2);
afterAll(() => pool.close());

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

describe.each(Object.entries(tables))('%s', (name, mechanisms) => {
  const chosen = Object.entries(mechanisms).filter(([mechanism]) => long || ['MVS', 'Ordered'].includes(mechanism));
  it.skipIf(!isHere(name) || (!long && name !== 'access')).each(chosen)(
    '%s',
    (_, { parameters, runs }) => {
      const { train, test } = name === 'access' ? accessTable(40_000) : loadTable(name);
      const own = Array.from({ length: seeds }, (_seed, seed) => {
        const { forest } = trainCatboost({
          train,
          hasTime: false,
          parameters: resolveParameters('catboost', catboostParameters, parameters),
          earlyStoppingRounds: 0,
          seed: seed + 1,
          pool,
        });
        return judge(walkRaw(forest, test.matrix), test);
      });
      const [ours, theirs] = [own, runs].map((list) => list.map((run) => run.auc));
      // Two seeds tell little of their own scatter.
      const scatter = long ? variance(ours) : variance(theirs);
      const error = Math.sqrt(scatter / ours.length + variance(theirs) / theirs.length);
      const difference = mean(ours) - mean(theirs);
      const loss = mean(own.map((run) => run.log_loss)) / mean(runs.map((run) => run.log_loss)) - 1;
      if (process.env['ECOMML_SHOW'] !== undefined) {
        const errors = (difference / error).toFixed(2);
        process.stderr.write(
          `${name} ${JSON.stringify(parameters)}: AUC ${mean(ours).toFixed(5)} − ${mean(theirs).toFixed(5)} = ${errors} standard errors, log loss ${(loss * 100).toFixed(3)}%\n`,
        );
      }
      expect(Math.abs(difference)).toBeLessThan(2 * error);
      expect(Math.abs(loss)).toBeLessThan(0.005);
    },
    3_600_000,
  );
});
