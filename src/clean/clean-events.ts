/**
 * Raw events to the relation `clean_events` (columns of CLEAN_EVENT_TYPES, ordered by source_row), and what was
 * rejected to `clean_rejects` (source_row, column, reason: the first rule broken, in the order of the columns). Set-based
 * SQL over the texts of `raw_input`; it writes no file. What each rule does, and why:
 *
 * - rejected: broken records; a missing or unreadable event_time; one within the first day of 1970 (a clock that was never
 *   set) or outside 1970–2099; a missing or unknown event_type; a missing product_id, user_id or user_session (nobody
 *   can say whose it is); a price that is no number or amount, negative, not finite or above 1e9; a record that is the
 *   header again
 * - repaired and counted: mixed-case event types, spaces around values, times given with an offset (moved to UTC), prices
 *   with a currency sign or grouped digits (`$1,234.50`, `1.234,50 €`), whole ids written as floats (`123.0`: a column of
 *   integers with gaps, written by a data frame)
 * - kept and counted: a missing price (NULL), a price of zero, a session with events of several users (somebody logged in
 *   during a visit), an event whose session's clock stood later in the row before (the order of rows means nothing: time
 *   does)
 * - removed: a row equal to an earlier kept row in all canonical columns, after parsing
 * - passed over: event types of which the rules given say that nobody needs them
 */
import type { DetectedInput } from '../table/detect-input.js';
import { describeInput } from '../table/detect-input.js';
import { type Database, literal } from '../table/duckdb.js';
import { CLEAN_EVENT_TYPES, EVENT_COLUMNS, type EventColumn, SYNTHETIC_MARK } from '../table/event-columns.js';
import { parquetRelation } from '../table/parquet-file.js';
import { RAW_TABLE, readRaw } from '../table/read-raw.js';
import { BROKEN_MARK, type ScanOptions } from '../table/spool-csv.js';
import { priceSql, shiftedSql, timeSql, trimmed } from './event-sql.js';
import { EVENT_TYPES, type EventRules, PASS_OVER } from './presets.js';
import { checkConservation, countRejects, type QualitySummary, summariseColumns } from './quality-summary.js';
import { sessionisedSql } from './sessionise.js';

export { EVENT_TYPES };
export const MAX_PRICE = 1e9;

export const CLEAN_EVENTS = 'clean_events';
export const CLEAN_REJECTS = 'clean_rejects';

export interface CleanEventsOptions extends ScanOptions, EventRules {
  /** Called when the relations stand and nothing is counted yet: it may move rows from the clean ones to the rejects. */
  readonly judge?: () => Promise<void>;
}

export interface CleanedEvents {
  readonly kind: 'events';
  readonly relation: typeof CLEAN_EVENTS;
  readonly rejects: typeof CLEAN_REJECTS;
  readonly summary: QualitySummary;
}

