/** `store get --online`: the features of a user, a product and a session at a moment, from the online store. */
import { EntitySweep } from '../features/entity-sweep.js';
import { openOnlineStore } from '../store/open-online-store.js';
import { readOnline } from '../store/read-online.js';
import type { StoreGetOnlineOptions } from './options.js';

export interface StoreGetOnlineResult {
  readonly online: string;
  /** ISO 8601, microseconds. */
  readonly at: string;
  readonly user_id: string | null;
  readonly product_id: string | null;
  readonly user_session: string | null;
  readonly event_type: 'view' | 'cart';
  /** Null is missing. */
  readonly features: Readonly<Record<string, number | string | null>>;
  /** Of the read alone, with the store open. */
  readonly milliseconds: number;
}

export async function storeGetOnline(options: StoreGetOnlineOptions): Promise<StoreGetOnlineResult> {
  const { user, product, session, at, type, price } = options;
  const sweep = new EntitySweep({ idFeatures: true, families: options.featureFamilies });
  const store = await openOnlineStore(options.online, { create: false });
  try {
    const begun = performance.now();
    const { moment, values } = await readOnline(store, sweep, {
      user: user ?? '',
      product: product ?? '',
      session: session ?? '',
      type,
      ...(at === undefined ? {} : { at: at * 1000 }),
      ...(price === undefined ? {} : { attributes: { price } }),
    });
    const milliseconds = performance.now() - begun;
    const features = Object.fromEntries(sweep.features.map(({ name }, i) => [name, values[i]]));
    return {
      online: store.place,
      at: instantText(moment.us),
      user_id: user ?? null,
      product_id: product ?? null,
      user_session: session ?? null,
      event_type: type,
      features,
      milliseconds,
    };
  } finally {
    await store.close();
  }
}

function instantText(us: number): string {
  const whole = new Date(Math.floor(us / 1000)).toISOString();
  return whole.replace('Z', `${String(us % 1000).padStart(3, '0')}Z`);
}
