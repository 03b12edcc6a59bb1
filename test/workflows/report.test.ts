import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EcommlError } from '#ecomml/base/errors.js';
import { silentProgress } from '#ecomml/base/progress.js';
import { writeBundleFolder } from '#ecomml/bundle/folder.js';
import { pointLatest } from '#ecomml/bundle/latest.js';
import { REPORT_DATA_FILE, report } from '#ecomml/workflows/report.js';
import { sampleReportData } from '../report/sample-report-data.js';

const context = { seed: 1, threads: 1, progress: silentProgress, signal: new AbortController().signal };
let home: string;
const bundle = (name: string) => join(home, 'models', name);
const output = () => join(home, 'reports');

async function writeBundle(name: string, text: string | undefined): Promise<void> {
  await writeBundleFolder(bundle(name), async (folder) => {
    if (text !== undefined) writeFileSync(join(folder, REPORT_DATA_FILE), text);
    return {};
  });
}

const failure = async (run: Promise<unknown>): Promise<EcommlError> =>
  run.then(
    () => expect.fail('it did not fail'),
    (error) => error,
  );

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ecomml-report-'));
  await writeBundle('shop', JSON.stringify(sampleReportData({ rows: 600, title: 'shop' })));
  pointLatest(bundle('shop'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('report', () => {
  it('writes both formats under the bundle’s name, also through models/latest, the same bytes again', async () => {
    const formats = ['html', 'xlsx'] as const;
    const first = await report({ model: bundle('shop'), formats, output: output() }, context);
    expect(first.files).toEqual([join(output(), 'shop.html'), join(output(), 'shop.xlsx')]);
    expect(readdirSync(output()).sort()).toEqual(['shop.html', 'shop.xlsx']);
    const bytes = first.files.map((file) => readFileSync(file));
    const again = await report({ model: bundle('latest'), formats, output: output() }, context);
    expect(again.files.map((file) => readFileSync(file))).toEqual(bytes);
    expect(bytes[0].toString()).toMatch(/^<!doctype html>/);
    expect(bytes[1].subarray(0, 2).toString()).toBe('PK');
  });

  it('writes a PDF, the same bytes again, and leaves nothing aside', async () => {
    const folder = join(home, 'paper');
    const run = () => report({ model: bundle('shop'), formats: ['pdf', 'xlsx'], output: folder }, context);
    const [file] = (await run()).files;
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    await run();
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['shop.pdf', 'shop.xlsx']);
  }, 60_000);

  it('writes only what was asked for', async () => {
    const folder = join(home, 'only');
    await report({ model: bundle('shop'), formats: ['html'], output: folder }, context);
    expect(readdirSync(folder)).toEqual(['shop.html']);
  });

  it('refuses a bundle without report data, with others’, and a file for a folder', async () => {
    await writeBundle('empty', undefined);
    await writeBundle('newer', JSON.stringify({ format: 99 }));
    await writeBundle('broken', '{"format": 1,');
    const run = (name: string) =>
      failure(report({ model: bundle(name), formats: ['html'], output: output() }, context));
    expect((await run('empty')).code).toBe('NO_REPORT_DATA');
    expect((await run('newer')).message).toMatch(/format 99, but this ecomml draws format 1/);
    expect((await run('broken')).code).toBe('DAMAGED_BUNDLE');
    expect((await run('absent')).code).toBe('NO_BUNDLE');
    const file = join(home, 'a-file');
    writeFileSync(file, '');
    const error = await failure(report({ model: bundle('shop'), formats: ['html'], output: file }, context));
    expect(error).toMatchObject({ code: 'OUTPUT_NOT_FOLDER', exitCode: 2 });
  });

  it('refuses report data that were edited', async () => {
    await writeBundle('edited', JSON.stringify(sampleReportData({ rows: 300 })));
    writeFileSync(join(bundle('edited'), REPORT_DATA_FILE), '{"format":1}');
    const error = await failure(report({ model: bundle('edited'), formats: ['html'], output: output() }, context));
    expect(error.code).toBe('DAMAGED_BUNDLE');
  });

  it('stops when interrupted, before anything is written', async () => {
    const folder = join(home, 'stopped');
    const signal = AbortSignal.abort();
    await failure(report({ model: bundle('shop'), formats: ['html'], output: folder }, { ...context, signal }));
    expect(() => readdirSync(folder)).toThrow();
  });
});
