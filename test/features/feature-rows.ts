/** Feature rows as text, for comparing them to the bit: DuckDB prints a double with the digits that tell it apart. */
import { type BuildFeaturesOptions, buildFeatures } from '#ecomml/features/build-features.js';
import type { Database } from '#ecomml/table/duckdb.js';
import { identifier } from '#ecomml/table/duckdb.js';

/** Makes the relation "features" out of a relation of events; tests of the tests put a leaking one in its place. */
export type Builder = (db: Database, events: string, options?: Partial<BuildFeaturesOptions>) => Promise<void>;

export const build: Builder = async (db, events, options = {}) => {
  await buildFeatures(db, { events, moments: 'all', idFeatures: true, ...options });
};

/** What looks forward, or numbers the file's rows: no input of a model. */
const NOT_COMPARED = ['source_row', 'label', 'session_last_event'];

/** One text a row of "features", sorted; `where` chooses rows. */
export async function featureRows(db: Database, where = 'true'): Promise<string[]> {
  const columns = (await db.describe('FROM features')).map(({ name }) => name);
  const cells = columns
    .filter((name) => !NOT_COMPARED.includes(name))
    .map((name) => `'${name}=' || coalesce(CAST(${identifier(name)} AS VARCHAR), 'NULL')`);
  const rows = await db.rows(
    `SELECT concat_ws(chr(9), ${cells.join(', ')}) AS text FROM features WHERE ${where} ORDER BY text`,
  );
  return rows.map((row) => String(row.text));
}

/** The first row that differs, with the cells that differ; undefined when the lists are equal. */
export function firstDifference(expected: readonly string[], found: readonly string[]): string | undefined {
  for (let i = 0; i < Math.max(expected.length, found.length); i++) {
    if (expected[i] === found[i]) continue;
    const [a, b] = [(expected[i] ?? '').split('\t'), (found[i] ?? '').split('\t')];
    return `row ${i} of ${expected.length} and ${found.length}: ${a.filter((cell) => !b.includes(cell))} became ${b.filter((cell) => !a.includes(cell))}`;
  }
  return undefined;
}
