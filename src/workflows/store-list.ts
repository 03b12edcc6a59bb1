/** `store list`: what a materialisation of a feature store holds, and the others beside it. */
import type { RegisteredFeature } from '../store/feature-registry.js';
import { FeatureStore } from '../store/feature-store.js';
import type { EventFile } from '../store/materialisation.js';
import type { WorkflowContext } from './context.js';
import type { StoreListOptions } from './options.js';

export interface StoreListResult {
  readonly store: string;
  readonly materialisation: string;
  readonly ecomml: string;
  readonly events: number;
  readonly moments: number;
  readonly from: string;
  readonly until: string;
  readonly features: readonly RegisteredFeature[];
  /** The event files it was made of. */
  readonly files: readonly EventFile[];
  /** From the oldest. */
  readonly materialisations: readonly {
    readonly name: string;
    readonly events: number;
    readonly moments: number;
    readonly until: string;
  }[];
}

export async function storeList(
  { store: folder, materialisation }: StoreListOptions,
  _context: WorkflowContext,
): Promise<StoreListResult> {
  const store = FeatureStore.open(folder);
  const name = store.resolve(materialisation);
  const { ecomml, events, moments, from, until, features, files } = store.materialisation(name);
  const materialisations = store.names.map((one) => {
    const found = store.materialisation(one);
    return { name: one, events: found.events, moments: found.moments, until: found.until };
  });
  return {
    store: folder,
    materialisation: name,
    ecomml,
    events,
    moments,
    from,
    until,
    features,
    files,
    materialisations,
  };
}
