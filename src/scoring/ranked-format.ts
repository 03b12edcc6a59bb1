/**
 * Any format with `rank` and `decile` behind its columns: the rows lie beside the output until all are scored, then they
 * are ranked (rank-rows.ts) and written on. The columns' probability must be among them.
 */
import { rmSync } from 'node:fs';
import type { RankColumn } from './output-names.js';
import { linesToParquet } from './parquet-format.js';
import { rankRows } from './rank-rows.js';
import type { ResultField } from './results.js';
import type { RowFormat } from './row-format.js';
import { PROBABILITY } from './score-columns.js';
import { spoolFile } from './spool-file.js';

export function rankedFormat(plain: RowFormat, wanted: readonly RankColumn[]): RowFormat {
  // The fields of the output end with those that are added here.
  const scored = (fields: readonly ResultField[]) => fields.slice(0, fields.length - wanted.length);
  return {
    ...plain,
    appendable: false,
    head: (fields) => plain.head(scored(fields)),
    rows: (results, fields) => plain.rows(results, scored(fields)),
    sink: async (aside, fields) => {
      const spool = spoolFile(`${aside}.scored`);
      spool.write(plain.head(scored(fields)));
      const discards = [spool.discard];
      return {
        write: async (bytes) => spool.write(bytes),
        finish: async () => {
          spool.close();
          const place = fields.findIndex(({ name }) => name === PROBABILITY);
          const column = { json: plain.name === 'jsonl', place, name: PROBABILITY };
          const ranked = spoolFile(plain.name === 'parquet' ? `${aside}.lines` : aside);
          discards.push(ranked.discard);
          await rankRows(spool.path, column, wanted, `${aside}.ranks`, async (bytes) => ranked.write(bytes));
          ranked.close();
          rmSync(spool.path);
          if (plain.name === 'parquet') {
            await linesToParquet(ranked.path, fields, aside);
            rmSync(ranked.path);
          }
          discards.length = 0;
        },
        discard: async () => {
          for (const discard of discards) discard();
        },
      };
    },
  };
}
