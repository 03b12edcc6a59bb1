/**
 * Clean events of two files of one export as one relation: the second file's rows are numbered on behind the first's.
 * Used where purchases lie in a file of their own; rows equal in both files cannot be, since their types differ.
 */
import type { Database } from '../table/duckdb.js';
import { CLEAN_EVENTS, CLEAN_REJECTS, type CleanedEvents, summariseEvents } from './clean-events.js';
import type { CountedRule } from './quality-summary.js';
import { sessionisedSql } from './sessionise.js';

const FIRST_EVENTS = 'first_events';
const FIRST_REJECTS = 'first_rejects';

/** Puts the relations of the first file aside, before the second is cleaned. */
export async function setFirstAside(db: Database): Promise<void> {
  await db.run(`DROP TABLE IF EXISTS raw_input;
    ALTER TABLE ${CLEAN_EVENTS} RENAME TO ${FIRST_EVENTS}; ALTER TABLE ${CLEAN_REJECTS} RENAME TO ${FIRST_REJECTS}`);
}

/** `clean_events` and `clean_rejects` of both. With `sessionGap` the sessions are made over both files' events. */
export async function joinEvents(
  db: Database,
  first: CleanedEvents,
  second: CleanedEvents,
  sessionGap?: number,
): Promise<CleanedEvents> {
  const offset = first.summary.rows.in;
  const both = (one: string, two: string) =>
    `SELECT * FROM ${one} UNION ALL SELECT * REPLACE (source_row + ${offset} AS source_row) FROM ${two}`;
  const events = `(${both(FIRST_EVENTS, CLEAN_EVENTS)})`;
  await db.run(`CREATE TABLE joined_events AS SELECT * FROM ${
    sessionGap === undefined ? events : `(${sessionisedSql(events, sessionGap)})`
  } ORDER BY source_row;
    CREATE TABLE joined_rejects AS ${both(FIRST_REJECTS, CLEAN_REJECTS)};
    DROP TABLE ${CLEAN_EVENTS}; DROP TABLE ${CLEAN_REJECTS}; DROP TABLE ${FIRST_EVENTS}; DROP TABLE ${FIRST_REJECTS};
    ALTER TABLE joined_events RENAME TO ${CLEAN_EVENTS}; ALTER TABLE joined_rejects RENAME TO ${CLEAN_REJECTS}`);
  const [one, two] = [first.summary, second.summary];
  const summary = await summariseEvents(
    db,
    { input: `${one.input}; purchases: ${two.input}`, notes: [...one.notes, ...two.notes] },
    {
      in: one.rows.in + two.rows.in,
      passedOver: (one.rows.passedOver ?? 0) + (two.rows.passedOver ?? 0),
      duplicatesRemoved: one.rows.duplicatesRemoved + two.rows.duplicatesRemoved,
      blankLines: one.rows.blankLines + two.rows.blankLines,
      repairs: added(one.repairs, two.repairs),
    },
  );
  return { kind: 'events', relation: CLEAN_EVENTS, rejects: CLEAN_REJECTS, summary };
}

function added(one: readonly CountedRule[], two: readonly CountedRule[]): CountedRule[] {
  const rows = new Map(one.map(({ rule, rows: n }) => [rule, n]));
  for (const { rule, rows: n } of two) rows.set(rule, (rows.get(rule) ?? 0) + n);
  return [...rows].map(([rule, n]) => ({ rule, rows: n }));
}
