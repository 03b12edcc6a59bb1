/**
 * Which features change when the future is scrambled: features are made once more of events whose later half was mixed
 * up and thinned, and the rows of moments before that are compared to the bit. A feature that differs in one of them read
 * what nobody could know. It drops nothing.
 */
import { type Database, identifier } from '../table/duckdb.js';
import { EVENT_COLUMNS } from '../table/event-columns.js';

export interface FutureCheck {
  /** Events later than this were scrambled: the median instant of the moments, ISO 8601 in UTC. */
  readonly instant: string;
  /** Moments at or before it, whose rows were compared. */
  readonly rows: number;
  /** Features whose values are others in some of them, in the order given. */
  readonly changed: readonly { readonly feature: string; readonly rows: number }[];
}

/** Makes the features of a relation of events as a table of that name, with source_row and event_time. */
export type FeatureMaker = (events: string, into: string) => Promise<unknown>;

const SCRAMBLED = 'scrambled_events';
const REMADE = 'features_of_scrambled_events';

/** `made`: the table of the features as they are, by the same maker. Takes as long as making them once more. */
export async function changedByFuture(
  db: Database,
  { events, made, features, seed }: { events: string; made: string; features: readonly string[]; seed: number },
  make: FeatureMaker,
): Promise<FutureCheck> {
  const median = await db.row(`SELECT quantile_disc(event_time, 0.5)::VARCHAR AS at FROM ${identifier(made)}`);
  const instant = `TIMESTAMP '${median.at}'`;
  await db.run(`CREATE OR REPLACE TABLE ${SCRAMBLED} AS ${scrambled(identifier(events), instant, seed)}`);
  await make(SCRAMBLED, REMADE);
  const differs = features.map(
    (name, f) => `count(*) FILTER (was.${identifier(name)} IS DISTINCT FROM now.${identifier(name)}) AS f${f}`,
  );
  // A row that is not there any more counts as changed in every feature that had a value.
  const found = await db.row(
    `SELECT count(*) AS n, ${differs.join(', ')} FROM ${identifier(made)} AS was
     LEFT JOIN ${REMADE} AS now USING (source_row) WHERE was.event_time <= ${instant}`,
  );
  await db.run(`DROP TABLE ${SCRAMBLED}; DROP TABLE ${REMADE}`);
  return {
    instant: `${String(median.at).replace(' ', 'T')}Z`,
    rows: Number(found.n),
    changed: features.flatMap((feature, f) => {
      const rows = Number(found[`f${f}`]);
      return rows === 0 ? [] : [{ feature, rows }];
    }),
  };
}

/**
 * Earlier events as they are; of the later ones a third is gone, and each of the others keeps its instant and gets every
 * other field of another one. What is drawn depends on the rows' numbers and the seed alone.
 */
function scrambled(events: string, instant: string, seed: number): string {
  const fields = EVENT_COLUMNS.filter((name) => name !== 'event_time');
  const mixed = fields.map(
    (field, i) =>
      `JOIN (SELECT row_number() OVER (ORDER BY hash(source_row, ${seed + i + 1}), source_row) AS n, ${field} FROM later) USING (n)`,
  );
  return `
    WITH later AS (SELECT * FROM ${events} WHERE event_time > ${instant} AND hash(source_row, ${seed}) % 3 <> 0)
    SELECT source_row, ${EVENT_COLUMNS.join(', ')} FROM ${events} WHERE event_time <= ${instant}
    UNION ALL SELECT source_row, ${EVENT_COLUMNS.join(', ')} FROM (
      SELECT row_number() OVER (ORDER BY source_row) AS n, source_row, event_time FROM later) ${mixed.join(' ')}
    ORDER BY source_row`;
}
