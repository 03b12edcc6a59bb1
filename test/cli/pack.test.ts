/**
 * The package as npm packs it, doing the main job. The short form runs it beside the production dependencies of this clone; the long form
 * (ECOMML_LONG_TESTS=1) installs it globally into an empty prefix, from npm's cache where it can.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesIn } from './refusal.js';
import { cleanEnvironment, ecomml, emptyFolder, ROOT } from './run-binary.js';
import { writeEvents } from './small-inputs.js';

/** The main job on small events, as an installed binary. */
async function mainJob(binary: string, train: readonly string[]): Promise<void> {
  const cwd = emptyFolder();
  writeEvents(cwd, 'events.csv', { sessions: 600 });
  for (const args of [
    ['clean', '--input', 'events.csv'],
    ['features', '--input', 'reports/clean/events/events.parquet'],
    ['train', '--output', 'models/it', ...train],
    ['evaluate', '--input', 'events.csv'],
    ['export'],
    ['score', '--input', 'events.csv'],
    ['report'],
  ])
    expect(await ecomml(args, { cwd, binary })).toMatchObject({ code: 0 });
  const files = filesIn(cwd);
  for (const file of ['events.scored.csv', 'reports/exports/it/ensemble.onnx', 'reports/it.html', 'reports/it.xlsx'])
    expect(files).toContain(file);
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const folder = emptyFolder();
let packed: Packed;

beforeAll(() => {
  const json = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const parsed = JSON.parse(json) as Packed[] | Record<string, Packed>;
  packed = Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0];
});

describe('the tarball', () => {
  it('holds the built program, its kernels, the sample data and the licence', () => {
    const paths = packed.files.map((file) => file.path);
    for (const path of [
      'bin/ecomml.js',
      'dist/cli/main.js',
      'dist/cli/workflow-worker.js',
      'dist/kernels/kernels.wasm',
      'dist/kernels/pool-worker.js',
      'dist/start/main.js',
      'dist/start/score-worker.js',
      'data/rees46/2019-Oct-17k.csv.gz',
      'data/README.md',
      'LICENSE',
      'README.md',
      'package.json',
    ])
      expect(paths).toContain(path);
  });

  it('holds no sources but the map, no tests, no models', () => {
    const stray = packed.files
      .map((file) => file.path)
      .filter(
        (path) => /^(test|bench|deploy|node_modules|\.)/.test(path) || (/\.ts$/.test(path) && !/\.d\.ts$/.test(path)),
      );
    expect(stray).toEqual([]);
    expect(
      packed.files
        .map((file) => file.path)
        .filter((path) => /^(src|models|reports)\//.test(path))
        .sort(),
    ).toEqual(['models/README.md', 'reports/README.md', 'src/README.md']);
  });
});

it('the lock file holds the packages of every platform: without them npm ci refuses it', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

describe('unpacked beside the production dependencies alone', () => {
  const home = join(folder, 'lib', 'node_modules', 'ecomml');
  const binary = join(home, 'bin', 'ecomml.js');

  beforeAll(() => {
    mkdirSync(home, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', home, '--strip-components=1']);
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { dev?: boolean; optional?: boolean }>;
    };
    for (const [path, { dev }] of Object.entries(lock.packages)) {
      const nested = path.split('node_modules/').length > 2;
      if (path === '' || dev || nested || !existsSync(join(ROOT, path))) continue;
      const link = join(folder, 'lib', path);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, path), link);
    }
  });

  it('has no development dependency in reach', () => {
    for (const name of ['vitest', 'typescript', 'assemblyscript'])
      expect(existsSync(join(folder, 'lib', 'node_modules', name))).toBe(false);
  });

  it('answers --help', async () => {
    expect(await ecomml(['train', '--help'], { binary })).toMatchObject({ code: 0, stderr: '' });
  });

  it('does the main job', async () => {
    const few = ['--param', 'catboost.iterations=5', '--param', 'xgboost.n_estimators=5'];
    const trees = ['--param', 'lightgbm.num_iterations=5', '--param', 'random-forest.n_estimators=5'];
    await mainJob(binary, ['--input', 'events.csv', ...few, ...trees]);
  });
});

describe.runIf(process.env['ECOMML_LONG_TESTS'])('installed globally into an empty prefix', () => {
  const prefix = join(folder, 'prefix');
  const binary = join(prefix, 'lib', 'node_modules', 'ecomml', 'bin', 'ecomml.js');

  beforeAll(() => {
    const tarball = join(folder, packed.filename);
    execFileSync('npm', ['install', '-g', '--prefix', prefix, '--ignore-scripts', '--prefer-offline', tarball], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }, 300_000);

  it('puts ecomml on the path', async () => {
    expect(existsSync(join(prefix, 'bin', 'ecomml'))).toBe(true);
    expect(await ecomml(['--version'], { binary })).toMatchObject({ code: 0 });
  });

  it('does the main job, training on the sample that is installed with it', () => mainJob(binary, []), 300_000);
});
