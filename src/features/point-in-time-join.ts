/**
 * The point-in-time join: to each row of entities, an instant each, the newest values of features that were known then.
 * It makes no features and knows no moment.
 *
 * A feature row is known from its event's instant or from when it was created, whichever is later, and too old after its
 * time to live. Of the rows known at an instant the one of the latest event is taken; of several of one event, the one
 * created last. The rule is that of Feast's historical retrieval.
 */
import { usageError } from '../base/errors.js';
import { type Database, identifier } from '../table/duckdb.js';

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
  const { entities, features, keys, values, into, timeToLive } = join;
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
  const newest = [`${event} DESC`, ...(created ? [`${created} DESC`] : []), ...values.map(identifier)];
  const alive =
    timeToLive === 'unlimited'
      ? 'true'
      : `entity.${at} <= feature.event_instant + ${isNumber ? timeToLive : `to_microseconds(${Math.round(timeToLive * 1e6)})`}`;
  // A row that was already outdated when it became known never is the newest: without it, "newest" is "known last".
  await db.run(`
    CREATE OR REPLACE TABLE ${identifier(into)} AS
    WITH known AS (
      SELECT ${names(keys)}, ${event} AS event_instant, ${known} AS known_from, ${names(values)} FROM ${identifier(features)}
      QUALIFY row_number() OVER (PARTITION BY ${names(keys)}, ${known} ORDER BY ${newest.join(', ')}) = 1),
    records AS (
      SELECT * FROM known
      QUALIFY coalesce(event_instant >= max(event_instant) OVER (
        PARTITION BY ${names(keys)} ORDER BY known_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true)),
    numbered AS (SELECT *, row_number() OVER () AS entity_row FROM ${identifier(entities)})
    SELECT entity.* EXCLUDE entity_row, ${values.map((name) => `CASE WHEN ${alive} THEN feature.${identifier(name)} END AS ${identifier(name)}`).join(', ')}
    FROM numbered AS entity ASOF LEFT JOIN records AS feature
      ON ${keys.map((key) => `entity.${identifier(key)} = feature.${identifier(key)}`).join(' AND ')}
        AND entity.${at} >= feature.known_from
    ORDER BY entity_row`);
}

async function isNumeric(db: Database, relation: string, column: string): Promise<boolean> {
  const [described] = await db.describe(`SELECT ${identifier(column)} FROM ${identifier(relation)}`);
  return !described.type.startsWith('TIMESTAMP') && described.type !== 'DATE';
}
