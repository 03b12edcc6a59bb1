/** The real REES46 slice of the repository as a relation of clean events, read without the cleaning rules. */
import { fileURLToPath } from 'node:url';
import type { Database } from '#ecomml/table/duckdb.js';
import { identifier, literal } from '#ecomml/table/duckdb.js';

const SLICE = fileURLToPath(new URL('../../data/rees46/2019-Oct-17k.csv.gz', import.meta.url));

export async function createSlice(db: Database, name: string): Promise<void> {
  await db.run(`
    CREATE OR REPLACE TABLE ${identifier(name)} AS
    SELECT row_number() OVER () AS source_row, CAST(replace(event_time, ' UTC', '') AS TIMESTAMP) AS event_time,
      event_type, product_id, category_id, category_code, brand, CAST(price AS DOUBLE) AS price, user_id, user_session
    FROM read_csv(${literal(SLICE)}, header = true, all_varchar = true, null_padding = true)
    WHERE length(user_session) = 36`);
}
