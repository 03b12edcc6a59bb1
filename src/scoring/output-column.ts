/**
 * The columns of a scored file: names, types, and the cells of a chunk of rows as plain data. It writes no text.
 */

/** `integer` cells are whole numbers below 2^53; every other type but `number` has texts as its cells. */
export type OutputType = 'text' | 'number' | 'integer' | 'boolean' | 'date' | 'timestamp';

export interface OutputColumn {
  readonly name: string;
  readonly type: OutputType;
  /**
   * The type of a column that passes through from a Parquet file (`DECIMAL(18,3)`), whose cells are DuckDB's own texts
   * of it. Absent: `type` says all.
   */
  readonly sqlType?: string;
  /**
   * The cells are as a text file spells them (" 12", "TRUE", "NA") and `type` is how the model reads them: CSV keeps the
   * spelling, formats with types take what it means.
   */
  readonly spelled?: boolean;
}

/** One cell a row: texts, null missing; or numbers, NaN missing. */
export type OutputCells = readonly (string | null)[] | Float64Array;

/** Types that leave as they are; what else a Parquet file may hold (lists, structs, blobs, …) leaves as text. */
const SQL_TYPES: readonly (readonly [pattern: RegExp, type: OutputType])[] = [
  [/^(U?(TINY|SMALL|BIG)?INT(EGER)?|DECIMAL\(\d+,\d+\)|DOUBLE)$/, 'number'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$/, 'date'],
  [/^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/, 'timestamp'],
];

/** A column that passes through from Parquet, by its DuckDB type. A FLOAT is read as the double of the same value. */
export function parquetColumn(name: string, declared: string): OutputColumn {
  const sqlType = declared === 'FLOAT' ? 'DOUBLE' : declared;
  const found = SQL_TYPES.find(([pattern]) => pattern.test(sqlType));
  return found === undefined ? { name, type: 'text' } : { name, type: found[1], sqlType };
}

/** The column's type in a Parquet file. */
export function sqlTypeOf({ type, sqlType }: OutputColumn): string {
  const own = { text: 'VARCHAR', number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', date: 'DATE' };
  return sqlType ?? (type === 'timestamp' ? 'TIMESTAMP' : own[type]);
}

/** What a file's spelling means: a number in digits or spelled infinite, true or false; null when it is neither. */
export function meaningOf(type: OutputType, spelled: string): string | null {
  const text = spelled.trim();
  if (type === 'boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() : null;
  if (type !== 'number' && type !== 'integer') return spelled;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? '-Infinity' : 'Infinity';
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(number) ? null : String(number);
}

/** Texts as a format with types takes them. */
export function typedCells(column: OutputColumn, cells: OutputCells): OutputCells {
  if (cells instanceof Float64Array || column.spelled !== true || column.type === 'text') return cells;
  return cells.map((cell) => (cell === null ? null : meaningOf(column.type, cell)));
}
