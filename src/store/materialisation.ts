/** What one materialisation of a feature store is: plain JSON whose hash is its name. It reads and writes no file. */
import { EcommlError } from '../base/errors.js';
import type { FeatureFamily } from '../features/feature.js';
import { digest, type RegisteredFeature } from './feature-registry.js';

export const FEATURE_STORE_FORMAT = 1;

/** A file of events that went into it. */
export interface EventFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Clean events in it, each of its duplicates once. */
  readonly events: number;
  /** The first and last instant, as in 2019-10-01T00:00:00.000000Z. */
  readonly from: string;
  readonly until: string;
  /** How it was read, as far as anything was said. */
  readonly reading: Readonly<Record<string, unknown>>;
}

/** A file of the store, by its content. */
export interface StoredPart {
  readonly sha256: string;
  readonly rows: number;
}

/** A day of UTC: its events, and a row a moment in the same order. */
export interface StoredDay {
  readonly day: string;
  readonly events: StoredPart;
  readonly features: StoredPart;
}

export interface Materialisation {
  readonly format: number;
  /** The version of ecomml that made it. */
  readonly ecomml: string;
  readonly options: { readonly families: readonly FeatureFamily[]; readonly idFeatures: boolean };
  readonly features: readonly RegisteredFeature[];
  /** In the order of their first instants. */
  readonly files: readonly EventFile[];
  readonly events: number;
  readonly moments: number;
  readonly from: string;
  readonly until: string;
  readonly days: readonly StoredDay[];
  /** What the pass over the events knew at the end. */
  readonly checkpoint: string;
}

export function materialisationText(materialisation: Materialisation): string {
  return `${JSON.stringify(materialisation, null, 2)}\n`;
}

/** Its name: the first 16 digits of the hash of its text. */
export function nameOf(text: string): string {
  return digest(text).slice(0, 16);
}

/** Errors: `FEATURE_STORE_NEWER`, `FEATURE_STORE_DAMAGED`. */
export function readMaterialisation(text: string, name: string, place: string): Materialisation {
  const found = parsed(text) as Partial<Materialisation> | undefined;
  if (typeof found?.format === 'number' && found.format > FEATURE_STORE_FORMAT) throw newer(place, found.format);
  if (found === undefined || nameOf(text) !== name)
    throw damagedStore(place, `materialisation ${name} is not what it was written as`);
  return found as Materialisation;
}

export function newer(place: string, format: number): EcommlError {
  return new EcommlError(
    'FEATURE_STORE_NEWER',
    `${place} is a feature store of format ${format}; this version of ecomml reads formats up to ${FEATURE_STORE_FORMAT}.`,
    { hint: 'Update ecomml, or materialize into another folder: --store FOLDER.' },
  );
}

export function damagedStore(place: string, what: string): EcommlError {
  return new EcommlError('FEATURE_STORE_DAMAGED', `The feature store ${place} is damaged: ${what}.`, {
    hint: 'Put a sound copy in its place, or delete it and materialize the event files again.',
  });
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
