/**
 * rejects.csv: for each rejected row its physical line (1-based, in the decompressed file), column, reason, and the
 * bytes of its record exactly as they were, without the line end; CSV-quoted, so that unquoting gives them back byte for
 * byte in whatever encoding the input has. The input is scanned a second time for them. It decides nothing.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { csvCell } from '../table/csv-cell.js';
import type { DetectedInput } from '../table/detect-input.js';
import type { Database } from '../table/duckdb.js';
import type { CategoricalColumn, NumericColumn } from '../table/frame.js';
import { OutputFile } from '../table/output-file.js';
import { readFrame, readTextColumns } from '../table/read-frame.js';
import { RAW_TABLE } from '../table/read-raw.js';
import { REJECTS_HEADER, rejectLine } from '../table/reject-line.js';
import { scanRecords } from '../table/spool-csv.js';
import { transcoder } from '../table/text-encoding.js';
import type { MendedRecords } from './read-mended.js';

/**
 * Writes the rows of `rejects` (source_row, column, reason) to `path`, by line; a header alone when there are none.
 * A record that was mended, and not well, is written as mended. Needs the table `raw_input` when the input is Parquet, whose rows are written as CSV.
 */
export async function writeRejects(
  db: Database,
  input: DetectedInput,
  rejects: string,
  path: string,
  signal?: AbortSignal,
  mended?: MendedRecords,
): Promise<void> {
  const frame = await readFrame(db, `SELECT source_row, "column", reason FROM ${rejects} ORDER BY source_row`);
  const records = (frame.columns[0] as NumericColumn).values;
  const text = (column: number) => {
    const { codes, categories } = frame.columns[column] as CategoricalColumn;
    return (row: number) => (codes[row] < 0 ? '' : categories[codes[row]]);
  };
  const columnOf = text(1);
  const reasonOf = text(2);
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  try {
    const out = new OutputFile(aside);
    try {
      out.write(Buffer.from(REJECTS_HEADER));
      const write = (row: number, line: number, original: Uint8Array) => {
        for (const bytes of rejectLine(line, columnOf(row), reasonOf(row), original)) out.write(bytes);
      };
      // Without rejects there is nothing to look up: clean events have no raw texts.
      if (records.length > 0 && input.dialect !== undefined) await writeLines(input, records, write, signal, mended);
      else if (records.length > 0) await writeParquetRows(db, input, rejects, records, write);
    } finally {
      out.close();
    }
    publishFile(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

type WriteReject = (row: number, line: number, original: Uint8Array) => void;

async function writeLines(
  input: DetectedInput,
  records: Float64Array,
  write: WriteReject,
  signal: AbortSignal | undefined,
  mended: MendedRecords | undefined,
): Promise<void> {
  const codec = transcoder(input.dialect!.encoding);
  let row = 0;
  await scanRecords(
    input.file,
    input.dialect!,
    input.columns.length,
    (bytes, scanner, record) => {
      if (record === records[row]) {
        write(
          row,
          scanner.line,
          codec.original(mended?.get(scanner.line) ?? bytes.subarray(scanner.start, scanner.end)),
        );
        row++;
      }
      return row < records.length;
    },
    signal === undefined ? {} : { signal },
  );
}

async function writeParquetRows(
  db: Database,
  input: DetectedInput,
  rejects: string,
  records: Float64Array,
  write: WriteReject,
): Promise<void> {
  const columns = input.columns.map((_, c) => `c${c}`).join(', ');
  const texts = await readTextColumns(
    db,
    `SELECT ${columns} FROM ${RAW_TABLE}, ${rejects} r WHERE ${RAW_TABLE}.rowid + 1 = r.source_row ORDER BY r.source_row`,
  );
  for (let row = 0; row < records.length; row++) {
    const fields = texts.columns.map(({ values }) => csvCell(values[row] || null));
    write(row, records[row], Buffer.from(fields.join(',')));
  }
}
