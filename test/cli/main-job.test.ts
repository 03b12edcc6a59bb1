/** The main job through the real binary: every verb on events and on a table, its JSON document, its files, its streams. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn } from './refusal.js';
import { ecomml, ecommlOnTerminal, emptyFolder, hasTerminal } from './run-binary.js';
import { writeEvents, writeTable } from './small-inputs.js';

const FAMILIES = ['catboost', 'xgboost', 'lightgbm', 'random-forest'];
const FEW_TREES = [
  ...['--param', 'catboost.iterations=15', '--param', 'xgboost.n_estimators=15'],
  ...['--param', 'lightgbm.num_iterations=15', '--param', 'random-forest.n_estimators=15'],
];

const cwd = emptyFolder();

/** Runs a verb with --json; stdout must be one document and nothing else. */
async function json(args: readonly string[], exitCode = 0): Promise<Record<string, never>> {
  const { stdout, stderr, code } = await ecomml([...args, '--json'], { cwd });
  expect([code, stderr]).toEqual([exitCode, expect.stringContaining('')]);
  return JSON.parse(stdout);
}

interface Figures {
  readonly auc: number;
  readonly auc_ci: [number, number];
  readonly log_loss: number;
}

interface Trained {
  readonly bundle: string;
  readonly models: Record<string, Figures & { trees: number; seconds: number }>;
  readonly ensemble: Figures & { weights: Record<string, number> };
}

let trained: Trained;

beforeAll(async () => {
  writeEvents(cwd, 'events.csv', { sessions: 1500 });
  writeTable(cwd, 'table.csv', { rows: 1000 });
  trained = (await json(['train', '--input', 'events.csv', ...FEW_TREES])) as unknown as Trained;
});

describe('events', () => {
  it('train: the document, the bundle, models/latest', () => {
    expect(trained).toMatchObject({
      bundle: 'models/events',
      rows: { train: expect.any(Number), valid: expect.any(Number), test: expect.any(Number) },
      positives: { train: expect.any(Number), valid: expect.any(Number), test: expect.any(Number) },
      seconds: { clean: expect.any(Number), features: expect.any(Number), train: expect.any(Number) },
    });
    expect(Object.keys(trained.models)).toEqual(FAMILIES);
    for (const figures of [...Object.values(trained.models), trained.ensemble]) {
      for (const name of ['auc', 'pr_auc', 'log_loss', 'brier', 'ece'])
        expect(figures).toHaveProperty(name, expect.any(Number));
      expect(figures.auc_ci[0]).toBeLessThanOrEqual(figures.auc);
      expect(figures.auc_ci[1]).toBeGreaterThanOrEqual(figures.auc);
    }
    for (const { trees } of Object.values(trained.models)) expect(trees).toBeGreaterThan(0);
    expect(trained.ensemble.weights).toEqual({ catboost: 0.4, xgboost: 0.3, lightgbm: 0.2, 'random-forest': 0.1 });
    expect(readFileSync(join(cwd, 'models/latest'), 'utf8')).toBe('events\n');
  });

  it('clean and features: counts that add up, Parquet, rejects, quality', async () => {
    const clean = await json(['clean', '--input', 'events.csv']);
    expect(clean.rowsKept + clean.rowsRejected + clean.duplicatesRemoved).toBe(clean.rowsIn);
    const features = await json(['features', '--input', 'reports/clean/events/events.parquet', '--moments', 'cart']);
    expect(features.moments).toBeGreaterThan(0);
    expect(filesIn(join(cwd, 'reports/clean/events'))).toEqual(['events.parquet', 'quality.json', 'rejects.csv']);
    expect(filesIn(join(cwd, 'reports/features/events'))).toContain('features.parquet');
  });

  it('score: every row counted, ids passed through, the same bytes by file and by pipe', async () => {
    const scored = await json(['score', '--input', 'events.csv', '--columns', 'price,brand']);
    expect(scored.rows_scored + scored.rows_rejected + scored.rows_passed_over).toBe(scored.rows_in);
    expect(scored.output).toBe('events.scored.csv');
    const output = readFileSync(join(cwd, 'events.scored.csv'), 'utf8');
    const [header, ...rows] = output.trimEnd().split('\n');
    for (const name of [
      'user_id',
      'user_session',
      'product_id',
      'price',
      'brand',
      'purchase_probability',
      'confidence',
    ])
      expect(header.split(',')).toContain(name);
    expect(rows).toHaveLength(scored.rows_scored);
    const at = header.split(',').indexOf('purchase_probability');
    for (const row of rows) {
      const probability = Number(row.split(',')[at]);
      expect(probability >= 0 && probability <= 1).toBe(true);
    }
    const piped = await ecomml(['score', '--input', '-', '--output', '-', '--columns', 'price,brand'], {
      cwd,
      stdin: readFileSync(join(cwd, 'events.csv')),
    });
    expect(piped.stdout === output).toBe(true);
    expect(piped.stderr).toContain('scored');
  });

  it('threads change no byte of a bundle', async () => {
    for (const threads of ['1', '2']) {
      const args = ['train', '--input', 'events.csv', '--threads', threads, '--output', `by-${threads}/it`];
      expect(await ecomml([...args, ...FEW_TREES], { cwd })).toMatchObject({ code: 0 });
    }
    const files = filesIn(join(cwd, 'by-1'));
    expect(files.length).toBeGreaterThan(6);
    expect(filesIn(join(cwd, 'by-2'))).toEqual(files);
    const differing = files.filter(
      (file) => !readFileSync(join(cwd, 'by-1', file)).equals(readFileSync(join(cwd, 'by-2', file))),
    );
    expect(differing).toEqual([]);
  });

  it('threads change no byte of a score', async () => {
    for (const threads of ['1', '2']) {
      const args = ['score', '--input', 'events.csv', '--threads', threads, '--output', `by-${threads}.csv`];
      expect(await ecomml(args, { cwd })).toMatchObject({ code: 0 });
    }
    expect(readFileSync(join(cwd, 'by-1.csv')).equals(readFileSync(join(cwd, 'by-2.csv')))).toBe(true);
  });

  it('evaluate: the document; a gate that is met exits with 0, one that is not with 4', async () => {
    const args = ['evaluate', '--input', 'events.csv'];
    const judged = (await json([...args, '--gate', 'auc>=0.1'])) as unknown as Trained & { gates: { met: boolean }[] };
    expect(Object.keys(judged.models)).toEqual(FAMILIES);
    expect(judged.gates.map(({ met }) => met)).toEqual([true]);
    const failed = await json([...args, '--gate', 'auc>=0.999', '--gate', 'log_loss<=9'], 4);
    expect((failed.gates as { met: boolean }[]).map(({ met }) => met)).toEqual([false, true]);
    const said = await ecomml([...args, '--gate', 'auc>=0.999'], { cwd });
    expect(said.stderr).toMatch(/error: A gate was not met: auc is [\d.]+, the gate asks for >= 0\.999/);
    expect(said.stdout).toContain('not met');
  });

  it('export and report: the files they name', async () => {
    const exported = (await json(['export'])) as unknown as {
      files: string[];
      proof: { largest_difference: number }[];
    };
    expect(exported.files).toContain('reports/exports/events/ensemble.onnx');
    expect(exported.proof).toHaveLength(5);
    for (const { largest_difference } of exported.proof) expect(largest_difference).toBeLessThanOrEqual(1e-6);
    const reported = (await json(['report'])) as unknown as { files: string[] };
    for (const file of [...exported.files, ...reported.files]) expect(existsSync(join(cwd, file))).toBe(true);
  });
});

