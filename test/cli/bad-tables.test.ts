/** Bad tables through the real binary: a sentence that names what is wrong, the right exit code, nothing left behind. */
import { describe, expect, it } from 'vitest';
import { expectRefusal, withInput } from './refusal.js';
import { type TableChanges, tableCsv } from './small-inputs.js';

describe('train on a table', () => {
  const trainOn = (changes: TableChanges, ...more: readonly string[]) =>
    withInput(tableCsv(changes), [
      ...['train', '--target', 'bought', '--models', 'lightgbm', '--param', 'lightgbm.num_iterations=5'],
      ...more,
    ]);

  it('works when nothing is wrong', async () => {
    expect(await trainOn({})).toMatchObject({ code: 0 });
  });

  it('another usual delimiter is read, one that nobody can tell is named with what was found', async () => {
    expect(await trainOn({ delimiter: ';' })).toMatchObject({ code: 0 });
    expectRefusal(await trainOn({ delimiter: '#' }), 3, /comma, tab, semicolon, bar/, /amount#visits/);
  });

  it('the target missing: named, with the nearest present', async () =>
    expectRefusal(await trainOn({ targetName: 'bougth' }), 3, /"?bought"?/, /bougth/));

  it('all labels equal', async () => expectRefusal(await trainOn({ label: () => '0' }), 3, /bought/));

  it('a target with three values', async () =>
    expectRefusal(await trainOn({ label: (row) => String(row % 3) }), 3, /bought/, /3|three/));

  it('no positives in validation', async () => {
    const part = (row: number) => (row < 300 ? 'train' : row < 350 ? 'valid' : 'test');
    const label = (row: number) => (row >= 300 && row < 350 ? '0' : String(row % 2));
    expectRefusal(await trainOn({ part, label }, '--split', 'column:part'), 3, /valid/, /positive/);
  });

  it('an unknown parameter: the nearest', async () =>
    expectRefusal(await trainOn({}, '--param', 'lightgbm.num_leafs=3'), 2, /Did you mean "num_leaves"/));

  it.each(['NaN', 'inf', '-inf', '1e308', '-1e308', ''])(
    '%j among the numbers is missing or a number, never a crash',
    async (text) => {
      const finished = await trainOn({ number: (row) => (row % 10 === 0 ? text : undefined) }, '--json');
      expect(finished.stderr).not.toMatch(/error:/);
      expect(finished.code).toBe(0);
      const { ensemble } = JSON.parse(finished.stdout) as { ensemble: { log_loss: number } };
      expect(ensemble.log_loss).toBeGreaterThan(0);
      expect(ensemble.log_loss).toBeLessThan(1);
    },
  );
});