export async function cleanEvents(
  db: Database,
  input: DetectedInput,
  options: CleanEventsOptions = {},
): Promise<CleanedEvents> {
  if (input.kind === 'clean-events') return readCleanEvents(db, input, options);
  const raw = await readRaw(db, input, options);
  options.signal?.throwIfAborted();
  await db.run(typedSql(input, options));
  await db.run(
    `CREATE OR REPLACE TABLE ${CLEAN_REJECTS} AS
     SELECT source_row, "column", reason FROM typed_events WHERE reason IS NOT NULL`,
  );
  options.signal?.throwIfAborted();
  const duplicates = await findDuplicates(db);
  // The anti-join may shuffle rows, so it is paid for only when there is something to remove.
  const kept = `typed_events WHERE reason IS NULL AND NOT passed${duplicates > 0 ? ' AND source_row NOT IN (FROM event_duplicates)' : ''}`;
  await db.run(
    `CREATE OR REPLACE TABLE ${CLEAN_EVENTS} AS
     SELECT ${Object.keys(CLEAN_EVENT_TYPES).join(', ')} FROM ${
       options.sessionGap === undefined
         ? `${kept}${duplicates > 0 ? ' ORDER BY source_row' : ''}`
         : `(${sessionisedSql(`(SELECT * FROM ${kept})`, options.sessionGap)}) ORDER BY source_row`
     }`,
  );
  const repairs = await db.row(
    `SELECT count(*) FILTER (case_repaired) AS lower_cased, count(*) FILTER (spaces) AS spaces,
            count(*) FILTER (shifted) AS shifted, count(*) FILTER (amount) AS amounts, count(*) FILTER (float_id) AS floats FROM ${kept}`,
  );
  const passedOver = await db.number('SELECT count(*) FROM typed_events WHERE passed');
  await db.run('DROP TABLE typed_events; DROP TABLE event_duplicates');
  await options.judge?.();
  const summary = await summariseEvents(db, described(input), {
    in: raw.rows,
    passedOver,
    duplicatesRemoved: duplicates,
    blankLines: raw.blankLines,
    repairs: [
      { rule: 'event_type written in lower case', rows: Number(repairs.lower_cased) },
      { rule: 'spaces around a value removed', rows: Number(repairs.spaces) },
      { rule: 'time with an offset moved to UTC', rows: Number(repairs.shifted) },
      {
        rule: 'price with a currency, grouped digits or a decimal comma read as a number',
        rows: Number(repairs.amounts),
      },
      { rule: 'id written as a float (123.0) read as 123', rows: Number(repairs.floats) },
    ],
  });
  return { kind: 'events', relation: CLEAN_EVENTS, rejects: CLEAN_REJECTS, summary };
}

/** Makes `typed_events`: every row of `raw_input` with its parsed values, its first broken rule, and which repairs it needed. */
export function typedSql(input: DetectedInput, rules: EventRules): string {
  const position = (name: string): number => {
    const alias = input.aliases?.[name];
    return alias === undefined ? input.columns.findIndex((column) => column.name === name) : position(alias);
  };
  const source = EVENT_COLUMNS.map((name) => ({ name, c: isMade(name, rules) ? -1 : position(name) }));
  const texts = source.map(({ name, c }) => `${c < 0 ? madeSql(name, rules) : trimmed(`c${c}`)} AS ${name}`);
  const spaced = source.filter(({ c }) => c >= 0).map(({ name, c }) => `(${name} IS NOT NULL AND c${c} <> ${name})`);
  const mark = literal(BROKEN_MARK);
  const broken = input.dialect === undefined ? 'false' : `prefix(c0, ${mark})`;
  const missing = (name: EventColumn) => `WHEN ${name} IS NULL THEN ['${name}', 'missing']`;
  const session = rules.sessionOfUser === true ? "concat(user_id, '.', user_session)" : 'user_session';
  return `CREATE OR REPLACE TABLE typed_events AS
SELECT source_row, event_time, event_type, product_id, category_id, category_code, brand,
  CASE WHEN price_number = 0 THEN 0 ELSE price_number END AS price, user_id, ${session} AS user_session,
  fault[1] AS "column", fault[2] AS reason, passed AND fault IS NULL AS passed, case_repaired, spaces, shifted, amount, float_id
FROM (
  SELECT * REPLACE (time AS event_time, meaning AS event_type, ${ID_COLUMNS.map((id) => `${wholeSql(id)} AS ${id}`).join(', ')}), CASE
    WHEN ${broken} THEN string_split(c0, ${mark})[2:3]
    WHEN passed THEN NULL
    ${missing('event_time')}
    WHEN time IS NULL THEN ['event_time', 'not a time']
    WHEN time < TIMESTAMP '1970-01-02' AND time >= TIMESTAMP '1970-01-01' THEN ['event_time', 'a clock that was never set (1970-01-01)']
    WHEN time < TIMESTAMP '1970-01-01' OR time >= TIMESTAMP '2100-01-01' THEN ['event_time', 'outside 1970 to 2099']
    ${missing('event_type')}
    WHEN meaning IS NULL THEN ['event_type', 'unknown event type']
    ${missing('product_id')}
    WHEN price IS NOT NULL AND price_number IS NULL THEN
      CASE WHEN regexp_full_match(lower(price), '[+-]?(inf|infinity|nan)') THEN ['price', 'not finite'] ELSE ['price', 'not a number'] END
    WHEN price_number < 0 THEN ['price', 'negative']
    WHEN price_number > ${MAX_PRICE} THEN ['price', 'above 1e9']
    ${missing('user_id')}
    ${rules.sessionGap === undefined ? missing('user_session') : ''}
  END AS fault,
  event_type <> lower(event_type) AS case_repaired, ${spaced.join(' OR ')} AS spaces,
  ${input.values.date.startsWith('epoch') ? 'false' : shiftedSql('event_time')} AS shifted,
  price_number IS NOT NULL AND try_cast(price AS DOUBLE) IS NULL AS amount,
  ${ID_COLUMNS.map((id) => `coalesce(${isFloatSql(id)}, false)`).join(' OR ')} AS float_id
  FROM (SELECT *, ${timeSql('event_time', input.values.date)} AS time, ${priceSql('price', input.values)} AS price_number,
      meaning IS NOT DISTINCT FROM ${literal(PASS_OVER)} AND NOT coalesce(${broken}, false) AS passed
    FROM (SELECT *, ${meaningSql(rules)} AS meaning
      FROM (SELECT rowid + 1 AS source_row, *, ${texts.join(', ')} FROM ${RAW_TABLE})))
)`;
}