describe('a table', () => {
  it('trains, evaluates, scores', async () => {
    const args = ['train', '--input', 'table.csv', '--target', 'bought', '--models', 'lightgbm', ...FEW_TREES];
    expect(await json(args)).toHaveProperty('bundle', 'models/table');
    expect(await json(['evaluate', '--input', 'table.csv'])).toHaveProperty('ensemble.auc');
    const scored = await json(['score', '--input', 'table.csv', '--columns', 'channel']);
    expect([scored.rows_scored, scored.rows_passed_over]).toEqual([1000, 0]);
  });
});

it('train without options takes the one table in data/', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'data'));
  cpSync(join(cwd, 'events.csv'), join(folder, 'data', 'mine.csv'));
  const config = { train: { models: ['lightgbm'], param: { lightgbm: { num_iterations: 5 } } }, quiet: true };
  writeFileSync(join(folder, 'ecomml.config.json'), JSON.stringify(config));
  expect(await ecomml(['train'], { cwd: folder })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  expect(readFileSync(join(folder, 'models/latest'), 'utf8')).toBe('mine\n');
});

describe.skipIf(!hasTerminal)('on a terminal of 80 columns', () => {
  const args = ['train', '--input', 'table.csv', '--target', 'bought', '--models', 'lightgbm,xgboost', ...FEW_TREES];

  it('draws bars while it works, and the result fits', async () => {
    // Long enough that a bar is drawn on any machine: a stage of some milliseconds ends before its first frame.
    const slow = [
      '--models',
      'lightgbm,catboost',
      '--param',
      'catboost.iterations=800',
      '--early-stopping-rounds',
      '0',
    ];
    const { stdout, code } = await ecommlOnTerminal([...args, ...slow], {
      cwd,
      env: { TERM: 'xterm-256color', NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('━');
    expect(stdout).not.toMatch(new RegExp(`${'\u001b'}\\[3[0-9]m`));
    const result = stdout.slice(stdout.lastIndexOf('model  ')).split('\r\n');
    for (const line of result) expect(line.length).toBeLessThanOrEqual(80);
    expect(result.join('\n')).toContain('ensemble');
  });

  it('draws none with --quiet', async () => {
    const { stdout } = await ecommlOnTerminal([...args, '--quiet'], { cwd, env: { TERM: 'xterm-256color' } });
    expect(stdout).toBe('');
  });
});
