/**
 * Features of a moment from an online store: the states of its user, product, session and what they belong to, with the
 * events that still wait for the watermark. What is read is one state of the store, between two batches.
 */
import { EcommlError } from '../base/errors.js';
import type { EntitySweep, ProductAttributes } from '../features/entity-sweep.js';
import type { FeatureValues, ShopEvent } from '../features/online-sweep.js';
import { eventOf, waitingBefore } from './event-log.js';
import { positionOf } from './ingest-position.js';
import type { OnlineStore } from './online-store.js';
import { statesOf } from './state-keys.js';

export interface OnlineRequest {
  readonly user: string;
  readonly product: string;
  readonly session: string;
  /** Microseconds since 1970; absent: right after the latest event that the store knows. */
  readonly at?: number;
  /** The moment's own event; default view. */
  readonly type?: 'view' | 'cart';
  /** What is said of the product beside what its latest event said. */
  readonly attributes?: Partial<ProductAttributes>;
}

export interface OnlineFeatures {
  readonly moment: ShopEvent;
  /** In the order of the sweep's features. */
  readonly values: FeatureValues;
}

/** What reading takes of the pass over events. */
export type ReadingSweep = Pick<EntitySweep, 'read' | 'attributes'>;

/** A batch may end between two steps of a read; so many in a row may not. */
const TRIES = 20;
const MOST_WAITING = 1_000_000;
const UNKNOWN: ProductAttributes = { category_id: null, category_code: null, brand: null, price: null };

/** Errors: those of `OnlineSweep.read`; `STORE_BUSY`. */
export async function readOnline(
  store: OnlineStore,
  sweep: ReadingSweep,
  request: OnlineRequest,
): Promise<OnlineFeatures> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const version = await store.version();
    const found = await read(store, sweep, request).catch((error: unknown) => ({ error }));
    if ((await store.version()) === version) {
      if ('error' in found) throw found.error;
      return found;
    }
  }
  throw new EcommlError('STORE_BUSY', `${store.place} changed during each of ${TRIES} reads.`, {
    hint: 'Try again, or let the ingest take larger batches.',
  });
}

async function read(store: OnlineStore, sweep: ReadingSweep, request: OnlineRequest): Promise<OnlineFeatures> {
  const { user, product, session, type = 'view' } = request;
  const at = request.at ?? positionOf(await store.position(), store.place).newest + 1;
  const waiting = await store.logged(...waitingBefore(at), MOST_WAITING);
  const pending = waiting.map(([, bytes]) => eventOf(bytes));
  const states = statesOf(store);
  const moment: ShopEvent = {
    us: at,
    event_type: type,
    product_id: product,
    user_id: user,
    user_session: session,
    ...((await sweep.attributes([product], states, pending))[0] ?? UNKNOWN),
    ...request.attributes,
  };
  const [values] = await sweep.read([moment], states, pending);
  return { moment, values };
}
