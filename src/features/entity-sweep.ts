/**
 * The pass over events one event at a time (online-sweep.ts): it reads the states of the entities that events name, lets
 * the very code of the pass over files (sweep.ts) go on from them, and gives back what changed. It keeps nothing between
 * calls, so two calls never mix.
 */
import { EcommlError } from '../base/errors.js';
import { type CatalogueOptions, catalogue } from './catalogue.js';
import { entityKey } from './entity-key.js';
import { type EventBatch, emptyBatch, PROBE, PURCHASE, TYPE_CODES, VIEW } from './event-batch.js';
import { sortEvents } from './event-order.js';
import { FEATURE_FAMILIES, type Feature } from './feature.js';
import type { FeatureValues, OnlineSweep, ShopEvent, StateChanges, StateSource } from './online-sweep.js';
import { priceBand } from './price-band.js';
import { StateReader, StateWriter } from './state-bytes.js';
import { MOST } from './succession-past.js';
import { type Chunk, type Entity, SweptStates } from './swept-states.js';
import type { Totals } from './totals.js';
import { LOGGED } from './window-logs.js';

/** What the latest event of a product said of it. */
export type ProductAttributes = Pick<ShopEvent, 'category_id' | 'category_code' | 'brand' | 'price'>;

/** Of an instant: its events, and moments that are asked about. */
interface Instant {
  readonly us: number;
  readonly events: ShopEvent[];
  readonly moments: ShopEvent[];
}

export class EntitySweep implements OnlineSweep {
  readonly features: readonly Feature[];
  readonly #families: ReadonlySet<Feature['family']>;

  constructor(options: CatalogueOptions) {
    this.features = catalogue(options);
    // Of the numeric features alone, as the pass over files has it.
    const families = new Set(this.features.filter(({ kind }) => kind === 'numeric').map(({ family }) => family));
    this.#families = new Set(FEATURE_FAMILIES.filter((family) => families.has(family)));
  }

  async advance(events: readonly ShopEvent[], source: StateSource): Promise<StateChanges> {
    const states = await this.#opened(source);
    const touched = new Map<string, Entity>();
    const attributes = new Map<string, Uint8Array>();
    const instants = instantsOf(events, [], states.latest);
    await load(states, source, instants);
    for (const instant of instants) {
      const batch = batchOf(instant, states);
      const entities = [...firstEntities(batch, states), ...secondEntities(batch, states)];
      await restore(states, source, entities);
      states.sweep.advance(batch);
      states.latest = instant.us;
      for (const entity of entities) touched.set(entity.key, entity);
      for (const event of instant.events) attributes.set(attributesKey(event.product_id), attributeBytes(event));
    }
    const puts = new Map<string, Uint8Array>(attributes);
    const deletes: string[] = [];
    for (const entity of touched.values()) {
      const bytes = states.changed(entity);
      if (bytes !== undefined) puts.set(entity.key, bytes);
    }
    for (const [key, bytes] of states.changedChunks(touched.values())) {
      if (bytes === undefined) deletes.push(key);
      else puts.set(key, bytes);
    }
    return { puts, deletes };
  }

  async read(
    moments: readonly ShopEvent[],
    source: StateSource,
    pending: readonly ShopEvent[] = [],
  ): Promise<readonly FeatureValues[]> {
    const states = await this.#opened(source);
    const values = new Map<ShopEvent, FeatureValues>();
    const instants = instantsOf(pending, moments, states.latest);
    await load(states, source, instants);
    for (const instant of instants) {
      const batch = batchOf(instant, states);
      await restore(states, source, secondEntities(batch, states));
      await restoreChunks(states, source, batch);
      const { rows, event, totals } = states.sweep.advance(batch);
      for (let row = 0; row < rows; row++) {
        const moment = instant.moments[event[row] - instant.events.length];
        values.set(
          moment,
          this.features.map((feature) => featureValue(feature, moment, totals, row)),
        );
      }
    }
    return moments.map((moment) => values.get(moment) as FeatureValues);
  }

