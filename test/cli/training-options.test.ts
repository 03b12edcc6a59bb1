/** What `train` can be told of weights, metrics and finished models, through the real binary; and what it refuses. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectRefusal, filesIn } from './refusal.js';
import { ecomml, emptyFolder, type Finished } from './run-binary.js';
import { writeEvents, writeTable } from './small-inputs.js';

const FEW = [
  ...['--param', 'lightgbm.num_iterations=12', '--param', 'xgboost.n_estimators=8'],
  ...['--param', 'catboost.iterations=12', '--param', 'random-forest.n_estimators=6'],
];
const LIGHTGBM = ['--models', 'lightgbm', '--param', 'lightgbm.num_iterations=12'];

interface Manifest {
  readonly content: {
    readonly source: { readonly weight?: string };
    readonly members: readonly {
      readonly family: string;
      readonly trees: number;
      readonly parameters: Readonly<Record<string, unknown>>;
    }[];
    readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly continued?: { readonly bundle: string; readonly trees: Readonly<Record<string, number>> };
  };
}

interface History {
  readonly models: Readonly<
    Record<
      string,
      { readonly kept: number; readonly metrics: Readonly<Record<string, { train: number[]; valid: number[] }>> }
    >
  >;
}

const read = <T>(cwd: string, file: string) => JSON.parse(readFileSync(join(cwd, file), 'utf8')) as T;
const manifestOf = (cwd: string, bundle: string) => {
  return read<Manifest>(cwd, `${bundle}/bundle.json`).content;
};

/** amount, visits, channel, w, bought; of the rows with w = 0 the label is turned round. */
function weightedCsv(rows: number, weight: (row: number, label: number) => string): string {
  const random = new Random(9);
  let text = 'amount,visits,channel,w,bought\n';
  for (let row = 0; row < rows; row++) {
    const amount = random.next() * 100;
    const label = random.next() < amount / 120 + 0.05 ? 1 : 0;
    const w = weight(row, label);
    const channel = ['mail', 'web', 'app'][random.below(3)];
    text += `${amount.toFixed(3)},${random.below(20)},${channel},${w},${w === '0' ? 1 - label : label}\n`;
  }
  return text;
}

async function run(cwd: string, ...args: readonly string[]): Promise<Finished> {
  return ecomml(['train', ...args], { cwd });
}

describe('--weight-column', () => {
  const trainOn = async (csv: string, ...more: readonly string[]) => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'input.csv'), csv);
    const args = ['--input', 'input.csv', '--target', 'bought', '--output', 'models/it', ...more];
    const finished = await run(cwd, ...args);
    return { ...finished, cwd, files: filesIn(cwd).filter((file) => file !== 'input.csv') };
  };

  it('rows of weight 0 count nowhere: not in training, validation or metrics; the column is no feature', async () => {
    // Half the rows say the contrary: without the weights there is nothing to learn.
    const csv = weightedCsv(1600, (row) => (row % 2 === 0 ? '0' : '1.5'));
    const weighted = await trainOn(csv, '--weight-column', 'w', ...FEW);
    expect(weighted.code).toBe(0);
    const manifest = manifestOf(weighted.cwd, 'models/it');
    expect(manifest.source.weight).toBe('w');
    for (const model of ['catboost', 'xgboost', 'lightgbm', 'random-forest', 'ensemble'])
      expect(manifest.metrics[model].auc, model).toBeGreaterThan(0.65);
    const unweighted = await trainOn(csv, '--drop', 'w', ...LIGHTGBM);
    expect(manifestOf(unweighted.cwd, 'models/it').metrics.ensemble.auc).toBeLessThan(0.6);
    const judge = (...more: string[]) =>
      ecomml(['evaluate', '--model', 'models/it', '--input', 'input.csv', '--json', ...more], { cwd: weighted.cwd });
    const aucOf = async (finished: Promise<Finished>) => JSON.parse((await finished).stdout).ensemble.auc as number;
    expect(await aucOf(judge('--weight-column', 'w'))).toBeGreaterThan(0.7);
    expect(await aucOf(judge())).toBeLessThan(0.6);
  });

  it('probabilities are of the weighted rows: negatives that stand for ten each are not forgotten', async () => {
    const csv = weightedCsv(2500, (_, label) => (label === 1 ? '1' : '10'));
    const { cwd, code } = await trainOn(csv, '--weight-column', 'w', ...LIGHTGBM);
    expect(code).toBe(0);
    const { ensemble } = manifestOf(cwd, 'models/it').metrics;
    expect(ensemble.base_rate).toBeLessThan(0.15);
    // Calibrated to the sampled rate of nearly one half, the log loss would be about 0.6.
    expect(ensemble.log_loss).toBeLessThan(0.35);
  });

  it.each([
    ['-1', /line 6.*"w".*"-1".*at least 0/],
    ['inf', /line 6.*"w".*"inf"/],
    ['', /line 6.*"w".*missing/],
    ['heavy', /line 6.*"w".*"heavy"/],
  ])('a weight of "%s" is refused with its line', async (text, pattern) => {
    const csv = weightedCsv(300, (row) => (row === 4 ? text : '1'));
    expectRefusal(await trainOn(csv, '--weight-column', 'w', ...LIGHTGBM), 3, pattern);
  });

  it('several bad weights are counted, and the line is the file’s own although a quoted cell spans two', async () => {
    const lines = weightedCsv(300, (row) => (row === 10 || row === 20 ? '-2' : '1')).split('\n');
    lines[3] = lines[3].replace(/mail|web|app/, '"two\nlines"');
    expectRefusal(await trainOn(lines.join('\n'), '--weight-column', 'w', ...LIGHTGBM), 3, /line 13\b/, /2 rows/);
  });

  it('weights that are all 0, a column that is not there, one with another task, events', async () => {
    const csv = weightedCsv(300, () => '1');
    const zero = weightedCsv(300, () => '0');
    expectRefusal(await trainOn(zero, '--weight-column', 'w', ...LIGHTGBM), 3, /weight 0/);
    expectRefusal(await trainOn(csv, '--weight-column', 'ww', ...LIGHTGBM), 3, /lacks "ww" \(nearest: "w"\)/);
    expectRefusal(await trainOn(csv, '--weight-column', 'bought', ...LIGHTGBM), 2, /also the target/);
    const cwd = emptyFolder();
    writeEvents(cwd, 'events.csv');
    const events = await run(cwd, '--input', 'events.csv', '--weight-column', 'price', ...LIGHTGBM);
    expectRefusal(events, 2, /raw events/, /--weight-column/);
  });
});

