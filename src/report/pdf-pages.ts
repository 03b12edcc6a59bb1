/**
 * Pages of a PDF and what is put on them from top to bottom: paragraphs, headings, lists; a new page when one is full. Everything
 * is tagged for readers that speak; page numbers and rules are artefacts. It knows text and space, not reports.
 * No font of Chinese, Japanese or Korean is shipped: the smallest whole one is several megabytes a script, many times the rest.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { EcommlError } from '../base/errors.js';
import { printColour } from './page-style.js';
import { breakLines, drawable, seenOrder } from './pdf-text.js';
import { fontOfWoff } from './woff-font.js';

const FONTS = { regular: '400', bold: '700' } as const;
type FontName = keyof typeof FONTS;
/** The user's font, for what the two lack. */
const FURTHER = 'further';

export interface TextStyle {
  readonly font?: FontName;
  readonly size?: number;
  readonly colour?: string;
  readonly indent?: number;
  readonly width?: number;
  /** Space after it. */
  readonly after?: number;
}

export const MARGIN = 46;
const A4: [number, number] = [595.28, 841.89];
/** Line height, as a multiple of the size. */
const LINE = 1.38;
/** Where the baseline is below a line's top, as a multiple of the size. */
const BASELINE = 1.02;

export type Struct = PDFKit.PDFStructureElement;

interface GlyphFont {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

export class PdfPages {
  readonly doc: PDFKit.PDFDocument;
  readonly width = A4[0] - 2 * MARGIN;
  readonly bottom = A4[1] - MARGIN - 14;
  /** Characters that no font here has a glyph for, written as code points. */
  readonly missing = { count: 0 };
  y = MARGIN;
  readonly #root: Struct;
  #section: Struct;
  readonly #glyphs: GlyphFont;
  readonly #further: GlyphFont | null;
  /** Above every page that goes on with a section. */
  readonly #heads: string[] = [];
  head = '';
  readonly #widths = new Map<string, number>();