  async latest(source: StateSource): Promise<number | undefined> {
    return (await this.#opened(source)).latest;
  }

  /** What the latest event of each product said of it; undefined for a product that was never seen. */
  async attributes(
    products: readonly string[],
    source: StateSource,
    pending: readonly ShopEvent[] = [],
  ): Promise<(ProductAttributes | undefined)[]> {
    const bytes = await source.get(products.map(attributesKey));
    const later = new Map(sortEvents(pending).map((event) => [event.product_id, event]));
    return products.map((product, i) => later.get(product) ?? readAttributes(product, bytes[i]));
  }

  async #opened(source: StateSource): Promise<SweptStates> {
    const states = new SweptStates(this.#families);
    await restore(states, source, [states.entity('all', 0) as Entity]);
    return states;
  }
}

/** In the order of time, up to the last moment if there are any; none may be as early as what was applied. */
function instantsOf(
  events: readonly ShopEvent[],
  moments: readonly ShopEvent[],
  latest: number | undefined,
): readonly Instant[] {
  const instants = new Map<number, Instant>();
  const at = (us: number): Instant => {
    if (latest !== undefined && us <= latest) throw late(us, latest);
    const instant = instants.get(us) ?? { us, events: [], moments: [] };
    instants.set(us, instant);
    return instant;
  };
  for (const event of sortEvents(events)) at(event.us).events.push(event);
  for (const moment of moments) at(moment.us).moments.push(moment);
  const ordered = [...instants.values()].sort((a, b) => a.us - b.us);
  if (moments.length === 0) return ordered;
  const last = moments.reduce((most, { us }) => Math.max(most, us), Number.NEGATIVE_INFINITY);
  return ordered.filter(({ us }) => us <= last);
}

function late(us: number, latest: number): EcommlError {
  const say = (instant: number) => new Date(instant / 1000).toISOString();
  return new EcommlError(
    'STATE_LATE',
    `${say(us)} is not later than ${say(latest)}, up to which events were taken in.`,
    { hint: 'The online store knows the present alone: ask the historical store for earlier moments.' },
  );
}

function batchOf({ us, events, moments }: Instant, states: SweptStates): EventBatch {
  const all = [...events, ...moments];
  const batch = emptyBatch(all.length);
  for (const [i, event] of all.entries()) {
    batch.us[i] = us;
    batch.user[i] = states.codeOf('user', event.user_id);
    batch.product[i] = states.codeOf('product', event.product_id);
    batch.category[i] = states.codeOf('category', event.category_id);
    batch.brand[i] = states.codeOf('brand', event.brand);
    batch.session[i] = states.codeOf('session', event.user_session);
    // Only ever compared within an instant.
    batch.categoryCode[i] =
      event.category_code === null ? -1 : all.findIndex((one) => one.category_code === event.category_code);
    batch.type[i] = TYPE_CODES.indexOf(event.event_type);
    batch.price[i] = event.price ?? Number.NaN;
    batch.isMoment[i] = i < events.length ? 0 : PROBE;
  }
  return { ...batch, rows: all.length };
}

/** The entities that events name. */
function firstEntities(
  { rows, user, product, category, brand, session, price }: EventBatch,
  states: SweptStates,
): Entity[] {
  const found: (Entity | undefined)[] = [states.entity('all', 0)];
  for (let i = 0; i < rows; i++) {
    const band = priceBand(price[i]);
    found.push(
      states.entity('user', user[i]),
      states.entity('product', product[i]),
      states.entity('session', session[i]),
      states.entity('user-product', user[i], product[i]),
      states.entity('session-user', session[i], user[i]),
      states.entity('session-product', session[i], product[i]),
    );
    if (category[i] >= 0)
      found.push(
        states.entity('category', category[i]),
        states.entity('user-category', user[i], category[i]),
        states.entity('session-category', session[i], category[i]),
      );
    if (brand[i] >= 0) found.push(states.entity('brand', brand[i]), states.entity('user-brand', user[i], brand[i]));
    if (band >= 0) found.push(states.entity('band', band), states.entity('user-band', user[i], band));
  }
  return found.filter((entity) => entity !== undefined);
}

/** The entities that the states of the first ones name: products that a session or user saw last. */
function secondEntities({ rows, user, product, session, type, isMoment }: EventBatch, states: SweptStates): Entity[] {
  const found: (Entity | undefined)[] = [];
  const { kept } = states;
  const [open, viewed] = kept.session?.lists ?? [];
  const [bought] = kept.user?.lists ?? [];
  const boughtNow = new Map<number, Set<number>>();
  for (let i = 0; i < rows; i++) {
    for (const one of open.get(session[i])) found.push(states.entity('session-product', session[i], one));
    const isProbe = isMoment[i] === PROBE;
    if (viewed !== undefined && (isProbe || type[i] === VIEW))
      for (const before of viewed.get(session[i]))
        found.push(states.entity('viewed-from', before), states.entity('viewed-next', before, product[i]));
    if (bought === undefined) continue;
    if (isProbe)
      for (const before of bought.get(user[i]))
        found.push(states.entity('bought-from', before), states.entity('bought-with', before, product[i]));
    else if (type[i] === PURCHASE) boughtNow.set(user[i], (boughtNow.get(user[i]) ?? new Set()).add(product[i]));
  }
  for (const [buyer, set] of boughtNow) {
    if (set.size > MOST) continue;
    for (const one of set) {
      found.push(states.entity('bought-from', one));
      for (const other of [...set, ...bought.get(buyer)])
        found.push(
          states.entity('bought-from', other),
          states.entity('bought-with', one, other),
          states.entity('bought-with', other, one),
        );
    }
  }
  return found.filter((entity) => entity !== undefined);
}

/** The entities of all instants at once: one question to the store. */
async function load(states: SweptStates, source: StateSource, instants: readonly Instant[]): Promise<void> {
  await restore(
    states,
    source,
    instants.flatMap((instant) => firstEntities(batchOf(instant, states), states)),
  );
}

async function restore(states: SweptStates, source: StateSource, entities: readonly Entity[]): Promise<void> {
  const wanted = new Map(entities.filter(({ key }) => !states.knows(key)).map((entity) => [entity.key, entity]));
  if (wanted.size === 0) return;
  const bytes = await source.get([...wanted.keys()]);
  for (const [i, entity] of [...wanted.values()].entries()) states.restore(entity, bytes[i]);
}

async function restoreChunks(states: SweptStates, source: StateSource, batch: EventBatch): Promise<void> {
  const wanted = new Map<string, Chunk>();
  for (let i = 0; i < batch.rows; i++)
    if (batch.isMoment[i] === PROBE)
      for (const kind of LOGGED)
        for (const chunk of states.chunksFor(kind, batch[kind][i], batch.us[i])) wanted.set(chunk.key, chunk);
  if (wanted.size === 0) return;
  const bytes = await source.get([...wanted.keys()]);
  for (const [i, chunk] of [...wanted.values()].entries()) states.restoreChunk(chunk, bytes[i]);
}

function featureValue(feature: Feature, moment: ShopEvent, totals: Totals, row: number): number | string | null {
  if (feature.kind === 'numeric') {
    const value = feature.value(totals, row);
    return Number.isNaN(value) ? null : value;
  }
  const text = moment[feature.column];
  return feature.level === undefined ? text : text?.split('.')[feature.level - 1] || null;
}

function attributesKey(product: string): string {
  return entityKey('attributes', [product]);
}

function attributeBytes({ category_id, category_code, brand, price }: ShopEvent): Uint8Array {
  const to = new StateWriter();
  to.whole(1);
  for (const text of [category_id, category_code, brand]) to.text(text);
  to.double(price ?? Number.NaN);
  return to.bytes();
}

function readAttributes(product: string, bytes: Uint8Array | undefined): ProductAttributes | undefined {
  if (bytes === undefined) return undefined;
  const from = new StateReader(bytes, attributesKey(product));
  if (from.whole() !== 1) throw from.corrupt('it is of another format');
  const [category_id, category_code, brand] = [from.text(), from.text(), from.text()];
  const price = from.double();
  from.end();
  return { category_id, category_code, brand, price: Number.isNaN(price) ? null : price };
}
