/** The parts of a section on paper. */

import { printColour } from './page-style.js';
import type { PdfPages } from './pdf-pages.js';
import { type DrawnSvg, drawSvg, readSvg } from './pdf-svg.js';
import { drawTable } from './pdf-table.js';
import type { Figure, ReportPart } from './report-section.js';
import type { Series } from './series.js';

const GAP = 14;

/** Parts from top to bottom; a heading stays with what it is of. */
export function drawParts(pages: PdfPages, parts: readonly ReportPart[]): void {
  parts.forEach((part, i) => {
    if (part.kind === 'heading') pages.room(HEADING + Math.max(...parts.slice(i + 1, i + 3).map(beginning), 0));
    drawPart(pages, part);
  });
}

const HEADING = 60;

/** About the height below which a part cannot begin. */
function beginning({ kind }: ReportPart): number {
  if (kind === 'figures' || kind === 'choice') return 260;
  return kind === 'table' ? 70 : 0;
}

function drawPart(pages: PdfPages, part: ReportPart): void {
  switch (part.kind) {
    case 'text':
      pages.paragraph(part.text, part.muted ? { colour: 'var(--muted)' } : {});
      break;
    case 'heading':
      pages.y += 6;
      pages.paragraph(part.text, { type: 'H2', font: 'bold', size: 11.5, after: 4 });
      break;
    case 'list':
      pages.list(part.items);
      break;
    case 'warnings':
      pages.list(part.items, { colour: 'var(--warn-ink)' });
      break;
    case 'table':
      drawTable(pages, part.table, part.folded);
      break;
    case 'legend':
      drawLegend(pages, part.series);
      break;
    case 'figures':
      drawFigures(pages, part.figures);
      break;
    case 'choice':
      drawChoice(pages, part);
      break;
    case 'panel':
      break;
  }
}

/** The first few, one after another. */
function drawChoice(pages: PdfPages, { options, printed }: Extract<ReportPart, { kind: 'choice' }>): void {
  for (const { name, parts } of options.slice(0, printed)) {
    pages.room(330);
    pages.y += 4;
    pages.paragraph(name, { type: 'H3', font: 'bold', size: 10.5, after: 4 });
    drawParts(pages, parts);
  }
  const left = options.length - printed;
  if (left > 0) pages.paragraph(`${left} more are in the HTML report.`, { colour: 'var(--muted)' });
}

interface Placed {
  readonly figure: Figure;
  readonly svg: DrawnSvg;
}

/** Two beside each other, broad ones alone; a figure is never cut. */
function drawFigures(pages: PdfPages, figures: readonly Figure[]): void {
  const placed = figures.map((figure): Placed => ({ figure, svg: readSvg(figure.chart) }));
  let row: Placed[] = [];
  const flush = () => {
    if (row.length > 0) drawRow(pages, row, (pages.width - GAP) / 2);
    row = [];
  };
  for (const one of placed) {
    if (one.svg.width > 640 || placed.length === 1) {
      flush();
      drawRow(pages, [one], one.svg.width > 640 ? pages.width : pages.width * 0.7);
    } else {
      row.push(one);
      if (row.length === 2) flush();
    }
  }
  flush();
}

const CAPTION = 7.4;

function drawRow(pages: PdfPages, row: readonly Placed[], width: number): void {
  const captions = row.map(({ figure }) => pages.lines(figure.caption, width, 'regular', CAPTION));
  const titles = row.map(({ figure }) => pages.lines(figure.title, width, 'bold', 9));
  const tall = Math.max(...titles.map((lines) => lines.length)) * 12.5;
  // A chart taller than a page is drawn smaller.
  const most = pages.bottom - pages.left - 90;
  const sizes = row.map(({ svg }) => Math.min(width, (most * svg.width) / svg.height));
  const heights = row.map(({ svg }, i) => (svg.height * sizes[i]) / svg.width);
  const total = tall + Math.max(...row.map((_, i) => heights[i] + captions[i].length * CAPTION * 1.4)) + 14;
  pages.room(total);
  const top = pages.y;
  row.forEach(({ svg }, i) => {
    const x = pages.left + i * (width + GAP);
    pages.tagged(pages.struct('H4'), 'H4', () => {
      pages.putLines(titles[i], x, top, { font: 'bold', size: 9 });
    });
    const alt = `${svg.title}. ${svg.description}`.slice(0, 1000);
    const box: [number, number, number, number] = [x, top + tall, x + sizes[i], top + tall + heights[i]];
    const figure = pages.struct('Figure', undefined, {
      alt: pages.clean(alt),
      bbox: box,
    } as PDFKit.Mixins.StructureElementOptions);
    pages.tagged(figure, 'Figure', () => drawSvg(pages, svg, x, top + tall, sizes[i]));
    pages.tagged(pages.struct('Caption'), 'Caption', () => {
      pages.putLines(captions[i], x, top + tall + heights[i] + 3, { size: CAPTION, colour: 'var(--muted)' });
    });
  });
  pages.y = top + total;
}

function drawLegend(pages: PdfPages, series: readonly Series[]): void {
  const size = 8.5;
  let x = pages.left;
  pages.room(20);
  for (const { label, colour, width, dash } of series) {
    const wide = 34 + pages.textWidth(pages.clean(label), 'regular', size) + 14;
    if (x + wide > pages.left + pages.width) {
      x = pages.left;
      pages.y += 14;
    }
    pages.artefact(() => {
      pages.doc.save().lineWidth(width).strokeColor(printColour(colour), 1);
      if (dash !== undefined) {
        const [on, space = on] = dash.split(' ').map(Number);
        pages.doc.dash(on, { space });
      }
      pages.doc
        .moveTo(x, pages.y + 6.5)
        .lineTo(x + 28, pages.y + 6.5)
        .stroke()
        .restore();
    });
    pages.tagged(pages.struct('P'), 'P', () => {
      pages.putLines([pages.clean(label)], x + 33, pages.y, { size });
    });
    x += wide;
  }
  pages.y += 22;
}
