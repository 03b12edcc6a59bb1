/**
 * The report as a PDF, with no browser: the page's own sections on A4, its charts as vectors, a page of contents, bookmarks, tags
 * for screen readers. What needs a script (what-if, the draggable threshold) is in the page alone.
 */
import { intervalText, numberText } from './number-text.js';
import { printColour } from './page-style.js';
import { PdfPages, type Struct } from './pdf-pages.js';
import { drawParts } from './pdf-parts.js';
import type { ReportSource } from './report-source.js';
import { reportSections } from './sections.js';
import { verdictOf } from './verdict.js';
import { wordsOf } from './words.js';

interface Entry {
  readonly title: string;
  readonly page: number;
  readonly name: string;
}

const CONTENTS_HEAD = 26;
const CONTENTS_LINE = 19;

/** The same data give the same bytes. `further` is a font file for characters that DejaVu Sans lacks. */
export async function pdfReport(source: ReportSource, further?: Uint8Array): Promise<Uint8Array> {
  const { data } = source;
  const pages = new PdfPages(`${data.title}: ecomml report`, further);
  const sections = reportSections(source).filter(({ pageOnly }) => pageOnly !== true);
  drawCover(pages, source);
  pages.beginSection();
  // On the cover where there is room, else on a page of its own; filled in when the pages are known.
  pages.room(CONTENTS_HEAD + sections.length * CONTENTS_LINE);
  const contents = { element: pages.struct('TOC'), page: pages.page, y: pages.y };
  const entries: Entry[] = [];
  for (const section of sections) {
    // Each section begins a page: readers print single ones.
    pages.head = '';
    pages.newPage();
    pages.head = section.title;
    pages.beginSection();
    const name = `section-${section.id}`;
    pages.doc.addNamedDestination(name, 'XYZ', null, pages.y, null);
    pages.doc.outline.addItem(section.title);
    entries.push({ title: section.title, page: pages.page, name });
    pages.paragraph(section.title, { type: 'H1', font: 'bold', size: 15, after: 6 });
    drawParts(pages, section.parts);
  }
  if (pages.missing.count > 0)
    pages.paragraph(
      `${numberText(pages.missing.count, 'integer')} characters that the fonts of this PDF have no glyph for are written as Unicode code points, as [U+4EF7]: give a font that has them with --pdf-font, or read the HTML report.`,
      { size: 8, colour: 'var(--muted)' },
    );
  drawContents(pages, contents, entries);
  return pages.finish(`${data.title}: ecomml report`);
}

interface Place {
  readonly element: Struct;
  readonly page: number;
  readonly y: number;
}

function drawContents(pages: PdfPages, { element, page, y }: Place, entries: readonly Entry[]): void {
  pages.doc.switchToPage(page);
  pages.tagged(element, 'TOC', () => {
    pages.putLines(['Contents'], pages.left, y, { font: 'bold', size: 13 });
  });
  entries.forEach((entry, i) => {
    const top = y + CONTENTS_HEAD + i * CONTENTS_LINE;
    const link = pages.struct('Link', pages.struct('Reference', pages.struct('TOCI', element)));
    pages.tagged(link, 'Link', () => {
      pages.putLines([entry.title], pages.left, top, { size: 10 });
      pages.putLines([String(entry.page + 1)], pages.left, top, { size: 10, right: pages.left + pages.width });
    });
    pages.doc.goTo(pages.left, top, pages.width, CONTENTS_LINE - 2, entry.name, {
      structParent: link,
      // What is said of the link; the library writes a String object as a PDF string.
      Contents: new String(pages.clean(`${entry.title}, page ${entry.page + 1}`)),
    } as unknown as PDFKit.Mixins.AnnotationOption);
    pages.rule(top + CONTENTS_LINE - 4);
  });
}

/** Title, verdict, the five numbers. */
function drawCover(pages: PdfPages, source: ReportSource): void {
  const { data } = source;
  const { headline, sentences, warnings } = verdictOf(source);
  pages.beginSection();
  pages.y += 10;
  pages.paragraph(data.title, { type: 'Title', font: 'bold', size: 22, after: 4 });
  const by = data.models.length === 1 ? 'one model' : `${data.models.length} models`;
  pages.paragraph(
    `${wordsOf(data).probabilities} by ${by}, trained on ${data.input.file} (${numberText(data.input.rows, 'integer')} rows)`,
    { colour: 'var(--muted)', size: 10, after: 18 },
  );
  pages.paragraph(headline, { type: 'H1', font: 'bold', size: 14, after: 6 });
  pages.list(sentences, { size: 10 });
  pages.y += 6;
  drawTiles(pages, source);
  if (warnings.length > 0) {
    pages.paragraph('Beware', { type: 'H2', font: 'bold', size: 11.5, colour: 'var(--warn-ink)' });
    pages.list(warnings, { size: 9.5, colour: 'var(--warn-ink)' });
  }
}

function drawTiles(pages: PdfPages, { data: { ensemble } }: ReportSource): void {
  const { metrics: m } = ensemble;
  const values = [
    ['AUC', m.auc, m.auc_ci],
    ['PR AUC', m.pr_auc, m.pr_auc_ci],
    ['Log loss', m.log_loss, m.log_loss_ci],
    ['Brier score', m.brier, m.brier_ci],
    ['Calibration error', m.ece, m.ece_ci],
  ] as const;
  const gap = 8;
  const width = (pages.width - gap * (values.length - 1)) / values.length;
  pages.room(70);
  const top = pages.y;
  values.forEach(([name, value, interval], i) => {
    const x = pages.left + i * (width + gap);
    pages.artefact(() => {
      pages.doc.save().roundedRect(x, top, width, 54, 4).fillColor(printColour('var(--card)'), 1).fill().restore();
    });
    pages.tagged(pages.struct('P'), 'P', () => {
      pages.putLines([name], x + 7, top + 6, { size: 7.5, colour: 'var(--muted)' });
      pages.putLines([numberText(value, 'metric')], x + 7, top + 17, { size: 14 });
      pages.putLines([intervalText(interval)], x + 7, top + 38, { size: 6.6, colour: 'var(--muted)' });
    });
  });
  pages.y = top + 70;
}
