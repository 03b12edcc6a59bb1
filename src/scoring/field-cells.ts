/**
 * What the texts of a column mean in a format that has types. CSV keeps every cell as the input spells it (" 12", "TRUE",
 * "NA"); JSON and Parquet take the number, the truth value, or nothing.
 */
import { numberOf, presentText } from '../table/cell-values.js';
import { PLAIN_VALUES } from '../table/value-format.js';
import { type FieldType, type ResultColumn, type ResultField, textAt } from './results.js';

/** Types of Parquet columns that leave as they came; others (lists, structs, blobs, intervals, …) leave as text. */
const SQL_TYPES: readonly (readonly [pattern: RegExp, type: FieldType])[] = [
  [/^(U?(TINY|SMALL|BIG)?INT(EGER)?|DECIMAL\(\d+,\d+\)|DOUBLE)$/, 'number'],
  [/^BOOLEAN$/, 'boolean'],
  [/^DATE$/, 'text'],
  [/^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/, 'text'],
];

/** The field of a column that passes through from Parquet, by its DuckDB type. A FLOAT is the double of the same value. */
export function parquetField(name: string, declared: string): ResultField {
  const sqlType = declared === 'FLOAT' ? 'DOUBLE' : declared;
  const found = SQL_TYPES.find(([pattern]) => pattern.test(sqlType));
  return found === undefined ? { name, type: 'text' } : { name, type: found[1], sqlType };
}

/** The column's type in a Parquet file. */
export function sqlTypeOf({ type, sqlType }: ResultField): string {
  return sqlType ?? SQL_TYPE[type];
}

const SQL_TYPE: Readonly<Record<FieldType, string>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};

/** What a text file's spelling means: a number, true or false, a time; null where it is missing, or none of these. */
export function meaningOf({ type, values = PLAIN_VALUES }: Omit<ResultField, 'name'>, spelled: string): string | null {
  if (type === 'text') return spelled;
  const text = presentText(spelled);
  if (text === null) return null;
  if (type === 'boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() : null;
  if (type === 'timestamp') return text.replace(/ UTC$/, '');
  const number = numberOf(text, values);
  return number === undefined ? null : String(number);
}

/** Columns as a format with types takes them; texts with an exact SQL type are in its own spelling already. */
export function typedColumns(columns: readonly ResultColumn[], fields: readonly ResultField[]): ResultColumn[] {
  return columns.map((column, c): ResultColumn => {
    const { type, sqlType } = fields[c];
    if ('values' in column || type === 'text' || sqlType !== undefined) return column;
    return { kind: 'text', name: column.name, texts: mapTexts(column, (text) => meaningOf(fields[c], text)) };
  });
}

/** The cells of a text column, each changed; missing ones stay missing. */
export function mapTexts(
  column: Extract<ResultColumn, { kind: 'text' | 'utf8' }>,
  change: (text: string) => string | null,
): (string | null)[] {
  const rows = column.kind === 'text' ? column.texts.length : column.starts.length;
  return Array.from({ length: rows }, (_, row) => {
    const text = textAt(column, row);
    return text === null ? null : change(text);
  });
}

/** The cells of any column as texts; numbers in their shortest form. */
export function columnText(column: ResultColumn): readonly (string | null)[] {
  if (column.kind === 'text') return column.texts;
  if (column.kind === 'utf8') return mapTexts(column, (text) => text);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}
