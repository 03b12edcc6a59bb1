/** Rows taken from the texts of one chunk after another, as a column of a chunk of its own. */
import type { Utf8Cells } from '../table/vector-texts.js';
import type { ResultColumn } from './results.js';

export class GatheredTexts {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** Whole, with rows that are not taken: copying each text by itself costs more. */
  readonly #parts: Utf8Cells[] = [];
  #size = 0;
  /** Where the last part begins. */
  #offset = 0;

  constructor(rows: number) {
    this.#starts = new Uint32Array(rows);
    this.#ends = new Uint32Array(rows);
  }

  /** Text `from` of `cells` becomes row `row`. */
  take(cells: Utf8Cells, from: number, row: number): void {
    if (this.#parts.at(-1) !== cells) {
      this.#parts.push(cells);
      this.#offset = this.#size;
      this.#size += cells.bytes.length;
    }
    if (cells.ends[from] === 0) return;
    this.#starts[row] = this.#offset + cells.starts[from];
    this.#ends[row] = this.#offset + cells.ends[from];
  }

  /** A column of UTF-8, or of texts where some are empty and not missing. */
  column(name: string): ResultColumn {
    // Not Buffer.concat, whose short buffers share their memory with others and must not be handed to a thread.
    const bytes = Buffer.from(new ArrayBuffer(this.#size));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part.bytes, at);
      at += part.bytes.length;
    }
    const [starts, ends] = [this.#starts, this.#ends];
    if (this.#parts.every(({ emptyTexts }) => !emptyTexts)) return { kind: 'utf8', name, bytes, starts, ends };
    const texts = Array.from(ends, (end, row) => (end === 0 ? null : bytes.toString('utf8', starts[row], end)));
    return { kind: 'text', name, texts };
  }
}
