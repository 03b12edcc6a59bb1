/**
 * A workbook's parts between the library that writes them and the file: what the library cannot do is added to its XML
 * (conditional colours, rows that are streamed), and the clock is taken out. The library keeps every cell in WebAssembly's memory, so
 * long sheets are written as two rows and grow here, a few kilobytes at a time.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import {
  type AsyncFlateStreamHandler,
  strFromU8,
  strToU8,
  unzipSync,
  Zip,
  ZipDeflate,
  type ZipInputFile,
  ZipPassThrough,
} from 'fflate';

export interface ColourScale {
  readonly kind: 'scale';
  /** Columns and rows, 0-based, both ends included. */
  readonly range: CellRange;
  /** Two colours, low to high, or three with the middle at zero. */
  readonly colours: readonly [string, string] | readonly [string, string, string];
}

export interface DataBar {
  readonly kind: 'bar';
  readonly range: CellRange;
  readonly colour: string;
}

/** Rows of the range are filled where the formula, written for its first row, is true. */
export interface Highlight {
  readonly kind: 'highlight';
  readonly range: CellRange;
  readonly formula: string;
}

export type Colouring = ColourScale | DataBar | Highlight;

export interface CellRange {
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly lastRow: number;
  readonly lastColumn: number;
}

export type StreamedCell = string | number | null;

export interface StreamedSheet {
  /** Position of the sheet in the workbook, from 1. It holds a header and one row, whose formats all rows get. */
  readonly sheet: number;
  readonly rows: number;
  readonly next: () => Promise<readonly (readonly StreamedCell[])[] | null>;
}

export interface WorkbookParts {
  readonly colourings: ReadonlyMap<number, readonly Colouring[]>;
  readonly streamed: readonly StreamedSheet[];
}

const CREATED = '2000-01-01T00:00:00Z';
// A local date on purpose: zip stores local time, so this is the same bytes in every time zone.
const PART_TIME = new Date(1980, 0, 1);

/** Writes the file's bytes in order. The same parts and rows give the same bytes. */
export async function writeWorkbook(
  library: Uint8Array,
  { colourings, streamed }: WorkbookParts,
  write: (bytes: Uint8Array) => void,
): Promise<void> {
  const parts = unzipSync(library);
  let failure: Error | null = null;
  const zip = new Zip((error, bytes) => {
    if (error) failure = error;
    else write(bytes);
  });
  const check = () => {
    if (failure !== null) throw failure;
  };
  const add = (name: string, text: string) => {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = PART_TIME;
    zip.add(entry);
    entry.push(strToU8(text), true);
    check();
  };
  for (const [name, part] of Object.entries(parts)) {
    const sheet = Number(/^xl\/worksheets\/sheet(\d+)\.xml$/.exec(name)?.[1] ?? 0);
    const long = streamed.find((one) => one.sheet === sheet);
    if (long !== undefined) await addStreamed(zip, name, strFromU8(part), long, colourings.get(sheet) ?? [], check);
    else if (sheet > 0) add(name, coloured(strFromU8(part), colourings.get(sheet) ?? []));
    else if (name === 'docProps/core.xml')
      add(name, strFromU8(part).replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, `$1${CREATED}`));
    else if (name === 'xl/styles.xml') add(name, withHighlight(strFromU8(part)));
    else if (/^xl\/tables\//.test(name)) add(name, grown(strFromU8(part), parts, name, streamed));
    else if (/\.(?:xml|rels)$/.test(name)) add(name, strFromU8(part));
    else {
      const entry = new ZipPassThrough(name);
      entry.mtime = PART_TIME;
      zip.add(entry);
      entry.push(part, true);
    }
  }
  zip.end();
  check();
}

async function addStreamed(
  zip: Zip,
  name: string,
  xml: string,
  { rows, next }: StreamedSheet,
  colours: readonly Colouring[],
  check: () => void,
): Promise<void> {
  const entry = new LongEntry(name);
  zip.add(entry);
  const second = /<row r="2".*?<\/row>/s.exec(xml);
  if (second === null) throw new Error('A streamed sheet needs a row to take its formats from.');
  const styles = [...second[0].matchAll(/<c r="[A-Z]+2"(?: s="(\d+)")?/g)].map(([, style]) =>
    style === undefined ? '' : ` s="${style}"`,
  );
  const start = xml
    .slice(0, second.index)
    .replace(/<dimension ref="[^"]*"\/>/, `<dimension ref="A1:${columnName(styles.length - 1)}${rows + 1}"/>`);
  entry.push(start, false);
  let row = 1;
  let text = '';
  for (let block = await next(); block !== null; block = await next()) {
    for (const cells of block) {
      row++;
      text += rowXml(row, cells, styles);
      if (text.length < CHUNK) continue;
      entry.push(text, false);
      text = '';
    }
    check();
  }
  if (row !== rows + 1) throw new Error(`${row - 1} rows came where ${rows} were promised.`);
  entry.push(text + coloured(xml.slice(second.index + second[0].length), colours), true);
  check();
}

