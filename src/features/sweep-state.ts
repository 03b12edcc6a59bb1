/**
 * What the pass over events (sweep.ts) keeps, entity by entity: the columns of each kind of entity, so that the state of
 * one can be taken out and put back (entity-state.ts) and the whole be written to a file (sweep-checkpoint.ts).
 */
import type { KeptColumn } from './growing-column.js';
import type { PairCodes } from './pair-codes.js';

/** What codes stand for. There is one `all`, code 0; a band of prices is its own code. */
export type Coded = 'all' | 'band' | 'user' | 'product' | 'category' | 'brand' | 'session';

/** The kinds of entities that something is kept of, each with what it is a pair of, or a single one. */
export const ENTITY_KINDS = {
  all: ['all'],
  band: ['band'],
  user: ['user'],
  product: ['product'],
  category: ['category'],
  brand: ['brand'],
  session: ['session'],
  'user-product': ['user', 'product'],
  'user-category': ['user', 'category'],
  'user-brand': ['user', 'brand'],
  'user-band': ['user', 'band'],
  'session-user': ['session', 'user'],
  'session-product': ['session', 'product'],
  'session-category': ['session', 'category'],
  /** How often anything was viewed next after a product, and each other product. */
  'viewed-from': ['product'],
  'viewed-next': ['product', 'product'],
  /** How often anything was bought with a product, and each other product. */
  'bought-from': ['product'],
  'bought-with': ['product', 'product'],
} as const satisfies Readonly<Record<string, readonly Coded[]>>;

export type EntityKind = keyof typeof ENTITY_KINDS;

/** Of each entity a set of products, by their codes. */
export interface ProductLists {
  get(code: number): readonly number[];
  set(code: number, products: readonly number[]): void;
}

/** What is kept of the entities of a kind, by their codes: of pairs, those of `pairs`. */
export interface Kept {
  readonly columns: readonly KeptColumn[];
  readonly pairs?: PairCodes;
  readonly lists?: readonly ProductLists[];
}

/** Kinds that only families left out read are absent. */
export type KeptKinds = Partial<Readonly<Record<EntityKind, Kept>>>;
