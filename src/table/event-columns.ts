/** The canonical columns of a clickstream event, and the marks ecomml leaves in the Parquet files it writes. */

export const EVENT_COLUMNS = [
  'event_time',
  'event_type',
  'product_id',
  'category_id',
  'category_code',
  'brand',
  'price',
  'user_id',
  'user_session',
] as const;

export type EventColumn = (typeof EVENT_COLUMNS)[number];

/** Without these there is no event; the others may be absent and are then missing (NULL) in every row. */
export const REQUIRED_EVENT_COLUMNS = ['event_time', 'event_type', 'product_id', 'user_id', 'user_session'] as const;

/** `clean_events`, in this order: source_row is the 1-based number of the data record in the input. */
export const CLEAN_EVENT_TYPES: Readonly<Record<'source_row' | EventColumn, string>> = {
  source_row: 'BIGINT',
  event_time: 'TIMESTAMP',
  event_type: 'VARCHAR',
  product_id: 'VARCHAR',
  category_id: 'VARCHAR',
  category_code: 'VARCHAR',
  brand: 'VARCHAR',
  price: 'DOUBLE',
  user_id: 'VARCHAR',
  user_session: 'VARCHAR',
};

/** Key of the Parquet metadata that says what a file written by ecomml holds, and its values. */
export const PARQUET_KIND_KEY = 'ecomml.kind';
export type ParquetKind = 'clean-events' | 'features' | 'table';

/** Every user_session of events that `generate` made begins so: data that were never observed say so in every row. */
export const SYNTHETIC_MARK = 'synthetic-';