const ID_COLUMNS = ['product_id', 'category_id', 'user_id'] as const;

function isMade(name: string, { everyEvent, sessionGap }: EventRules): boolean {
  return (name === 'event_type' && everyEvent !== undefined) || (name === 'user_session' && sessionGap !== undefined);
}

function madeSql(name: string, { everyEvent }: EventRules): string {
  return name === 'event_type' && everyEvent !== undefined ? literal(everyEvent) : 'NULL::VARCHAR';
}

/** What the row's event type means; NULL when it is unknown. */
function meaningSql({ eventTypes = {} }: EventRules): string {
  const { '*': others, ...named } = eventTypes;
  const known = Object.keys(eventTypes).length === 0 ? EVENT_TYPES : EVENT_TYPES.filter((type) => !(type in named));
  const cases = [
    ...Object.entries(named).map(
      ([theirs, meaning]) => `WHEN ${literal(theirs.toLowerCase())} THEN ${literal(meaning)}`,
    ),
    ...known.map((type) => `WHEN ${literal(type)} THEN ${literal(type)}`),
  ];
  const other = others === undefined ? '' : `ELSE CASE WHEN event_type IS NOT NULL THEN ${literal(others)} END`;
  return `CASE lower(event_type) ${cases.join(' ')} ${other} END`;
}

// Few ids end in .0; seeing that they do not costs little.
function isFloatSql(id: string): string {
  return `CASE WHEN suffix(${id}, '.0') THEN regexp_full_match(${id}, '[0-9]+[.]0') ELSE false END`;
}

function wholeSql(id: string): string {
  return `CASE WHEN ${isFloatSql(id)} THEN left(${id}, -2) ELSE ${id} END`;
}

/** Fills `event_duplicates` with the source rows to remove; their number. Hashes find candidates, equality decides. */
async function findDuplicates(db: Database): Promise<number> {
  const columns = EVENT_COLUMNS.join(', ');
  await db.run(`CREATE OR REPLACE TABLE event_duplicates AS
    WITH hashed AS (SELECT source_row, hash(${columns}) AS h FROM typed_events WHERE reason IS NULL AND NOT passed),
      suspects AS (SELECT h FROM hashed GROUP BY h HAVING count(*) > 1),
      candidates AS (
        SELECT source_row, ${columns} FROM typed_events
        WHERE source_row IN (SELECT source_row FROM hashed WHERE h IN (FROM suspects)))
    SELECT source_row FROM candidates
    QUALIFY row_number() OVER (PARTITION BY ${columns} ORDER BY source_row) > 1`);
  return db.number('SELECT count(*) FROM event_duplicates');
}