describe('metrics of early stopping', () => {
  const cwd = emptyFolder();
  beforeAll(() => void writeTable(cwd, 'input.csv', { rows: 1200 }));
  const train = (...more: readonly string[]) => run(cwd, '--input', 'input.csv', '--target', 'bought', ...more);

  it('each family stops at its best AUC; the history has every metric of every tree', async () => {
    const more = ['--early-stopping-metric', 'auc', '--history-metrics', 'brier,pr_auc,accuracy,error'];
    const trees = ['--param', 'lightgbm.num_iterations=60', '--param', 'xgboost.n_estimators=60'];
    const rest = ['--param', 'catboost.iterations=60', '--param', 'random-forest.n_estimators=5'];
    const finished = await train('--output', 'models/auc', ...more, '--early-stopping-rounds', '6', ...trees, ...rest);
    expect(finished.code).toBe(0);
    expect(finished.stderr).toMatch(/train lightgbm: .*validation AUC 0\.\d{4}/);
    const { models } = read<History>(cwd, 'models/auc/evaluation-history.json');
    for (const [family, { kept, metrics }] of Object.entries(models)) {
      expect(Object.keys(metrics).sort()).toEqual(['accuracy', 'auc', 'brier', 'error', 'log_loss', 'pr_auc']);
      const grown = metrics.log_loss.train.length;
      for (const { train: onTrain, valid } of Object.values(metrics))
        expect([onTrain.length, valid.length]).toEqual([grown, grown]);
      metrics.error.valid.forEach((error, t) => {
        expect(error + metrics.accuracy.valid[t]).toBeCloseTo(1, 12);
      });
      if (family === 'random-forest') continue;
      expect(kept).toBe(metrics.auc.valid.indexOf(Math.max(...metrics.auc.valid)) + 1);
      expect(grown).toBeLessThanOrEqual(kept + 6);
      expect(manifestOf(cwd, 'models/auc').members.find((one) => one.family === family)?.trees).toBe(kept);
    }
    const report = await ecomml(['report', '--model', 'models/auc', '--format', 'html', '--output', 'r'], { cwd });
    expect(report.code).toBe(0);
    const html = readFileSync(join(cwd, 'r', 'auc.html'), 'utf8');
    for (const words of ['AUC of', 'Brier score of', 'Log loss of']) expect(html).toContain(words);
  });

  it.each([
    ['lightgbm.metric=binary_error', 'error', Math.min],
    ['xgboost.eval_metric=aucpr', 'pr_auc', Math.max],
    ['catboost.eval_metric=BrierScore', 'brier', Math.min],
  ] as const)('%s is the library’s own name of it', async (parameter, metric, best) => {
    const family = parameter.slice(0, parameter.indexOf('.'));
    const count = { lightgbm: 'num_iterations', xgboost: 'n_estimators', catboost: 'iterations' }[family];
    const output = `models/${family}`;
    const more = ['--models', family, '--param', parameter, '--param', `${family}.${count}=40`];
    expect(await train('--output', output, ...more, '--early-stopping-rounds', '5')).toMatchObject({ code: 0 });
    const { kept, metrics } = read<History>(cwd, `${output}/evaluation-history.json`).models[family];
    expect(kept).toBe(metrics[metric].valid.indexOf(best(...metrics[metric].valid)) + 1);
  });

  it('a metric that is none: the nearest', async () => {
    expectRefusal(await train('--early-stopping-metric', 'auk'), 2, /log_loss, auc, pr_auc/, /Did you mean "auc"/);
    expectRefusal(await train('--param', 'lightgbm.metric=rmse'), 2, /lightgbm\.metric is "rmse"/);
  });
});

