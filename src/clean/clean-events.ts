/**
 * Raw events to the relation `clean_events` (columns of CLEAN_EVENT_TYPES, ordered by source_row), and what was
 * rejected to `clean_rejects` (source_row, column, reason: the first rule broken, in the order of the columns). Set-based
 * SQL over the texts of `raw_input`; it writes no file. What each rule does:
 *
 * - rejected: broken records; a missing or unreadable event_time, or one outside 1970–2099; a missing or unknown
 *   event_type; a missing product_id, user_id or user_session; a price that is no number, negative, not finite or above 1e9
 * - repaired and counted: mixed-case event types, spaces around values, times given with an offset (moved to UTC)
 * - kept and counted: a missing price (NULL), a price of zero
 * - removed: a row equal to an earlier kept row in all canonical columns, after parsing
 */
import type { DetectedInput } from '../table/detect-input.js';
import { describeInput } from '../table/detect-input.js';
import { type Database, literal } from '../table/duckdb.js';
import { CLEAN_EVENT_TYPES, EVENT_COLUMNS, type EventColumn, SYNTHETIC_MARK } from '../table/event-columns.js';
import { parquetRelation } from '../table/parquet-file.js';
import { RAW_TABLE, readRaw } from '../table/read-raw.js';
import { BROKEN_MARK, type ScanOptions } from '../table/spool-csv.js';
import { priceSql, shiftedSql, timeSql, trimmed } from './event-sql.js';
import { checkConservation, countRejects, type QualitySummary, summariseColumns } from './quality-summary.js';

export const EVENT_TYPES = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;
export const MAX_PRICE = 1e9;

export const CLEAN_EVENTS = 'clean_events';
export const CLEAN_REJECTS = 'clean_rejects';

export interface CleanedEvents {
  readonly kind: 'events';
  readonly relation: typeof CLEAN_EVENTS;
  readonly rejects: typeof CLEAN_REJECTS;
  readonly summary: QualitySummary;
}

export async function cleanEvents(
  db: Database,
  input: DetectedInput,
  options: ScanOptions = {},
): Promise<CleanedEvents> {
  if (input.kind === 'clean-events') return readCleanEvents(db, input);
  const raw = await readRaw(db, input, options);
  options.signal?.throwIfAborted();
  await db.run(typedSql(input));
  await db.run(
    `CREATE OR REPLACE TABLE ${CLEAN_REJECTS} AS
     SELECT source_row, "column", reason FROM typed_events WHERE reason IS NOT NULL`,
  );
  options.signal?.throwIfAborted();
  const duplicates = await findDuplicates(db);
  // The anti-join may shuffle rows, so it is paid for only when there is something to remove.
  const kept = `typed_events WHERE reason IS NULL${duplicates > 0 ? ' AND source_row NOT IN (FROM event_duplicates)' : ''}`;
  await db.run(
    `CREATE OR REPLACE TABLE ${CLEAN_EVENTS} AS
     SELECT ${Object.keys(CLEAN_EVENT_TYPES).join(', ')} FROM ${kept}${duplicates > 0 ? ' ORDER BY source_row' : ''}`,
  );
  const repairs = await db.row(
    `SELECT count(*) FILTER (case_repaired) AS lower_cased, count(*) FILTER (spaces) AS spaces,
            count(*) FILTER (shifted) AS shifted FROM ${kept}`,
  );
  await db.run('DROP TABLE typed_events; DROP TABLE event_duplicates');
  const summary = await summarise(db, input, {
    in: raw.rows,
    duplicatesRemoved: duplicates,
    blankLines: raw.blankLines,
    repairs: [
      { rule: 'event_type written in lower case', rows: Number(repairs.lower_cased) },
      { rule: 'spaces around a value removed', rows: Number(repairs.spaces) },
      { rule: 'time with an offset moved to UTC', rows: Number(repairs.shifted) },
    ],
  });
  return { kind: 'events', relation: CLEAN_EVENTS, rejects: CLEAN_REJECTS, summary };
}

/** Every row of `raw_input` with its parsed values, its first broken rule, and which repairs it needed. */
function typedSql(input: DetectedInput): string {
  const position = (name: EventColumn) => input.columns.findIndex((column) => column.name === name);
  const source = EVENT_COLUMNS.map((name) => ({ name, c: position(name) }));
  const texts = source.map(({ name, c }) => `${c < 0 ? 'NULL::VARCHAR' : trimmed(`c${c}`)} AS ${name}`);
  const spaced = source.filter(({ c }) => c >= 0).map(({ name, c }) => `(${name} IS NOT NULL AND c${c} <> ${name})`);
  const mark = literal(BROKEN_MARK);
  const broken = input.dialect === undefined ? 'false' : `prefix(c0, ${mark})`;
  const missing = (name: EventColumn) => `WHEN ${name} IS NULL THEN ['${name}', 'missing']`;
  return `CREATE OR REPLACE TABLE typed_events AS
SELECT source_row, event_time, event_type, product_id, category_id, category_code, brand,
  CASE WHEN price_number = 0 THEN 0 ELSE price_number END AS price, user_id, user_session,
  fault[1] AS "column", fault[2] AS reason, case_repaired, spaces, shifted
FROM (
  SELECT * REPLACE (time AS event_time, lower(event_type) AS event_type), CASE
    WHEN ${broken} THEN string_split(c0, ${mark})[2:3]
    ${missing('event_time')}
    WHEN time IS NULL THEN ['event_time', 'not a time']
    WHEN time < TIMESTAMP '1970-01-01' OR time >= TIMESTAMP '2100-01-01' THEN ['event_time', 'outside 1970 to 2099']
    ${missing('event_type')}
    WHEN lower(event_type) NOT IN (${EVENT_TYPES.map(literal).join(', ')}) THEN ['event_type', 'unknown event type']
    ${missing('product_id')}
    WHEN price IS NOT NULL AND price_number IS NULL THEN
      CASE WHEN regexp_full_match(lower(price), '[+-]?(inf|infinity|nan)') THEN ['price', 'not finite'] ELSE ['price', 'not a number'] END
    WHEN price_number < 0 THEN ['price', 'negative']
    WHEN price_number > ${MAX_PRICE} THEN ['price', 'above 1e9']
    ${missing('user_id')}
    ${missing('user_session')}
  END AS fault,
  event_type <> lower(event_type) AS case_repaired, ${spaced.join(' OR ')} AS spaces, ${shiftedSql('event_time')} AS shifted
  FROM (SELECT *, ${timeSql('event_time', input.values.date)} AS time, ${priceSql('price', input.values)} AS price_number
    FROM (SELECT rowid + 1 AS source_row, *, ${texts.join(', ')} FROM ${RAW_TABLE}))
)`;
}

