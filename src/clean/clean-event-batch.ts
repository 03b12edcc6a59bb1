/**
 * The rules of clean-events.ts on some records of a stream: of each record its event, or why there is none. Duplicates
 * stay, since what came in earlier batches is not known here; nothing is counted and no file is written.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EcommlError } from '../base/errors.js';
import { compressionOf } from '../table/decompress.js';
import type { DetectedInput } from '../table/detect-input.js';
import { type Database, identifier } from '../table/duckdb.js';
import { RAW_TABLE, readRaw } from '../table/read-raw.js';
import { typedSql } from './clean-events.js';
import { trimmed } from './event-sql.js';
import type { EventRules } from './presets.js';

/** An event after cleaning; null is missing. */
export interface StreamedEvent {
  /** Microseconds since 1970, whole. */
  readonly us: number;
  readonly event_type: 'view' | 'cart' | 'remove_from_cart' | 'purchase';
  readonly product_id: string;
  readonly category_id: string | null;
  readonly category_code: string | null;
  readonly brand: string | null;
  readonly price: number | null;
  readonly user_id: string;
  readonly user_session: string;
}

export type CleanedRecord =
  /** `id`: the cell of the column of event ids, where one was named. */
  | { readonly kind: 'event'; readonly event: StreamedEvent; readonly id: string | null }
  | { readonly kind: 'reject'; readonly column: string; readonly reason: string }
  /** Of an event type that nobody needs. */
  | { readonly kind: 'passed-over' };

const LINE_ENDS = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;
const TEXTS = ['product_id', 'category_id', 'category_code', 'brand', 'user_id', 'user_session'] as const;

/**
 * `records` are sound ones of `input`, in UTF-8 without line ends; the answer has one entry for each, in their order.
 * `idColumn`: the file's column of event ids, by its place.
 */
export async function cleanEventBatch(
  db: Database,
  input: DetectedInput,
  records: readonly Uint8Array[],
  rules: EventRules,
  idColumn?: number,
): Promise<CleanedRecord[]> {
  if (records.length === 0) return [];
  const dialect = input.dialect!;
  const path = join(db.folder, 'batch.csv');
  const lineEnd = Buffer.from(LINE_ENDS[dialect.newline]);
  writeFileSync(path, Buffer.concat(records.flatMap((record) => [record, lineEnd])));
  const { headerText: _, ...rest } = dialect;
  const batch: DetectedInput = {
    ...input,
    file: { path, name: input.file.name, bytes: 1, compression: compressionOf(new Uint8Array(0)) },
    dialect: { ...rest, encoding: 'utf-8', bomBytes: 0, preamble: 0, headerRows: 0, firstDataLine: 1 },
  };
  await readRaw(db, batch);
  await db.run(typedSql(batch, rules));
  const id = idColumn === undefined ? 'NULL' : trimmed(`c${idColumn}`);
  const from =
    idColumn === undefined ? 'typed_events' : `typed_events JOIN ${RAW_TABLE} ON ${RAW_TABLE}.rowid + 1 = source_row`;
  const sql = `SELECT source_row::DOUBLE, reason, "column", passed, epoch_us(event_time)::DOUBLE, event_type,
    ${TEXTS.map(identifier).join(', ')}, coalesce(price, 'nan'::DOUBLE), ${id} FROM ${from}`;
  const cleaned = new Array<CleanedRecord | undefined>(records.length);
  for await (const { chunk } of db.stream(sql)) {
    const columns = Array.from({ length: 14 }, (_unused, c) => chunk.getColumnVector(c));
    for (let row = 0; row < chunk.rowCount; row++) {
      const cell = (c: number) => columns[c].getItem(row) as never;
      cleaned[(cell(0) as number) - 1] = cleanedRecord(cell);
    }
  }
  if (cleaned.includes(undefined))
    throw new EcommlError(
      'CLEAN_ROWS_LOST',
      `Of ${records.length} records, ${cleaned.filter(Boolean).length} came back.`,
      {
        hint: 'This is a fault of ecomml, not of the data: please report it.',
      },
    );
  return cleaned as CleanedRecord[];
}

function cleanedRecord(cell: (column: number) => never): CleanedRecord {
  const reason = cell(1) as string | null;
  if (reason !== null) return { kind: 'reject', column: (cell(2) as string | null) ?? '', reason };
  if (cell(3) === true) return { kind: 'passed-over' };
  const [product_id, category_id, category_code, brand, user_id, user_session] = TEXTS.map(
    (_, t) => cell(6 + t) as string,
  );
  const price = cell(12) as number;
  const event: StreamedEvent = {
    us: cell(4),
    event_type: cell(5),
    product_id,
    category_id,
    category_code,
    brand,
    price: Number.isNaN(price) ? null : price,
    user_id,
    user_session,
  };
  return { kind: 'event', event, id: cell(13) };
}