describe('--continue', () => {
  const cwd = emptyFolder();
  beforeAll(async () => {
    writeTable(cwd, 'input.csv', { rows: 900 });
    const first = ['--input', 'input.csv', '--target', 'bought', '--output', 'models/first'];
    expect(await run(cwd, ...first, ...FEW, '--early-stopping-rounds', '0')).toMatchObject({ code: 0 });
  });
  const go = (...more: readonly string[]) => run(cwd, '--continue', 'models/first', ...more);
  const forest = (bundle: string, family: string) => readFileSync(join(cwd, bundle, `${family}.forest`));

  it('further trees on the same rows are those of one go, byte for byte; what is not continued stays', async () => {
    const whole = ['--input', 'input.csv', '--target', 'bought', '--output', 'models/whole'];
    const [lightgbm, xgboost] = ['--param lightgbm.num_iterations=20', '--param xgboost.n_estimators=13'];
    const trees = `${lightgbm} ${xgboost} --param random-forest.n_estimators=10 --param catboost.iterations=12`;
    expect(await run(cwd, ...whole, ...trees.split(' '), '--early-stopping-rounds', '0')).toMatchObject({ code: 0 });
    const more =
      '--param lightgbm.num_iterations=8 --param xgboost.n_estimators=5 --param random-forest.n_estimators=4';
    const models = ['--models', 'lightgbm,xgboost,random-forest', '--early-stopping-rounds', '0'];
    const finished = await go('--input', 'input.csv', '--output', 'models/more', ...models, ...more.split(' '));
    expect(finished.code).toBe(0);
    for (const family of ['lightgbm', 'xgboost', 'random-forest'])
      expect(forest('models/more', family).equals(forest('models/whole', family)), family).toBe(true);
    expect(forest('models/more', 'catboost').equals(forest('models/first', 'catboost'))).toBe(true);
    const { continued, members, metrics } = manifestOf(cwd, 'models/more');
    expect(continued).toMatchObject({ bundle: 'first', trees: { lightgbm: 12, xgboost: 8, 'random-forest': 6 } });
    expect(members.slice(1).map(({ trees: n }) => n)).toEqual([13, 20, 10]);
    expect(members[2].parameters.num_iterations).toBe(20);
    expect(metrics).toEqual(manifestOf(cwd, 'models/whole').metrics);
    const history = (bundle: string) => read<History>(cwd, `${bundle}/evaluation-history.json`).models.lightgbm;
    expect(history('models/more')).toEqual(history('models/whole'));
  });

  it('further trees that validation does not want are not kept', async () => {
    const more = ['--models', 'xgboost', '--param', 'xgboost.n_estimators=30', '--param', 'xgboost.eta=1'];
    expect(await go('--input', 'input.csv', '--output', 'models/same', ...more)).toMatchObject({ code: 0 });
    expect(forest('models/same', 'xgboost').length).toBeGreaterThan(0);
    const kept = manifestOf(cwd, 'models/same').members.find(({ family }) => family === 'xgboost')?.trees;
    expect(kept).toBeLessThan(38);
  });

  it('the same rows in another split are refused: the test would have been trained on', async () => {
    expectRefusal(await go('--input', 'input.csv', '--seed', '2'), 3, /split otherwise/, /--seed 1/);
    expectRefusal(await go('--input', 'input.csv', '--valid', '0.3'), 3, /split otherwise/);
  });

  it('a column too few, of another kind, or another input altogether', async () => {
    const csv = readFileSync(join(cwd, 'input.csv'), 'utf8');
    const change = (name: string, text: string) => writeFileSync(join(cwd, name), text);
    change('fewer.csv', csv.replaceAll(/^([^,]*),[^,]*,/gm, '$1,'));
    expectRefusal(await go('--input', 'fewer.csv'), 3, /fewer\.csv lacks "visits"/);
    change('kinds.csv', csv.replaceAll(/^([\d.]+),/gm, 'a$1,'));
    expectRefusal(await go('--input', 'kinds.csv'), 3, /amount/);
    writeEvents(cwd, 'events.csv');
    expect((await go('--input', 'events.csv')).code).toBe(3);
  });

  it('no bundle there, a model it has not, a damaged one', async () => {
    expectRefusal(await run(cwd, '--continue', 'models/none', '--input', 'input.csv'), 1, /models\/none/);
    const alone = emptyFolder();
    copyFileSync(join(cwd, 'input.csv'), join(alone, 'input.csv'));
    const args = ['--input', 'input.csv', '--target', 'bought', '--output', 'models/it', ...LIGHTGBM];
    expect(await run(alone, ...args)).toMatchObject({ code: 0 });
    const other = await run(alone, '--continue', 'models/it', '--input', 'input.csv', '--models', 'xgboost');
    expectRefusal(other, 2, /it has no xgboost model/, /lightgbm/);
    writeFileSync(join(alone, 'models/it/lightgbm.forest'), 'no');
    expect((await run(alone, '--continue', 'models/it', '--input', 'input.csv')).stderr).toMatch(/lightgbm\.forest/);
  });
});
