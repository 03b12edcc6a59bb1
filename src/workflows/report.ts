/** `report`: a bundle's report data to `<output>/<bundle name>.html`, `.xlsx` and `.pdf`, each whole or not at all. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathAside, publishFile, writeFileAtomic } from '../base/atomic-file.js';
import { collectGarbage } from '../base/collect-garbage.js';
import { EcommlError, usageError } from '../base/errors.js';
import { readBundleFolder } from '../bundle/folder.js';
import { resolveBundle } from '../bundle/latest.js';
import type { ExplanationData } from '../explain/explanation-data.js';
import { REPORT_DATA_FORMAT, type ReportData } from '../report/report-data.js';
import type { ReportSource } from '../report/report-source.js';
import type { Predictions } from '../report/workbook-predictions.js';
import type { WorkflowContext } from './context.js';
import type { ReportOptions } from './options.js';

/** The file of a bundle that holds a `ReportData`. */
export const REPORT_DATA_FILE = 'report-data.json';

export interface ReportResult {
  readonly bundle: string;
  /** What was written, in the order of the formats asked for. */
  readonly files: readonly string[];
  /** What was sampled or left out. */
  readonly notes: readonly string[];
}

export async function report(options: ReportOptions, context: WorkflowContext): Promise<ReportResult> {
  const folder = resolveBundle(options.model);
  readBundleFolder(folder);
  const further = furtherFont(options);
  const name = basename(resolve(folder));
  const data = { ...readReportData(join(folder, REPORT_DATA_FILE)), title: name };
  // One phase after the other, so that the peak is that of the largest and not their sum.
  const scored = options.formats.includes('xlsx') ? await scoresFor(options, data, context) : undefined;
  try {
    collectGarbage();
    const { explanation, notes } = await explanationFor(folder, options, context);
    collectGarbage();
    const files = await writeReports({ data, explanation }, name, options, context, scored?.predictions, further);
    return { bundle: folder, files, notes };
  } finally {
    scored?.discard();
  }
}

/** Draws the formats asked for; `name` is the files' name without its ending. */
export async function writeReports(
  source: ReportSource,
  name: string,
  { formats, output }: Pick<ReportOptions, 'formats' | 'output'>,
  { progress, signal }: WorkflowContext,
  predictions?: Predictions,
  further?: Uint8Array,
): Promise<string[]> {
  if (existsSync(output) && !statSync(output).isDirectory())
    throw usageError('OUTPUT_NOT_FOLDER', `--output ${output} is a file.`, 'Reports are written into a folder.');
  const files: string[] = [];
  progress({ type: 'start', stage: 'report', total: formats.length, unit: 'files' });
  for (const format of formats) {
    signal.throwIfAborted();
    const file = join(output, `${name}.${format}`);
    if (format === 'xlsx') await writeStreamed(file, source, predictions ?? null);
    else writeFileAtomic(file, await draw(format, source, further));
    files.push(file);
    progress({ type: 'advance', stage: 'report', done: files.length });
  }
  progress({ type: 'end', stage: 'report', summary: files.join(', ') });
  return files;
}

/** Computed when asked for; null when the bundle kept no rows to explain and no input is given. */
async function explanationFor(
  folder: string,
  options: ReportOptions,
  context: WorkflowContext,
): Promise<{ explanation: ExplanationData | null; notes: readonly string[] }> {
  if (options.explanation !== true) return { explanation: null, notes: [] };
  const { explainedBundle } = await import('./explained-bundle.js');
  const explanation = await explainedBundle(folder, options, context);
  if (explanation !== null) return { explanation, notes: explanation.notes };
  const text = `${basename(resolve(folder))} keeps no rows to explain, an older ecomml wrote it: give some with --input, or train it again.`;
  context.progress({ type: 'message', level: 'warning', text });
  return { explanation, notes: [text] };
}

/** The input's scores, for the workbook. Standard input was read for the explanation and cannot be read again. */
async function scoresFor(options: ReportOptions, { models }: ReportData, context: WorkflowContext) {
  const { input } = options;
  if (input === undefined || input === '-') return undefined;
  const { scoredInput } = await import('./report-predictions.js');
  return scoredInput(
    options,
    input,
    models.map(({ name }) => name),
    context,
  );
}

/** Each drawing loads its own library, so that one format does not pay for the other. */
async function draw(format: 'html' | 'pdf', source: ReportSource, further?: Uint8Array): Promise<string | Uint8Array> {
  if (format === 'html') return (await import('../report/html-report.js')).htmlReport(source);
  return (await import('../report/pdf-report.js')).pdfReport(source, further);
}

/** The first bytes of the fonts that the PDF library reads: TrueType, OpenType, WOFF 1 and 2. */
const FONT_MARKS = ['00010000', '74727565', '4f54544f', '774f4646', '774f4632'];
const FONT_COLLECTION = '74746366';

/** The bytes of `--pdf-font`, refused before anything is computed. */
function furtherFont({ pdfFont, formats }: ReportOptions): Uint8Array | undefined {
  if (pdfFont === undefined || !formats.includes('pdf')) return undefined;
  let bytes: Buffer;
  try {
    bytes = readFileSync(pdfFont);
  } catch (cause) {
    throw new EcommlError('UNREADABLE_FONT', `The font ${pdfFont} cannot be read.`, {
      hint: 'Give the path of a .ttf, .otf or .woff file.',
      exitCode: 2,
      cause,
    });
  }
  const mark = bytes.subarray(0, 4).toString('hex');
  if (mark === FONT_COLLECTION)
    throw usageError('FONT_COLLECTION', `${pdfFont} is a collection of fonts.`, 'Give a file with a single font.');
  if (!FONT_MARKS.includes(mark))
    throw usageError('NO_FONT', `${pdfFont} is no font file.`, 'Give a .ttf, .otf or .woff file.');
  return bytes;
}

/** A workbook may be longer than memory is wide: it is written as it is made. */
async function writeStreamed(file: string, source: ReportSource, predictions: Predictions | null): Promise<void> {
  const { streamWorkbook } = await import('../report/workbook-report.js');
  mkdirSync(dirname(file), { recursive: true });
  const aside = pathAside(file);
  try {
    const descriptor = openSync(aside, 'wx');
    try {
      await streamWorkbook(source, predictions, (bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      });
    } finally {
      closeSync(descriptor);
    }
    publishFile(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
}

function readReportData(file: string): ReportData {
  if (!existsSync(file))
    throw new EcommlError('NO_REPORT_DATA', `The bundle has no ${file}, from which a report is drawn.`, {
      hint: 'Train the bundle again with this version.',
    });
  let data: Partial<ReportData> | null;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new EcommlError('DAMAGED_BUNDLE', `${file} is cut short or not JSON.`, { cause });
  }
  const format = data?.format as number | undefined;
  if (format === REPORT_DATA_FORMAT) return data as ReportData;
  const found = typeof format === 'number' ? `format ${format}` : 'no format number';
  throw new EcommlError(
    'UNKNOWN_REPORT_DATA',
    `${file} has ${found}, but this ecomml draws format ${REPORT_DATA_FORMAT}.`,
    { hint: 'Update ecomml, or train the bundle again with this version.' },
  );
}
