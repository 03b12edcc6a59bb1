/** A table as plain data, drawn by both outputs. */

export type Cell = string | number | null | readonly [number, number];

export interface TableColumn {
  readonly title: string;
  /** "interval" cells are pairs; "value" cells strings or numbers, set like text; points shares that a reader sees as hundredths, the others numbers. Null is "not defined". */
  readonly format: 'text' | 'value' | 'integer' | 'metric' | 'percent' | 'points' | 'amount' | 'general' | 'interval';
  /** Width in the workbook, in characters; chosen by format when absent. */
  readonly width?: number;
}

export interface ReportTable {
  /** Unique; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows that were left out at the end. */
  readonly left_out?: number;
}

/** The first rows, and how many were left out: a page of 2,000 features is no page. */
export function firstRows(table: ReportTable, most: number): ReportTable {
  const further = table.rows.length - most;
  const left_out = (table.left_out ?? 0) + further;
  return further <= 0 ? table : { ...table, rows: table.rows.slice(0, most), left_out };
}

/** Text columns unless said otherwise. */
export function column(title: string, format: TableColumn['format'] = 'text', width?: number): TableColumn {
  return width === undefined ? { title, format } : { title, format, width };
}
