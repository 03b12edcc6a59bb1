/**
 * How other shops' exports name the parts of an event, as plain data. A preset only renames, says which event types mean
 * what, and how sessions are made where the export has none: the rules of cleaning stay the same for everybody.
 */
import type { EventColumn } from '../table/event-columns.js';
import type { DateFormat } from '../table/value-format.js';

export const EVENT_TYPES = ['view', 'cart', 'remove_from_cart', 'purchase'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** The meaning of a type of which ecomml has no use: its rows are passed over, and counted. */
export const PASS_OVER = 'pass-over';
export const EVENT_MEANINGS = [...EVENT_TYPES, PASS_OVER] as const;
export type EventMeaning = (typeof EVENT_MEANINGS)[number];

export const PRESET_NAMES = ['rees46', 'retailrocket', 'yoochoose', 'ga4'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Canonical column → what the export calls it; of several names the first that a file has. */
export type ColumnNames = Readonly<Partial<Record<EventColumn, readonly string[]>>>;

export interface EventRules {
  /** The file's event type, in lower case → what it means; "*" stands for every other type. */
  readonly eventTypes?: Readonly<Record<string, EventMeaning>>;
  /** Every row is an event of this type: the file has no column for it. */
  readonly everyEvent?: EventType;
  /** Sessions are made: a user's events less than so many seconds apart. The file's own, if any, are not used. */
  readonly sessionGap?: number;
  /** Session ids are unique to a user alone: the user's id is put before them. */
  readonly sessionOfUser?: boolean;
}

export interface Preset extends EventRules {
  readonly columns: ColumnNames;
  readonly header?: boolean;
  readonly date?: DateFormat;
  /** The export's second file, if it keeps purchases apart. */
  readonly purchases?: ColumnNames;
}

const HALF_HOUR = 1800;

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  // kaggle.com/datasets/mkechinov/ecommerce-behavior-data-from-multi-category-store: the canonical names themselves.
  rees46: { columns: {} },
  // kaggle.com/datasets/retailrocket/ecommerce-dataset, events.csv: timestamp,visitorid,event,itemid,transactionid.
  // No session, no price, no category: those lie in files of item properties.
  retailrocket: {
    columns: {
      event_time: ['timestamp'],
      event_type: ['event'],
      product_id: ['itemid'],
      user_id: ['visitorid'],
    },
    eventTypes: { view: 'view', addtocart: 'cart', transaction: 'purchase' },
    date: 'epoch-ms',
    sessionGap: HALF_HOUR,
  },
  // 2015.recsyschallenge.com/challenge.html: yoochoose-clicks.dat (session, time, item, category) and yoochoose-buys.dat
  // (session, time, item, price, quantity), both without a header. A session is all that is known of a user.
  yoochoose: {
    columns: {
      user_session: ['column_1', 'SessionID', 'Session ID'],
      user_id: ['column_1', 'SessionID', 'Session ID'],
      event_time: ['column_2', 'Timestamp'],
      product_id: ['column_3', 'ItemID', 'Item ID'],
      category_id: ['column_4', 'Category'],
    },
    everyEvent: 'view',
    purchases: {
      user_session: ['column_1', 'SessionID', 'Session ID'],
      user_id: ['column_1', 'SessionID', 'Session ID'],
      event_time: ['column_2', 'Timestamp'],
      product_id: ['column_3', 'ItemID', 'Item ID'],
      price: ['column_4', 'Price'],
    },
  },
  // Google Analytics 4's BigQuery export (support.google.com/firebase/answer/7029846) with one row an item, its nested
  // fields as columns. ga_session_id is the second in which a session began: one user's alone.
  ga4: {
    columns: {
      event_time: ['event_timestamp'],
      event_type: ['event_name'],
      product_id: ['item_id', 'items.item_id', 'items_item_id'],
      category_id: ['item_list_id', 'items.item_list_id'],
      category_code: ['item_category', 'items.item_category', 'items_item_category'],
      brand: ['item_brand', 'items.item_brand', 'items_item_brand'],
      price: ['price', 'item_price', 'items.price', 'items_price'],
      user_id: ['user_pseudo_id', 'user_id'],
      user_session: ['ga_session_id', 'session_id', 'event_params.ga_session_id'],
    },
    eventTypes: {
      view_item: 'view',
      add_to_cart: 'cart',
      remove_from_cart: 'remove_from_cart',
      purchase: 'purchase',
      '*': PASS_OVER,
    },
    date: 'epoch-us',
    sessionOfUser: true,
  },
};
