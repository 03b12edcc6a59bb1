/**
 * The point-in-time join: to each row of entities, an instant each, the newest values of features that were known then.
 * It makes no features and knows no moment.
 *
 * A feature row is known from its event's instant or from when it was created, whichever is later, and too old after its
 * time to live. Of the rows known at an instant the one of the latest event is taken; of several of one event, the one
 * created last. The rule is that of Feast's historical retrieval.
 */
import { usageError } from '../base/errors.js';
import { type Database, identifier, literal } from '../table/duckdb.js';

export interface PointInTimeJoin {
  /** A relation of rows to fill; all of its columns are kept. */
  readonly entities: string;
  /** Its column of instants. */
  readonly at: string;
  /** A relation of features: keys, the event's instant, perhaps when each row was created, and values. */
  readonly features: string;
  /** Columns of both relations that must be equal; a missing key finds nothing. */
  readonly keys: readonly string[];
  /** The features' column of instants. */
  readonly eventTime: string;
  /**
   * The features' column of when a row was written. A row written later than an entity's instant was not known then and
   * is not taken; false takes it nevertheless (a backfill that is trusted). Named or not, it decides between rows of one
   * event.
   */
  readonly createdTime?: { readonly column: string; readonly filter?: boolean };
  /** Seconds after its event for which a value is good, the last instant included; "unlimited" must be said. */
  readonly timeToLive: number | 'unlimited';
  /** Columns of the features to take, by the names they get; not among the entities' columns. */
  readonly values: readonly string[];
  /** Name of the table to create; it replaces one of the same name. */
  readonly into: string;
}

/** Creates the table: the rows of the entities in their order, missing values NULL. Instants are TIMESTAMPs or numbers of seconds. */
export async function pointInTimeJoin(db: Database, join: PointInTimeJoin): Promise<void> {
  const { entities, keys, values, into, timeToLive } = join;
  if (keys.length === 0) throw usageError('JOIN_KEYS', 'A point-in-time join needs at least one key.');
  if (timeToLive !== 'unlimited' && !(timeToLive > 0 && timeToLive <= 1e10))
    throw usageError('JOIN_TIME_TO_LIVE', `The time to live is ${timeToLive} seconds; expected a number above 0.`);
  const names = (list: readonly string[]) => list.map(identifier).join(', ');
  const at = identifier(join.at);
  const isNumber = await isNumeric(db, entities, join.at);
  const event = identifier(join.eventTime);
  const created = join.createdTime && identifier(join.createdTime.column);
  const filtered = join.createdTime !== undefined && join.createdTime.filter !== false;
  const known = filtered ? `greatest(${event}, ${created})` : event;
  const source = await numberedSource(db, join, created);
  const ties = await hasTies(db, source, [...keys.map(identifier), event, ...(created ? [created] : [])]);
  // Values decide between rows that nothing else tells apart; sorting by all of them is dear, so only where it matters.
  const newest = [`${event} DESC`, ...(created ? [`${created} DESC`] : []), ...(ties ? values.map(identifier) : [])];
  const alive =
    timeToLive === 'unlimited'
      ? 'true'
      : `entity.${at} <= entity.${EVENT} + ${isNumber ? timeToLive : `to_microseconds(${Math.round(timeToLive * 1e6)})`}`;
  // A row that was already outdated when it became known never is the newest: without it, "newest" is "known last". The
  // values are fetched at the end, for the rows that were found.
  await db.run(`
    CREATE OR REPLACE TABLE ${identifier(into)} AS
    WITH known AS (
      SELECT ${names(keys)}, ${event} AS ${EVENT}, ${known} AS known_from, rowid AS ${ROW} FROM ${source}
      QUALIFY row_number() OVER (PARTITION BY ${names(keys)}, ${known} ORDER BY ${newest.join(', ')}) = 1),
    records AS (
      SELECT * FROM known
      QUALIFY coalesce(${EVENT} >= max(${EVENT}) OVER (
        PARTITION BY ${names(keys)} ORDER BY known_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true)),
    numbered AS (SELECT *, row_number() OVER () AS ${PLACE} FROM ${identifier(entities)}),
    found AS (
      SELECT entity.*, feature.${EVENT}, feature.${ROW}
      FROM numbered AS entity ASOF LEFT JOIN records AS feature
        ON ${keys.map((key) => `entity.${identifier(key)} = feature.${identifier(key)}`).join(' AND ')}
          AND entity.${at} >= feature.known_from)
    SELECT entity.* EXCLUDE (${PLACE}, ${EVENT}, ${ROW}), ${values.map((name) => `CASE WHEN ${alive} THEN feature.${identifier(name)} END AS ${identifier(name)}`).join(', ')}
    FROM found AS entity LEFT JOIN ${source} AS feature ON feature.rowid = entity.${ROW}
    ORDER BY entity.${PLACE}`);
  if (source === COPY) await db.run(`DROP TABLE ${COPY}`);
}

/** Columns beside the entities' own, by names that nobody has. */
const PLACE = '"ecomml entity"';
const EVENT = '"ecomml event"';
const ROW = '"ecomml feature row"';
const COPY = '"ecomml features to join"';

/** The features as a table whose rows have numbers: they themselves, or of a view or file a copy. */
async function numberedSource(
  db: Database,
  { features, keys, eventTime, values }: PointInTimeJoin,
  created: string | undefined,
): Promise<string> {
  const tables = `SELECT count(*) FROM duckdb_tables() WHERE table_name = ${literal(features)}`;
  if ((await db.number(tables)) > 0) return identifier(features);
  const columns = new Set([...keys, eventTime, ...values].map(identifier));
  if (created !== undefined) columns.add(created);
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${COPY} AS SELECT ${[...columns].join(', ')} FROM ${identifier(features)}`,
  );
  return COPY;
}

async function hasTies(db: Database, source: string, columns: readonly string[]): Promise<boolean> {
  const groups = `SELECT 1 FROM ${source} GROUP BY ${columns.join(', ')} HAVING count(*) > 1 LIMIT 1`;
  return (await db.number(`SELECT count(*) FROM (${groups})`)) > 0;
}

async function isNumeric(db: Database, relation: string, column: string): Promise<boolean> {
  const [described] = await db.describe(`SELECT ${identifier(column)} FROM ${identifier(relation)}`);
  return !described.type.startsWith('TIMESTAMP') && described.type !== 'DATE';
}
