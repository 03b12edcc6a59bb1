/**
 * The pages of one column in one row group: definition levels, values plain or as places in a dictionary, compressed. Pages
 * come one after the other and lie in memory until the group is written.
 */
import { GrowingBytes } from './growing-bytes.js';
import { bitWidth, packNumbers, packRun } from './packed-numbers.js';
import { dataPageHeader, dictionaryPageHeader, ENCODING, type WrittenChunk } from './parquet-layout.js';
import { snappy } from './snappy.js';

export class ColumnPages {
  readonly #pages = new GrowingBytes(2 ** 16);
  readonly #page = new GrowingBytes(2 ** 16);
  readonly #compressed = new GrowingBytes(2 ** 16);
  #plainBytes = 0;

  /**
   * Begins a page of `rows` rows, of which those with `levels` 1 have a value; absent: all have. Returns where the values
   * go; `end` closes the page.
   */
  begin(rows: number, levels: Int32Array | undefined): GrowingBytes {
    const page = this.#page;
    page.clear();
    // The length of the levels goes before them.
    page.reserve(4);
    page.length = 4;
    if (levels === undefined) packRun(page, 1, rows, 1);
    else packNumbers(page, levels, rows, 1);
    const length = page.length - 4;
    const bytes = page.view();
    for (let b = 0; b < 4; b++) bytes[b] = (length >>> (8 * b)) & 0xff;
    return page;
  }

  end(rows: number, encoding: number): void {
    this.#put(this.#page.view(), (plain, packed) => dataPageHeader(rows, encoding, plain, packed));
  }

  /** A page of places in a dictionary of `size` values. */
  places(rows: number, levels: Int32Array | undefined, places: Int32Array, count: number, size: number): void {
    const page = this.begin(rows, levels);
    const width = bitWidth(size - 1);
    page.byte(width);
    packNumbers(page, places, count, width);
    this.end(rows, ENCODING.dictionary);
  }

  #put(page: Uint8Array, header: (plain: number, packed: number) => Uint8Array): void {
    this.#compressed.clear();
    snappy(page, this.#compressed);
    const head = header(page.length, this.#compressed.length);
    this.#pages.append(head);
    this.#pages.append(this.#compressed.view());
    this.#plainBytes += head.length + page.length;
  }

  /** Writes the pages, the dictionary (of `size` values, as plain bytes) before them, and forgets them. */
  flush(
    write: (bytes: Uint8Array) => void,
    offset: number,
    dictionary: { readonly size: number; readonly bytes: Uint8Array } | undefined,
  ): WrittenChunk {
    let head = 0;
    if (dictionary !== undefined) {
      this.#compressed.clear();
      snappy(dictionary.bytes, this.#compressed);
      const header = dictionaryPageHeader(dictionary.size, dictionary.bytes.length, this.#compressed.length);
      write(header);
      write(this.#compressed.view());
      head = header.length + this.#compressed.length;
      this.#plainBytes += header.length + dictionary.bytes.length;
    }
    write(this.#pages.view());
    const chunk = {
      ...(dictionary === undefined ? {} : { dictionaryOffset: offset }),
      dataOffset: offset + head,
      plainBytes: this.#plainBytes,
      bytes: head + this.#pages.length,
    };
    this.#pages.clear();
    this.#plainBytes = 0;
    return chunk;
  }
}
