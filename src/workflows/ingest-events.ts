/**
 * Events from a file (also one that grows) or stdin into an online store, cleaned by the rules of `clean`,
 * each once, in the order of time. Each batch goes in whole with the place reached in the input and the length of the
 * rejects, so a run that is killed goes on exactly where the store says.
 */
import { resolve } from 'node:path';
import { usageError } from '../base/errors.js';
import { type CleanedRecord, cleanEventBatch } from '../clean/clean-event-batch.js';
import type { OnlineSweep } from '../features/online-sweep.js';
import { type IngestCounts, positionOf } from '../store/ingest-position.js';
import { Intake } from '../store/intake.js';
import { openOnlineStore } from '../store/open-online-store.js';
import { KEPT_SOURCES } from '../store/source-place.js';
import { AppendedFile } from '../table/appended-file.js';
import type { DetectedInput } from '../table/detect-input.js';
import { type Database, withDatabase } from '../table/duckdb.js';
import type { CutRecord } from '../table/record-cutter.js';
import { REJECTS_HEADER, rejectLine } from '../table/reject-line.js';
import type { WorkflowContext } from './context.js';
import { eventInput, type InputBatch } from './event-input.js';
import { resolveRules } from './event-rules.js';
import { ingestSentence, type StoreIngestResult } from './ingest-result.js';
import type { StoreIngestOptions } from './options.js';

const STAGE = 'ingest';
const DAY_US = 86_400e6;

/** `sweep` makes the states that are kept; errors beside those of the input: those of the store, `INGEST_SESSIONS`, `INGEST_EVENT_ID`. */
export async function ingestInto(
  options: StoreIngestOptions & { readonly stdin?: NodeJS.ReadableStream },
  context: WorkflowContext,
  sweep: OnlineSweep,
): Promise<StoreIngestResult> {
  const begun = performance.now();
  const { progress, signal } = context;
  const rules = resolveRules(options);
  if (rules.events.sessionGap !== undefined)
    throw usageError(
      'INGEST_SESSIONS',
      'An online store takes the sessions that the events carry: --session-gap (also of --preset retailrocket) needs whole files.',
      'Make the sessions first: ecomml clean --session-gap 30m.',
    );
  const store = await openOnlineStore(options.online, { create: true });
  try {
    await store.claim();
    const first = positionOf(await store.position(), store.place);
    const path = resolve(options.rejects);
    const known = first.rejects.path === path ? first.rejects.bytes : undefined;
    const rejects = new AppendedFile(path, known, REJECTS_HEADER, ownerName(store.place));
    try {
      const latest = (options.asOf ?? Date.now()) * 1000 + DAY_US;
      const intake = new Intake(
        store,
        sweep,
        { lateness: options.lateness * 1e6, horizon: options.idHorizon * 1e6, latest },
        first,
      );
      await intake.release();
      progress({ type: 'start', stage: STAGE, unit: 'rows' });
      const late = await withDatabase({ threads: context.threads }, (db) =>
        takeAll(db, intake, rejects, options, context, rules),
      );
      const result = {
        ...resultOf(store.place, first.counts, intake, late, rejects.path, begun),
        stopped: signal.aborted,
        max_bad_rows: options.maxBadRows,
      };
      progress({ type: 'end', stage: STAGE, summary: ingestSentence(result) });
      return result;
    } finally {
      rejects.close();
    }
  } finally {
    await store.close();
  }
}

/** A folder by its whole path, from wherever it is named. */
function ownerName(place: string): string {
  return /^rediss?:/.test(place) ? place : resolve(place);
}

async function takeAll(
  db: Database,
  intake: Intake,
  rejects: AppendedFile,
  options: StoreIngestOptions & { readonly stdin?: NodeJS.ReadableStream },
  { progress, signal }: WorkflowContext,
  rules: ReturnType<typeof resolveRules>,
): Promise<number> {
  const begun = intake.position.counts.in;
  let late = 0;
  const batches = eventInput({
    input: options.input,
    follow: options.follow,
    stdin: options.stdin ?? process.stdin,
    detect: { map: options.map, reading: rules.reading, columnNames: rules.columnNames, made: rules.made },
    sources: intake.position.sources,
    signal,
    say: (text, level) => progress({ type: 'message', level, text }),
  });
  for await (const batch of batches) {
    const cleaned = await clean(db, batch, options.eventId, rules);
    const judged = await intake.judge(cleaned);
    late += judged.late;
    rejects.append(
      judged.rejects.flatMap(({ record, column, reason }) => {
        const cut = batch.records[record];
        return rejectLine(cut.line, column, reason, batch.original(cut));
      }),
    );
    await intake.commit(judged, {
      sources: placesWith(intake.position.sources, batch),
      rejects: { path: rejects.path, bytes: rejects.bytes },
    });
    progress({ type: 'advance', stage: STAGE, done: intake.position.counts.in - begun });
    // What was cut so far is in the store; the bytes that follow are the next run's.
    if (signal.aborted) break;
  }
  return late;
}

/** Of each record of the batch what it is. A record of broken structure is rejected as it is. */
async function clean(
  db: Database,
  { input, records }: InputBatch,
  eventId: string | undefined,
  rules: ReturnType<typeof resolveRules>,
): Promise<CleanedRecord[]> {
  const sound = records.filter(({ problem }) => problem === undefined);
  const idColumn = eventId === undefined ? undefined : idColumnOf(input, eventId);
  const cleaned = await cleanEventBatch(
    db,
    input,
    sound.map(({ bytes }) => bytes),
    rules.events,
    idColumn,
  );
  let next = 0;
  return records.map((record) => (record.problem === undefined ? cleaned[next++] : broken(record, input)));
}

function broken({ problem, problemField }: CutRecord, { columns }: DetectedInput): CleanedRecord {
  return { kind: 'reject', column: columns[problemField]?.fileName ?? '', reason: problem! };
}

function idColumnOf({ columns, file }: DetectedInput, eventId: string): number {
  const place = columns.findIndex(({ fileName }) => fileName === eventId);
  if (place >= 0) return place;
  throw usageError(
    'INGEST_EVENT_ID',
    `${file.name} has no column "${eventId}" of event ids.`,
    `Its columns: ${columns.map(({ fileName }) => fileName).join(', ')}.`,
  );
}

function placesWith(sources: Intake['position']['sources'], { place }: InputBatch): Intake['position']['sources'] {
  if (place === undefined) return sources;
  return [...sources.filter(({ name }) => name !== place.name), place].slice(-KEPT_SOURCES);
}

function resultOf(
  online: string,
  before: IngestCounts,
  intake: Intake,
  late: number,
  rejects: string,
  begun: number,
): Omit<StoreIngestResult, 'stopped' | 'max_bad_rows'> {
  const { counts, newest } = intake.position;
  const { passedOver, ...rest } = counts;
  const seconds = (performance.now() - begun) / 1000;
  const rows = counts.in - before.in;
  return {
    online,
    rows_in: rows,
    kept: counts.kept - before.kept,
    rejected: counts.rejected - before.rejected,
    duplicates: counts.duplicates - before.duplicates,
    passed_over: passedOver - before.passedOver,
    waiting: counts.waiting,
    late,
    latest_event: newest === 0 ? null : new Date(newest / 1000).toISOString(),
    store: { ...rest, passed_over: passedOver },
    rejects,
    seconds,
    events_per_second: Math.round(rows / seconds),
  };
}