  /** `further` is the bytes of a font for characters that DejaVu Sans lacks; throws what the PDF library throws of a bad one. */
  constructor(title: string, further?: Uint8Array) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: MARGIN,
      autoFirstPage: false,
      bufferPages: true,
      tagged: true,
      lang: 'en',
      displayTitle: true,
      pdfVersion: '1.7',
      // No clock: the same report is the same bytes.
      info: {
        Title: title,
        Author: 'ecomml',
        Creator: 'ecomml',
        Producer: 'ecomml',
        CreationDate: new Date(Date.UTC(2000, 0, 1)),
      },
    });
    const { resolve } = createRequire(import.meta.url);
    for (const [name, weight] of Object.entries(FONTS))
      this.doc.registerFont(
        name,
        fontOfWoff(readFileSync(resolve(`@fontsource/dejavu-sans/files/dejavu-sans-latin-${weight}-normal.woff`))),
      );
    // pdfkit keeps fontkit's font here and has no other way to ask for glyphs.
    const glyphs = (name: string) => (this.doc.font(name) as unknown as { _font: { font: GlyphFont } })._font.font;
    try {
      if (further !== undefined)
        this.doc.registerFont(FURTHER, Buffer.from(further) as unknown as PDFKit.Mixins.PDFFontSource);
      this.#further = further === undefined ? null : glyphs(FURTHER);
    } catch (cause) {
      throw new EcommlError(
        'DAMAGED_FONT',
        'The font given for the PDF cannot be used: it is damaged or of an unknown kind.',
        {
          hint: 'Give another .ttf, .otf or .woff file with --pdf-font.',
          cause,
        },
      );
    }
    this.#glyphs = glyphs('regular');
    this.#root = this.doc.struct('Document');
    this.doc.addStructure(this.#root);
    this.#section = this.#root;
    this.newPage();
  }

  get left(): number {
    return MARGIN;
  }

  /** 0-based number of the page that is written to. */
  get page(): number {
    const { start, count } = this.doc.bufferedPageRange();
    return start + count - 1;
  }

  newPage(): void {
    this.doc.addPage({ size: 'A4', margins: { top: MARGIN, bottom: 0, left: MARGIN, right: MARGIN } });
    this.y = MARGIN;
    this.#heads[this.page] = this.head;
  }

  /** Begins a new page unless so much is left on this one. */
  room(height: number): void {
    if (this.y + height > this.bottom && this.y > MARGIN) this.newPage();
  }

  beginSection(): void {
    this.#section = this.struct('Sect', this.#root);
  }

  struct(type: string, parent: Struct = this.#section, options: PDFKit.Mixins.StructureElementOptions = {}): Struct {
    const element = this.doc.struct(type, options);
    parent.add(element);
    return element;
  }

  /** Draws with its content tagged as part of `element`. */
  tagged(element: Struct, type: string, draw: () => void): void {
    const content = this.doc.markStructureContent(type);
    draw();
    this.doc.endMarkedContent();
    element.add(content);
  }

  /** Draws what has no meaning of its own. */
  artefact(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  clean(text: string): string {
    const drawn = (codePoint: number) =>
      this.#glyphs.hasGlyphForCodePoint(codePoint) || this.#further?.hasGlyphForCodePoint(codePoint) === true;
    return drawable(text, drawn, this.missing);
  }

  /** Stretches of one font: the report's own wherever it can, the further one for the rest. */
  #runs(text: string, font: FontName): { readonly text: string; readonly font: string }[] {
    if (this.#further === null || /^[\x20-\x7e]*$/.test(text)) return [{ text, font }];
    const runs: { text: string; font: string }[] = [];
    for (const character of text) {
      const own = this.#glyphs.hasGlyphForCodePoint(character.codePointAt(0) ?? 0) ? font : FURTHER;
      const last = runs.at(-1);
      if (last?.font === own) last.text += character;
      else runs.push({ text: character, font: own });
    }
    return runs;
  }

  textWidth(text: string, font: FontName, size: number): number {
    const key = `${font} ${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      width = this.#runs(text, font).reduce(
        (sum, run) => sum + this.doc.font(run.font).fontSize(100).widthOfString(run.text) / 100,
        0,
      );
      if (this.#widths.size > 50_000) this.#widths.clear();
      this.#widths.set(key, width);
    }
    return width * size;
  }

  lines(text: string, width: number, font: FontName, size: number): string[] {
    return breakLines(this.clean(text), width, (one) => this.textWidth(one, font, size));
  }

  /** Lines below each other from `top`; returns their height. */
  putLines(
    lines: readonly string[],
    x: number,
    top: number,
    style: TextStyle & { readonly right?: number } = {},
  ): number {
    const { font = 'regular', size = 9.5, colour = 'var(--ink)', right } = style;
    lines.forEach((line, i) => {
      const at = right === undefined ? x : right - this.textWidth(line, font, size);
      this.#put(seenOrder(line), at, top + i * size * LINE + size * BASELINE, font, size, printColour(colour), 1);
    });
    return lines.length * size * LINE;
  }

  /** One line with its baseline at y, in the current transformation. */
  plainText(
    text: string,
    x: number,
    y: number,
    {
      size,
      colour,
      anchor,
      opacity,
      room,
    }: {
      readonly size: number;
      readonly colour: string;
      readonly anchor: string;
      readonly opacity: number;
      /** A longer text is written smaller. */
      readonly room: number;
    },
  ): void {
    const clean = this.clean(text);
    const full = this.textWidth(clean, 'regular', size);
    const shrunk = full > room ? Math.max(0.25, room / full) : 1;
    const width = full * shrunk;
    const start = anchor === 'end' ? x - width : anchor === 'middle' ? x - width / 2 : x;
    this.#put(seenOrder(clean), start, y, 'regular', size * shrunk, colour, opacity);
  }

  #put(text: string, x: number, baseline: number, font: FontName, size: number, colour: string, opacity: number): void {
    if (text.trim() === '') return;
    let at = x;
    for (const run of this.#runs(text, font)) {
      this.doc.font(run.font).fontSize(size).fillColor(colour, opacity);
      this.doc.text(run.text, at, baseline, { lineBreak: false, baseline: 'alphabetic' });
      at += this.doc.widthOfString(run.text);
    }
  }

  /** A paragraph that may go on on the next page. */
  paragraph(
    text: string,
    { type = 'P', parent, ...style }: TextStyle & { readonly type?: string; readonly parent?: Struct } = {},
  ): void {
    const { font = 'regular', size = 9.5, indent = 0, width = this.width - indent, after = 5 } = style;
    const lines = this.lines(text, width, font, size);
    const element = this.struct(type, parent);
    const height = size * LINE;
    let at = 0;
    while (at < lines.length) {
      this.room(Math.min(2, lines.length - at) * height);
      const fitting = Math.max(1, Math.min(lines.length - at, Math.floor((this.bottom - this.y) / height)));
      this.tagged(element, type, () => {
        this.putLines(lines.slice(at, at + fitting), this.left + indent, this.y, style);
      });
      this.y += fitting * height;
      at += fitting;
      if (at < lines.length) this.newPage();
    }
    this.y += after;
  }

  list(items: readonly string[], style: TextStyle = {}): void {
    const list = this.struct('L');
    const { indent = 0, size = 9.5 } = style;
    for (const item of items) {
      const one = this.struct('LI', list);
      this.room(size * LINE);
      const label = this.struct('Lbl', one);
      this.tagged(label, 'Lbl', () => {
        this.putLines(['•'], this.left + indent + 4, this.y, style);
      });
      this.paragraph(item, { ...style, indent: indent + 14, after: 2.5, type: 'LBody', parent: one });
    }
    this.y += 4;
  }

  rule(y: number, from = this.left, to = this.left + this.width, colour = 'var(--rule)', width = 0.6): void {
    this.artefact(() => {
      this.doc
        .save()
        .lineWidth(width)
        .strokeColor(printColour(colour), 1)
        .moveTo(from, y)
        .lineTo(to, y)
        .stroke()
        .restore();
    });
  }

  /** The document's bytes. Page numbers are written last, when their count is known. */
  async finish(footer: string): Promise<Uint8Array> {
    const { start, count } = this.doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.doc.switchToPage(page);
      this.doc.markContent('Artifact', { type: 'Pagination' });
      const y = A4[1] - MARGIN + 8;
      const head = this.#heads[page] ?? '';
      if (head !== '')
        this.putLines(this.lines(head, this.width, 'regular', 7.5).slice(0, 1), this.left, MARGIN - 22, {
          size: 7.5,
          colour: 'var(--muted)',
        });
      this.putLines(this.lines(footer, this.width - 80, 'regular', 7.5).slice(0, 1), this.left, y, {
        size: 7.5,
        colour: 'var(--muted)',
      });
      this.putLines([`${page + 1} / ${count}`], this.left, y, {
        size: 7.5,
        colour: 'var(--muted)',
        right: this.left + this.width,
      });
      this.doc.endMarkedContent();
    }
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.doc.on('end', resolve);
      this.doc.on('error', reject);
    });
    this.doc.end();
    await ended;
    return Buffer.concat(chunks);
  }
}
