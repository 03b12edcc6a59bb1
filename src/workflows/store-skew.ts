/**
 * `store skew`: proves that features read online are the stored ones. All stored events are replayed through the pass
 * that serves online; moments on the way are compared with their stored rows, and with an online store given also every
 * state that it holds.
 */
import { EcommlError } from '../base/errors.js';
import { EntitySweep } from '../features/entity-sweep.js';
import type { ShopEvent } from '../features/online-sweep.js';
import {
  compareStates,
  Replay,
  type StateDifferences,
  type StoredMoment,
  type ValueDifference,
} from '../store/compare-online.js';
import { FeatureStore } from '../store/feature-store.js';
import type { Materialisation, StoredDay } from '../store/materialisation.js';
import type { OnlineStore } from '../store/online-store.js';
import { openOnlineStore } from '../store/open-online-store.js';
import { statesOf } from '../store/state-keys.js';
import { COLUMNS, eventsOf, rowsOf } from '../store/stored-days.js';
import { type Database, identifier, withDatabase } from '../table/duckdb.js';
import type { WorkflowContext } from './context.js';
import { EVENT_MEMORY } from './event-memory.js';
import type { StoreSkewOptions } from './options.js';

export interface StoreSkewResult {
  readonly store: string;
  readonly materialisation: string;
  readonly events: number;
  readonly moments: { readonly compared: number; readonly total: number };
  readonly features: number;
  /** Values compared, and how many were not equal to the bit. */
  readonly values: { readonly compared: number; readonly different: number };
  /** The first of them. */
  readonly differences: readonly ValueDifference[];
  readonly online?: { readonly place: string; readonly until: string } & StateDifferences;
  readonly equal: boolean;
  readonly seconds: number;
}

export async function storeSkew(options: StoreSkewOptions, context: WorkflowContext): Promise<StoreSkewResult> {
  const started = performance.now();
  const store = FeatureStore.open(options.store);
  const name = store.resolve(options.materialisation);
  const materialisation = store.materialisation(name);
  const sweep = new EntitySweep(materialisation.options);
  const online = options.online === undefined ? undefined : await openOnlineStore(options.online, { create: false });
  try {
    const until = online && (await onlineUntil(online, sweep, materialisation));
    const replay = new Replay(sweep);
    let compared: StateDifferences | undefined;
    const atInstant = async (us: number) => {
      if (online === undefined || until === undefined || compared !== undefined || us <= until) return;
      await replay.settle();
      compared = await compareStates(replay.states, online);
    };
    await replayed(store, materialisation, sweep, replay, atInstant, options.sample, context);
    await atInstant(Number.POSITIVE_INFINITY);
    const values = replay.moments * sweep.features.length;
    const equal =
      replay.different === 0 &&
      (compared === undefined || compared.different + compared.missing + compared.extra === 0);
    return {
      store: store.folder,
      materialisation: name,
      events: replay.events,
      moments: { compared: replay.moments, total: materialisation.moments },
      features: sweep.features.length,
      values: { compared: values, different: replay.different },
      differences: replay.differences,
      ...(online && compared && { online: { place: online.place, until: instantText(until as number), ...compared } }),
      equal,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await online?.close();
  }
}

/** Up to where the online store has taken events in; it must not be ahead of what is stored. */
async function onlineUntil(online: OnlineStore, sweep: EntitySweep, { until }: Materialisation): Promise<number> {
  const latest = await sweep.latest(statesOf(online));
  if (latest === undefined)
    throw new EcommlError('SKEW_EMPTY', `The online store ${online.place} has taken no events in.`, {
      hint: 'Ingest the events first: ecomml store ingest.',
    });
  const text = instantText(latest);
  if (text <= until) return latest;
  throw new EcommlError(
    'SKEW_BEHIND',
    `The online store ${online.place} has events up to ${text}, the feature store up to ${until}.`,
    { hint: 'Materialize the later events too, then compare.' },
  );
}

function instantText(us: number): string {
  const micros = ((us % 1e6) + 1e6) % 1e6;
  return `${new Date((us - micros) / 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

async function replayed(
  store: FeatureStore,
  { days, moments }: Materialisation,
  sweep: EntitySweep,
  replay: Replay,
  atInstant: (us: number) => Promise<void>,
  sample: number,
  { progress, signal, threads }: WorkflowContext,
): Promise<void> {
  const every = sample === 0 ? 1 : Math.max(1, Math.floor(moments / sample));
  const total = days.reduce((sum, { events }) => sum + events.rows, 0);
  progress({ type: 'start', stage: 'replay', total, unit: 'events' });
  await withDatabase({ threads, memoryBytes: EVENT_MEMORY }, async (db) => {
    let before = 0;
    for (const day of days) {
      const events = await dayEvents(db, store, day);
      const rows = await dayRows(db, store, day, sweep, before, every);
      let place = 0;
      for (let from = 0, to = 0; from < events.length; from = to) {
        while (to < events.length && events[to].us === events[from].us) to++;
        signal.throwIfAborted();
        const chosen: StoredMoment[] = [];
        for (const event of events.slice(from, to)) {
          if (event.event_type !== 'view' && event.event_type !== 'cart') continue;
          const stored = rows.get(place++);
          if (stored !== undefined) chosen.push({ moment: event, stored });
        }
        await atInstant(events[from].us);
        await replay.instant(events.slice(from, to), chosen);
        progress({ type: 'advance', stage: 'replay', done: replay.events });
      }
      before += day.features.rows;
    }
  });
  await replay.settle();
  progress({
    type: 'end',
    stage: 'replay',
    summary: `${replay.events.toLocaleString('en-US')} events one at a time, ${replay.moments.toLocaleString('en-US')} moments read on the way`,
  });
}

async function dayEvents(db: Database, store: FeatureStore, day: StoredDay): Promise<ShopEvent[]> {
  const rows = await db.rows(
    `SELECT epoch_us(event_time)::DOUBLE AS us, * EXCLUDE event_time FROM (${await eventsOf(store, [day])}) ORDER BY ${COLUMNS.replace('event_time', 'us')}`,
  );
  return rows as unknown as ShopEvent[];
}

/** The stored values of every so many moments, by their place in the day. */
async function dayRows(
  db: Database,
  store: FeatureStore,
  day: StoredDay,
  sweep: EntitySweep,
  before: number,
  every: number,
): Promise<Map<number, unknown[]>> {
  const names = sweep.features.map(({ name }) => identifier(name));
  const rows = await db.rows(
    `SELECT place, ${names.join(', ')} FROM (${await rowsOf(store, [day])}) WHERE (place + ${before}) % ${every} = 0`,
  );
  return new Map(rows.map((row) => [Number(row.place), sweep.features.map(({ name }) => row[name])]));
}