/** Fills `event_duplicates` with the source rows to remove; their number. Hashes find candidates, equality decides. */
async function findDuplicates(db: Database): Promise<number> {
  const columns = EVENT_COLUMNS.join(', ');
  await db.run(`CREATE OR REPLACE TABLE event_duplicates AS
    WITH hashed AS (SELECT source_row, hash(${columns}) AS h FROM typed_events WHERE reason IS NULL),
      suspects AS (SELECT h FROM hashed GROUP BY h HAVING count(*) > 1),
      candidates AS (
        SELECT source_row, ${columns} FROM typed_events
        WHERE source_row IN (SELECT source_row FROM hashed WHERE h IN (FROM suspects)))
    SELECT source_row FROM candidates
    QUALIFY row_number() OVER (PARTITION BY ${columns} ORDER BY source_row) > 1`);
  return db.number('SELECT count(*) FROM event_duplicates');
}

/** A Parquet file that `clean` wrote: taken as it is, nothing to reject. */
async function readCleanEvents(db: Database, input: DetectedInput): Promise<CleanedEvents> {
  const columns = Object.entries(CLEAN_EVENT_TYPES).map(([name, type]) => `CAST(${name} AS ${type}) AS ${name}`);
  await db.run(
    `CREATE OR REPLACE TABLE ${CLEAN_EVENTS} AS SELECT ${columns.join(', ')} FROM ${parquetRelation(input.file)} ORDER BY source_row;
     CREATE OR REPLACE TABLE ${CLEAN_REJECTS} (source_row BIGINT, "column" VARCHAR, reason VARCHAR)`,
  );
  const rows = await db.number(`SELECT count(*) FROM ${parquetRelation(input.file)}`);
  const summary = await summarise(db, input, { in: rows, duplicatesRemoved: 0, blankLines: 0, repairs: [] });
  return { kind: 'events', relation: CLEAN_EVENTS, rejects: CLEAN_REJECTS, summary };
}

async function summarise(
  db: Database,
  input: DetectedInput,
  counts: Pick<QualitySummary['rows'], 'in' | 'duplicatesRemoved' | 'blankLines'> & Pick<QualitySummary, 'repairs'>,
): Promise<QualitySummary> {
  const kept = await db.row(
    `SELECT count(*) AS n, count(*) FILTER (price IS NULL) AS no_price, count(*) FILTER (price = 0) AS free, count(*) FILTER (prefix(user_session, ${literal(SYNTHETIC_MARK)})) AS synthetic FROM ${CLEAN_EVENTS}`,
  );
  const rejected = await countRejects(db, CLEAN_REJECTS);
  const columns = await summariseColumns(
    db,
    CLEAN_EVENTS,
    EVENT_COLUMNS.map((name) => ({
      name,
      type: name === 'price' ? 'numeric' : name === 'event_time' ? 'time' : 'categorical',
    })),
  );
  const types = await db.rows(
    `SELECT event_type, count(*) AS n FROM ${CLEAN_EVENTS} GROUP BY ALL ORDER BY n DESC, event_type`,
  );
  const { min, max } = columns[0];
  const summary: QualitySummary = {
    format: 1,
    kind: 'events',
    input: describeInput(input),
    rows: {
      in: counts.in,
      kept: Number(kept.n),
      rejected: await db.number(`SELECT count(*) FROM ${CLEAN_REJECTS}`),
      duplicatesRemoved: counts.duplicatesRemoved,
      duplicatesKept: 0,
      blankLines: counts.blankLines,
    },
    rejected,
    repairs: counts.repairs.filter(({ rows }) => rows > 0),
    notices: [
      { rule: 'price missing, kept as missing', rows: Number(kept.no_price) },
      { rule: 'price zero, kept', rows: Number(kept.free) },
      { rule: 'synthetic, made by "ecomml generate"', rows: Number(kept.synthetic) },
    ].filter(({ rows }) => rows > 0),
    columns,
    ...(min === null || max === null ? {} : { time: { from: String(min), to: String(max) } }),
    eventTypes: types.map((row) => ({ type: String(row.event_type), rows: Number(row.n) })),
    notes: input.notes,
  };
  checkConservation(summary);
  return summary;
}