/** A Parquet file that `clean` wrote: taken as it is, nothing to reject. */
async function readCleanEvents(
  db: Database,
  input: DetectedInput,
  options: CleanEventsOptions,
): Promise<CleanedEvents> {
  const columns = Object.entries(CLEAN_EVENT_TYPES).map(([name, type]) => `CAST(${name} AS ${type}) AS ${name}`);
  await db.run(
    `CREATE OR REPLACE TABLE ${CLEAN_EVENTS} AS SELECT ${columns.join(', ')} FROM ${parquetRelation(input.file)} ORDER BY source_row;
     CREATE OR REPLACE TABLE ${CLEAN_REJECTS} (source_row BIGINT, "column" VARCHAR, reason VARCHAR)`,
  );
  const rows = await db.number(`SELECT count(*) FROM ${parquetRelation(input.file)}`);
  await options.judge?.();
  const summary = await summariseEvents(db, described(input), {
    in: rows,
    passedOver: 0,
    duplicatesRemoved: 0,
    blankLines: 0,
    repairs: [],
  });
  return { kind: 'events', relation: CLEAN_EVENTS, rejects: CLEAN_REJECTS, summary };
}

/** Rows of sessions that hold more than one user. */
async function sharedSessions(db: Database): Promise<number> {
  return db.number(
    `SELECT coalesce(sum(n), 0) FROM (SELECT count(*) AS n FROM ${CLEAN_EVENTS} GROUP BY user_session HAVING min(user_id) <> max(user_id))`,
  );
}

/** Rows earlier than the row before them in their session. Most files are in the order of time, and are asked no more. */
async function turnedBack(db: Database): Promise<number> {
  const any = await db.number(
    `SELECT count(*) FROM (SELECT event_time < lag(event_time) OVER () AS back FROM ${CLEAN_EVENTS}) WHERE back`,
  );
  if (any === 0) return 0;
  return db.number(
    `SELECT count(*) FROM (SELECT event_time < lag(event_time) OVER (PARTITION BY user_session ORDER BY source_row) AS back FROM ${CLEAN_EVENTS}) WHERE back`,
  );
}

function described(input: DetectedInput): Pick<QualitySummary, 'input' | 'notes'> {
  return { input: describeInput(input), notes: input.notes };
}

/** The summary of the relations as they are; `counts` is what they cannot say. */
export async function summariseEvents(
  db: Database,
  input: Pick<QualitySummary, 'input' | 'notes'>,
  counts: Pick<QualitySummary['rows'], 'in' | 'duplicatesRemoved' | 'blankLines'> & { passedOver: number } & Pick<
      QualitySummary,
      'repairs'
    >,
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
    input: input.input,
    rows: {
      in: counts.in,
      kept: Number(kept.n),
      rejected: await db.number(`SELECT count(*) FROM ${CLEAN_REJECTS}`),
      duplicatesRemoved: counts.duplicatesRemoved,
      ...(counts.passedOver > 0 ? { passedOver: counts.passedOver } : {}),
      duplicatesKept: 0,
      blankLines: counts.blankLines,
    },
    rejected,
    repairs: counts.repairs.filter(({ rows }) => rows > 0),
    notices: [
      { rule: 'price missing, kept as missing', rows: Number(kept.no_price) },
      { rule: 'price zero, kept', rows: Number(kept.free) },
      { rule: 'in a session with events of several users', rows: await sharedSessions(db) },
      { rule: "time before that of the session's row above", rows: await turnedBack(db) },
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
