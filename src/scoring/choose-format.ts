/** Output formats by name: a format is added here and in the option --format. */
import { csvFormat, excelSafeCsv } from './csv-format.js';
import { jsonlFormat } from './jsonl-format.js';
import { parquetFormat } from './parquet-format.js';
import { rankedFormat } from './ranked-format.js';
import type { FormatChoice, RowFormat } from './row-format.js';

export function chooseFormat({ name, excelSafe = false, rank = [] }: FormatChoice): RowFormat {
  const plain = { csv: excelSafe ? excelSafeCsv : csvFormat, jsonl: jsonlFormat, parquet: parquetFormat }[name];
  return rank.length === 0 ? plain : rankedFormat(plain, rank);
}
