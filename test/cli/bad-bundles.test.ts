/** Damaged bundles and a damaged program through the real binary: each is refused with a sentence, and nothing is written. */
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, filesIn } from './refusal.js';
import { ecomml, emptyFolder, type Finished, installationCopy } from './run-binary.js';
import { tableCsv, writeTable } from './small-inputs.js';

const trained = emptyFolder();
const QUICK = ['--models', 'lightgbm,random-forest', '--param', 'lightgbm.num_iterations=5'];
const FOREST = ['--param', 'random-forest.n_estimators=5'];

beforeAll(async () => {
  writeTable(trained, 'table.csv');
  const args = ['train', '--input', 'table.csv', '--target', 'bought', '--output', 'models/good', ...QUICK, ...FOREST];
  expect(await ecomml(args, { cwd: trained })).toMatchObject({ code: 0 });
});

/** A folder with the table and a copy of the bundle, damaged by `damage`; runs a verb on it. */
async function withBundle(
  damage: (bundle: string) => void,
  args: readonly string[],
): Promise<Finished & { readonly files: readonly string[] }> {
  const cwd = emptyFolder();
  cpSync(trained, cwd, { recursive: true });
  damage(join(cwd, 'models', 'good'));
  const before = filesIn(cwd);
  const finished = await ecomml([...args, '--model', 'models/good'], { cwd });
  return { ...finished, files: filesIn(cwd).filter((file) => !before.includes(file)) };
}

const VERBS = [
  ['score', ['score', '--input', 'table.csv']],
  ['evaluate', ['evaluate', '--input', 'table.csv']],
  ['export', ['export']],
  ['report', ['report']],
] as const;

function largest(bundle: string, ending: string): string {
  const names = readdirSync(bundle).filter((name) => name.endsWith(ending));
  expect(names).not.toEqual([]);
  return join(bundle, names[0]);
}

describe.each(VERBS)('%s', (_verb, args) => {
  it('a bundle that is not there: says how to make one', async () =>
    expectRefusal(await withBundle((bundle) => rmSync(bundle, { recursive: true }), args), 1, /no bundle/, /train/));

  it('a bundle of a newer version: says so', async () => {
    const newer = (bundle: string) => {
      const file = join(bundle, 'bundle.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as { format: number };
      expect(manifest.format).toBeTypeOf('number');
      writeFileSync(file, JSON.stringify({ ...manifest, format: manifest.format + 1 }));
    };
    expectRefusal(await withBundle(newer, args), 1, /newer/);
  });

  it('a truncated manifest', async () => {
    const cut = (bundle: string) => truncateSync(join(bundle, 'bundle.json'), 200);
    expectRefusal(await withBundle(cut, args), 1, /bundle\.json/);
  });

  it('a truncated model file: named', async () => {
    const cut = (bundle: string) => truncateSync(largest(bundle, '.forest'), 100);
    expectRefusal(await withBundle(cut, args), 1, /\.forest/);
  });

  it('a corrupt ONNX file: named', async () => {
    const flip = (bundle: string) => {
      const file = largest(bundle, '.onnx');
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] ^= 0xff;
      writeFileSync(file, bytes);
    };
    expectRefusal(await withBundle(flip, args), 1, /ensemble\.onnx/);
  });

  it('a file missing: named', async () => {
    const remove = (bundle: string) => rmSync(largest(bundle, '.forest'));
    expectRefusal(await withBundle(remove, args), 1, /\.forest/);
  });
});

describe('score', () => {
  const scoreTable = async (csv: string) => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'input.csv'), csv);
    const finished = await ecomml(['score', '--input', 'input.csv', '--model', join(trained, 'models/good')], { cwd });
    return { ...finished, files: filesIn(cwd).filter((file) => file !== 'input.csv') };
  };

  it('a column the bundle was trained on is missing: named, with the nearest present', async () =>
    expectRefusal(await scoreTable(tableCsv().replace('amount', 'amuont')), 3, /amount/, /amuont/));

  it('an empty file and a header alone', async () => {
    expectRefusal(await scoreTable(''), 3, /empty/);
    expectRefusal(await scoreTable('amount,visits,channel\n'), 3, /no rows/);
  });

  it('a label is not needed', async () => {
    const unlabelled = tableCsv()
      .split('\n')
      .map((line) => line.replace(/,[^,]*$/, ''))
      .join('\n');
    const { code, files } = await scoreTable(unlabelled);
    expect([code, files]).toEqual([0, ['input.scored.csv']]);
  });
});

describe('a damaged program', () => {
  const cwd = emptyFolder();

  it.each([
    ['cut short', (file: string) => truncateSync(file, 500)],
    ['not WebAssembly', (file: string) => writeFileSync(file, 'not wasm')],
    ['absent', (file: string) => rmSync(file)],
  ])('kernels.wasm %s: names it and says what to do', async (_what, damage) => {
    const { home, binary } = installationCopy();
    damage(join(home, 'dist', 'kernels', 'kernels.wasm'));
    writeTable(cwd, 'table.csv');
    const args = ['train', '--input', 'table.csv', '--target', 'bought', ...QUICK, ...FOREST];
    expectRefusal(await ecomml(args, { cwd, binary }), 1, /kernels\.wasm/, /install/i);
    expect(filesIn(cwd)).toEqual(['table.csv']);
  });
});
