/**
 * The cells of a raw table as texts without surrounding spaces, missing ones NULL, in tables of some columns each: DuckDB's
 * time to plan a statement grows with the square of its expressions, and thousands in one would never end. It knows no type.
 */
import { EcommlError } from '../base/errors.js';
import type { DetectedInput } from '../table/detect-input.js';
import { type Database, literal } from '../table/duckdb.js';
import { RAW_TABLE } from '../table/read-raw.js';
import { BROKEN_MARK } from '../table/spool-csv.js';
import { COLUMNS_A_QUERY, presentSql } from './column-types.js';
import { trimmed } from './event-sql.js';

export class TableCells {
  readonly parts: readonly string[];

  private constructor(
    private readonly db: Database,
    columns: number,
  ) {
    this.parts = Array.from({ length: Math.ceil(columns / COLUMNS_A_QUERY) }, (_, part) => `table_cells_${part}`);
  }

  /**
   * Creates the parts from `raw_input`, each with one row a record in its order: source_row, broken, spaced (a cell of
   * this part was trimmed), and v0, v1, … for its columns of the table, COLUMNS_A_QUERY of them.
   */
  static async create(db: Database, input: DetectedInput, signal: AbortSignal | undefined): Promise<TableCells> {
    const all = input.columns.map((_, c) => c);
    const cells = new TableCells(db, all.length);
    const broken = input.dialect === undefined ? 'false' : `coalesce(prefix(c0, ${literal(BROKEN_MARK)}), false)`;
    for (const [part, relation] of cells.parts.entries()) {
      const some = all.slice(part * COLUMNS_A_QUERY, (part + 1) * COLUMNS_A_QUERY);
      await db.run(`CREATE OR REPLACE TABLE ${relation} AS
        SELECT source_row, broken, ${some.map((c) => `coalesce(c${c} <> v${c}, false)`).join(' OR ')} AS spaced,
          ${some.map((c) => `${presentSql(`v${c}`)} AS v${c}`).join(', ')}
        FROM (SELECT rowid + 1 AS source_row, ${broken} AS broken,
          ${some.map((c) => `c${c}, ${trimmed(`c${c}`)} AS v${c}`).join(', ')} FROM ${RAW_TABLE})`);
      signal?.throwIfAborted();
    }
    await cells.#checkSideBySide();
    return cells;
  }

  /** The part that holds column c of the table. */
  of(column: number): string {
    return this.parts[Math.floor(column / COLUMNS_A_QUERY)];
  }

  /** The rows in which a cell was trimmed. */
  get spacedRows(): string {
    return this.parts.map((part) => `SELECT source_row FROM ${part} WHERE spaced AND NOT broken`).join(' UNION ');
  }

  async drop(): Promise<void> {
    for (const part of this.parts) await this.db.run(`DROP TABLE ${part}`);
  }

  /** Parts joined by position must hold the same rows in the same order. */
  async #checkSideBySide(): Promise<void> {
    const [first, ...others] = this.parts;
    for (const part of others) {
      const misplaced = await this.db.number(
        `SELECT count(*) FROM ${first} a POSITIONAL JOIN ${part} b WHERE a.source_row IS DISTINCT FROM b.source_row`,
      );
      if (misplaced > 0)
        throw new EcommlError('CLEAN_MISPLACED', `${misplaced} rows lost their place while their cells were read.`, {
          hint: 'This is a defect of ecomml: please report it with the file.',
        });
    }
  }
}
