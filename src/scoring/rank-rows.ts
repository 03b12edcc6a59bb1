/**
 * Adds `rank` and `decile` to a scored file that lies whole on the disk. The rank is over all rows: 1 for the highest
 * probability, and of equal probabilities the earlier row first, so every rank from 1 to the number of rows is there
 * once. The decile is ⌈10 · rank / rows⌉: 1 for the highest tenth. Memory does not grow with the rows: probabilities are
 * sorted by DuckDB, which spills to its folder (some 50 bytes a row).
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../table/duckdb.js';
import { OutputFile } from '../table/output-file.js';
import type { RankColumn } from './output-names.js';
import type { ResultField } from './results.js';
import { type SpoolColumn, spoolRecords } from './spool-records.js';

/** DuckDB's memory while it sorts; what does not fit is spilled. */
const SORT_BYTES = 256 * 2 ** 20;

export function rankColumns(wanted: readonly RankColumn[]): ResultField[] {
  return wanted.map((name) => ({ name, type: 'integer' }));
}

/**
 * Writes the file's lines with the wanted columns added, in order, to `write`, which is waited for. `probability` is the
 * column to rank by.
 */
export async function rankRows(
  path: string,
  probability: SpoolColumn,
  wanted: readonly RankColumn[],
  write: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  // Loading DuckDB takes longer than scoring a small table: only who ranks waits for it.
  const { withDatabase } = await import('../table/duckdb.js');
  await withDatabase({ threads: 1, memoryBytes: SORT_BYTES }, (db) => addRanks(db, path, probability, wanted, write));
}

async function addRanks(
  db: Database,
  path: string,
  probability: SpoolColumn,
  wanted: readonly RankColumn[],
  write: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const rows = await loadProbabilities(db, path, probability);
  const ranks = new RankReader(db);
  const { json } = probability;
  let header = !json;
  for await (const records of spoolRecords(path, probability)) {
    const parts: Buffer[] = [];
    for (const { bytes } of records) {
      if (header) {
        parts.push(bytes, Buffer.from(`,${wanted.join(',')}\n`));
        header = false;
        continue;
      }
      const rank = await ranks.next();
      const value = { rank, decile: Math.ceil((10 * rank) / rows) };
      parts.push(
        json ? bytes.subarray(0, -1) : bytes,
        Buffer.from(
          json
            ? `${wanted.map((name) => `,"${name}":${value[name]}`).join('')}}\n`
            : `${wanted.map((name) => `,${value[name]}`).join('')}\n`,
        ),
      );
    }
    await write(Buffer.concat(parts));
  }
}

/** The table `probabilities`, its rowid the row's number from 0; the number of rows. */
async function loadProbabilities(db: Database, path: string, column: SpoolColumn): Promise<number> {
  const list = join(db.folder, 'probabilities.txt');
  const file = new OutputFile(list);
  const newline = Buffer.from('\n');
  let rows = 0;
  try {
    let header = !column.json;
    for await (const records of spoolRecords(path, column))
      for (const { cell } of records) {
        if (!header) {
          file.write(cell);
          file.write(newline);
          rows++;
        }
        header = false;
      }
  } finally {
    file.close();
  }
  const { literal } = await import('../table/duckdb.js');
  await db.run(
    `CREATE OR REPLACE TABLE probabilities AS SELECT * FROM read_csv(${literal(list)}, auto_detect = false, header = false,
      columns = {'p': 'DOUBLE'}, delim = ',', quote = '', escape = '', new_line = '\\n')`,
  );
  rmSync(list);
  return rows;
}

/** Ranks in the order of the rows. */
class RankReader {
  readonly #chunks: AsyncGenerator<{
    readonly chunk: { getColumnVector(c: number): { getItem(i: number): unknown }; readonly rowCount: number };
  }>;
  #ranks: number[] = [];
  #at = 0;

  constructor(db: Database) {
    this.#chunks = db.stream(
      `SELECT CAST(rank AS DOUBLE) FROM (
         SELECT rowid AS place, row_number() OVER (ORDER BY p DESC, rowid) AS rank FROM probabilities
       ) ORDER BY place`,
    );
  }

  async next(): Promise<number> {
    if (this.#at === this.#ranks.length) {
      const { value, done } = await this.#chunks.next();
      if (done) throw new RangeError('fewer ranks than rows');
      const vector = value.chunk.getColumnVector(0);
      this.#ranks = Array.from({ length: value.chunk.rowCount }, (_, i) => vector.getItem(i) as number);
      this.#at = 0;
    }
    return this.#ranks[this.#at++];
  }
}
