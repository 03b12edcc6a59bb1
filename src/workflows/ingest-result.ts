/** What `store ingest` did, as its JSON document has it. */
import type { IngestCounts } from '../store/ingest-position.js';

/** rows_in = kept + rejected + duplicates + passed_over, of this run and (`store`) of all since the store was made. */
export interface StoreIngestResult {
  readonly online: string;
  readonly rows_in: number;
  readonly kept: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly passed_over: number;
  /** Events that wait in the store until the watermark has passed them; reads see them. */
  readonly waiting: number;
  /** Of the rejected ones: those before the watermark. */
  readonly late: number;
  readonly latest_event: string | null;
  readonly store: Omit<IngestCounts, 'passedOver'> & { readonly passed_over: number };
  readonly rejects: string;
  readonly seconds: number;
  readonly events_per_second: number;
  /** The run was asked to stop (SIGINT, SIGTERM) before its input ended. */
  readonly stopped: boolean;
  /** As it was asked for: a share of the rows, or their number. */
  readonly max_bad_rows: number;
}

/** `17,435 rows in = 17,429 kept + 1 rejected + 5 duplicates` */
export function ingestSentence(result: StoreIngestResult): string {
  const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
  const { rows_in, kept, rejected, duplicates, passed_over } = result;
  return `${grouped(rows_in)} rows in = ${grouped(kept)} kept + ${grouped(rejected)} rejected + ${grouped(duplicates)} duplicates${passed_over > 0 ? ` + ${grouped(passed_over)} passed over` : ''}`;
}
