import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '#ecomml/metrics/evaluate.js';
import { pdfReport } from '#ecomml/report/pdf-report.js';
import { breakLines, drawable, seenOrder } from '#ecomml/report/pdf-text.js';
import type { ReportData } from '#ecomml/report/report-data.js';
import type { ReportSource } from '#ecomml/report/report-source.js';
import { sampleExplanation } from './sample-explanation-data.js';
import { sampleReportData } from './sample-report-data.js';

/** Where Debian's packages put a font of Chinese letters; absent on many machines. */
const CHINESE_FONT = [
  '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf',
  '/usr/share/ghostscript/10.00.0/Resource/CIDFSubst/DroidSansFallback.ttf',
].find((file) => existsSync(file));
const POPPLER = spawnSync('pdftotext', ['-v']).status === 0;
let data: ReportData;
let source: ReportSource;
let bytes: Uint8Array;

beforeAll(async () => {
  data = sampleReportData({ rows: 1000 });
  source = { data, explanation: sampleExplanation() };
  bytes = await pdfReport(source);
}, 60_000);

/** Every page's text, by another program. */
function pagesOf(pdf: Uint8Array, ...flags: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, pdf);
    const { stdout, stderr, status } = spawnSync('pdftotext', [...flags, file, '-'], {
      encoding: 'utf8',
      maxBuffer: 1 << 27,
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return stdout.split('\f').slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Words that reach beyond the page. */
function wordsOutside(pdf: Uint8Array): string[] {
  const [boxes] = [pagesOf(pdf, '-bbox').join('')];
  return [...boxes.matchAll(/<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g)]
    .filter(
      ([, left, top, right, bottom]) =>
        Number(left) < 20 || Number(top) < 20 || Number(right) > 585 || Number(bottom) > 830,
    )
    .map(([, , , , , word]) => word);
}

describe('the PDF report', () => {
  it('is the same bytes for the same data, tagged, in a language, with bookmarks', async () => {
    expect(Buffer.compare(await pdfReport(JSON.parse(JSON.stringify(source))), bytes)).toBe(0);
    const text = Buffer.from(bytes).toString('latin1');
    expect(text.startsWith('%PDF-1.7')).toBe(true);
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
    expect(text).toMatch(/\/MarkInfo/);
    expect(text).toMatch(/\/StructTreeRoot/);
    expect(text).toMatch(/\/Lang \(en\)/);
    expect(text).toMatch(/\/Outlines/);
    expect(text).toMatch(/CreateDate>2000-01-01T00:00:00Z/);
    expect(text).not.toMatch(/\/JavaScript|\/JS|\/URI/);
    expect([...text.matchAll(/\/S \/Figure/g)].length).toBeGreaterThan(20);
    expect([...text.matchAll(/\/S \/TH\b/g)].length).toBeGreaterThan(50);
    expect(bytes.length).toBeLessThan(1_000_000);
  }, 60_000);

  it.skipIf(!POPPLER)(
    'has every section on the page that its contents name, and page numbers',
    () => {
      const pages = pagesOf(bytes, '-layout');
      const entries = [...pages[0].matchAll(/^(\S.*?)\s{3,}(\d+)$/gm)].map(([, title, page]) => ({
        title,
        page: Number(page),
      }));
      expect(entries.length).toBeGreaterThanOrEqual(9);
      for (const { title, page } of entries) expect(pages[page - 1].trimStart().startsWith(title), title).toBe(true);
      pages.forEach((page, i) => {
        expect(page).toContain(`${i + 1} / ${pages.length}`);
      });
      const all = pages.join('\n');
      expect(all).toContain('<script>alert("x")</script>');
      expect(all).toContain('=cmd|calc');
      expect(all).toContain(data.ensemble.metrics.auc?.toFixed(4));
      expect(all).not.toMatch(/NaN|undefined|Infinity/);
      expect(wordsOutside(bytes)).toEqual([]);
    },
    60_000,
  );

  it.skipIf(!POPPLER)(
    'repeats a table’s header on each page, and cuts no row',
    async () => {
      const features = Array.from({ length: 24 }, (_, i) => `feature_number_${i}`);
      const long = {
        ...data,
        features: features.map((name) => ({ name, kind: 'numeric' as const, description: 'words '.repeat(60) })),
      };
      const pages = pagesOf(await pdfReport({ data: long, explanation: null }), '-layout');
      const holding = pages.filter((page) => /feature_number_\d+ +numeric/.test(page));
      expect(holding.length).toBeGreaterThan(1);
      for (const page of holding) expect(page).toMatch(/Feature +Kind +Group/);
      for (const name of features)
        expect(
          pages.some((page) => new RegExp(`${name}\\b[^]*words`).test(page)),
          name,
        ).toBe(true);
    },
    60_000,
  );

  it('draws 2,000 features, one row, zero positives, names of 500 characters, and signs its font lacks', async () => {
    const features = Array.from({ length: 2000 }, (_, i) => `${i}_${i < 3 ? 'x'.repeat(500) : '价格'}`);
    const label = new Float64Array(20);
    const metrics = evaluate(new Float64Array(20).fill(0.1), label);
    const curves = {
      roc: [],
      precision_recall: [],
      calibration: data.ensemble.curves.calibration.slice(0, 1),
      gain: [],
      thresholds: [],
    };
    const odd = await pdfReport({
      data: {
        ...data,
        title: 'דו״ח חנות אוקטובר',
        ensemble: { metrics, curves },
        features: features.map((name) => ({ name, kind: 'numeric' })),
        models: [
          {
            ...data.models[0],
            metrics,
            curves,
            importances: features.map((feature) => ({ feature, gain: 1 / 2000, splits: 0 })),
          },
        ],
      },
      explanation: sampleExplanation({ features, rows: 1, labelled: false }),
    });
    expect(odd.length).toBeLessThan(3_000_000);
    if (!POPPLER) return;
    const pages = pagesOf(odd);
    expect(pages.length).toBeLessThan(60);
    expect(pages.join('')).toContain('characters that the fonts of this PDF have no glyph for');
    expect(pages.join('')).not.toMatch(/NaN|undefined|Infinity/);
    expect(wordsOutside(odd)).toEqual([]);
  }, 90_000);

  it('refuses a further font that is damaged', async () => {
    const damaged = Buffer.from('000100000001', 'hex');
    await expect(pdfReport({ data, explanation: null }, damaged)).rejects.toThrow(/cannot be used/);
  });

  it.skipIf(CHINESE_FONT === undefined || !POPPLER)(
    'writes names of other scripts by the further font, in their own letters',
    async () => {
      const named = { data: { ...data, title: '価格 and price' }, explanation: null };
      const further = readFileSync(CHINESE_FONT ?? '');
      expect(pagesOf(await pdfReport(named))[0]).toContain('[U+4FA1 683C] and price');
      const pages = pagesOf(await pdfReport(named, further));
      expect(pages[0]).toContain('価格 and price');
      expect(pages.join('')).not.toContain('code points');
    },
    60_000,
  );
});

describe('text in the PDF', () => {
  const measure = (text: string) => text.length;

  it('breaks between words, and inside of words that are too long, after an underscore where there is one', () => {
    expect(breakLines('one two three', 7, measure)).toEqual(['one two', 'three']);
    expect(breakLines('abcdefghij', 4, measure)).toEqual(['abcd', 'efgh', 'ij']);
    expect(breakLines('abcde_fghij', 8, measure)).toEqual(['abcde_', 'fghij']);
    expect(breakLines('', 4, measure)).toEqual(['']);
  });

  it('puts right-to-left words in the order they are seen, numbers and Latin words among them in theirs', () => {
    expect(seenOrder('plain words')).toBe('plain words');
    expect(seenOrder('מחיר המוצר')).toBe('המוצר מחיר');
    expect(seenOrder('price of מחיר המוצר today')).toBe('price of המוצר מחיר today');
    expect(seenOrder('מחיר of things')).toBe('of things מחיר');
  });

  it('writes code points for what the fonts lack, counts it, and drops what nobody sees', () => {
    const missing = { count: 0 };
    const has = (codePoint: number) => codePoint < 0x500;
    expect(drawable('a\u202eb\u0007c', has, missing)).toBe('abc');
    expect(missing.count).toBe(0);
    expect(drawable('价格 é 🛒', has, missing)).toBe('[U+4EF7 683C] é [U+1F6D2]');
    expect(missing.count).toBe(3);
  });
});
