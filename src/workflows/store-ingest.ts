/** `store ingest`: keeps the features of an online store current with the events of a file or of stdin. */
import { EntitySweep } from '../features/entity-sweep.js';
import type { WorkflowContext } from './context.js';
import { ingestInto } from './ingest-events.js';
import type { StoreIngestResult } from './ingest-result.js';
import type { StoreIngestOptions } from './options.js';

export async function storeIngest(options: StoreIngestOptions, context: WorkflowContext): Promise<StoreIngestResult> {
  return ingestInto(options, context, new EntitySweep({ idFeatures: true, families: options.featureFamilies }));
}