/** Characters of XML that are packed at a time. */
const CHUNK = 1 << 18;

/**
 * An entry packed piece by piece by Node's own zlib: several times as fast as in JavaScript, and no history is kept between
 * pieces. Each ends on a byte (a full flush), so that they follow each other as one stream.
 */
class LongEntry implements ZipInputFile {
  readonly filename: string;
  readonly compression = 8;
  readonly mtime = PART_TIME;
  crc = 0;
  size = 0;
  ondata?: AsyncFlateStreamHandler;

  constructor(filename: string) {
    this.filename = filename;
  }

  push(text: string, last: boolean): void {
    const bytes = Buffer.from(text);
    this.crc = crc32(bytes, this.crc);
    this.size += bytes.length;
    const packed = deflateRawSync(bytes, { level: 4, finishFlush: last ? constants.Z_FINISH : constants.Z_FULL_FLUSH });
    this.ondata?.(null, packed, last);
  }
}

/** Numbers as numbers, texts as texts whatever they begin with. */
function rowXml(row: number, cells: readonly StreamedCell[], styles: readonly string[]): string {
  let text = `<row r="${row}">`;
  for (let c = 0; c < styles.length; c++) {
    const value = cells[c];
    if (value === null || value === undefined || value === '') continue;
    const place = `${columnName(c)}${row}`;
    if (typeof value === 'number') {
      if (Number.isFinite(value)) text += `<c r="${place}"${styles[c]}><v>${value}</v></c>`;
    } else
      text += `<c r="${place}"${styles[c]} t="inlineStr"><is><t xml:space="preserve">${xmlText(value)}</t></is></c>`;
  }
  return `${text}</row>`;
}

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const LONGEST_TEXT = 32_767;

/** Without what XML cannot hold: control characters and halves of surrogate pairs. */
function xmlText(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(/[&<>]/g, (character) => XML[character])
    .replace(/(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd');
}

/** 0 is A, 26 is AA. */
export function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

const rangeText = ({ firstRow, firstColumn, lastRow, lastColumn }: CellRange) =>
  `${columnName(firstColumn)}${firstRow + 1}:${columnName(lastColumn)}${lastRow + 1}`;

/** The rules go where the schema has them: after the cells, the filters and the merged cells. */
function coloured(xml: string, colours: readonly Colouring[]): string {
  if (colours.length === 0) return xml;
  const rules = colours.map(
    (one, i) => `<conditionalFormatting sqref="${rangeText(one.range)}">${ruleXml(one, i + 1)}</conditionalFormatting>`,
  );
  return xml.replace(/<(?:dataValidations|hyperlinks|printOptions|pageMargins)/, (next) => rules.join('') + next);
}

function ruleXml(one: Colouring, priority: number): string {
  switch (one.kind) {
    case 'scale': {
      const middle = one.colours.length === 3 ? '<cfvo type="num" val="0"/>' : '';
      const colours = one.colours.map((colour) => `<color rgb="FF${colour}"/>`).join('');
      return `<cfRule type="colorScale" priority="${priority}"><colorScale><cfvo type="min"/>${middle}<cfvo type="max"/>${colours}</colorScale></cfRule>`;
    }
    case 'bar':
      return `<cfRule type="dataBar" priority="${priority}"><dataBar><cfvo type="num" val="0"/><cfvo type="max"/><color rgb="FF${one.colour}"/></dataBar></cfRule>`;
    case 'highlight':
      return `<cfRule type="expression" dxfId="0" priority="${priority}"><formula>${xmlText(one.formula)}</formula></cfRule>`;
  }
}

/** The one differential format: bold on green. The library writes none of its own. */
function withHighlight(styles: string): string {
  return styles.replace(
    /<dxfs count="0"\/>/,
    '<dxfs count="1"><dxf><font><b/></font><fill><patternFill><bgColor rgb="FFC6EFCE"/></patternFill></fill></dxf></dxfs>',
  );
}

/** A table over a streamed sheet reaches to its last row. */
function grown(
  xml: string,
  parts: Readonly<Record<string, Uint8Array>>,
  name: string,
  streamed: readonly StreamedSheet[],
): string {
  const file = name.slice(name.lastIndexOf('/') + 1);
  const long = streamed.find(({ sheet }) => {
    const links = parts[`xl/worksheets/_rels/sheet${sheet}.xml.rels`];
    return links !== undefined && strFromU8(links).includes(`tables/${file}"`);
  });
  return long === undefined ? xml : xml.replace(/ref="A1:([A-Z]+)2"/g, `ref="A1:$1${long.rows + 1}"`);
}
