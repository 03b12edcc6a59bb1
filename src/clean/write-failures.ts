/**
 * failures.csv: every row that fails an expectation, once a rule: number of the data record, its physical line (CSV inputs),
 * column, rule, severity and value; by record. The input is scanned once more for the lines. It decides nothing.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import type { DetectedInput } from '../table/detect-input.js';
import type { Database } from '../table/duckdb.js';
import { OutputFile } from '../table/output-file.js';
import { readTextColumns } from '../table/read-frame.js';
import { scanRecords } from '../table/spool-csv.js';
import { EXPECTATION_FAILURES } from './check-expectations.js';

const HEADER = 'row,line,column,rule,severity,value\n';
/** Rows held in memory at once. */
const PIECE = 100_000;

export async function writeFailures(
  db: Database,
  input: DetectedInput,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  await db.run(
    `CREATE OR REPLACE TABLE ordered_failures AS SELECT * FROM ${EXPECTATION_FAILURES} ORDER BY source_row, rowid`,
  );
  const total = await db.number('SELECT count(*) FROM ordered_failures');
  const lines = total === 0 || input.dialect === undefined ? undefined : await linesOf(db, input, signal);
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  try {
    const out = new OutputFile(aside);
    try {
      out.write(Buffer.from(HEADER));
      for (let from = 0; from < total; from += PIECE) {
        const { columns } = await readTextColumns(
          db,
          `SELECT CAST(source_row AS VARCHAR), "column", rule, severity, value FROM ordered_failures WHERE rowid >= ${from} AND rowid < ${from + PIECE} ORDER BY rowid`,
        );
        const [rows, ...others] = columns.map(({ values }) => values);
        const text = rows.map((row, n) => {
          const line = lines === undefined ? '' : String(lines.get(Number(row)) ?? '');
          return `${[row ?? '', line, ...others.map((values) => values[n] ?? '')].map(quoted).join(',')}\n`;
        });
        out.write(Buffer.from(text.join('')));
      }
    } finally {
      out.close();
    }
    publishFile(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  } finally {
    await db.run('DROP TABLE ordered_failures');
  }
}

/** Physical line of each failing record. */
async function linesOf(
  db: Database,
  input: DetectedInput,
  signal: AbortSignal | undefined,
): Promise<Map<number, number>> {
  const { columns } = await readTextColumns(
    db,
    'SELECT DISTINCT CAST(source_row AS VARCHAR) AS row, source_row FROM ordered_failures ORDER BY source_row',
  );
  const wanted = columns[0].values;
  const lines = new Map<number, number>();
  let next = 0;
  await scanRecords(
    input.file,
    input.dialect!,
    input.columns.length,
    (_, scanner, record) => {
      if (record === Number(wanted[next])) {
        lines.set(record, scanner.line);
        next++;
      }
      return next < wanted.length;
    },
    signal === undefined ? {} : { signal },
  );
  return lines;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
