/**
 * The registry of a feature store: of each feature its definition as a hash of what it says and of what it does, its
 * version and its owner. It makes no features of a shop.
 */
import { createHash } from 'node:crypto';
import { Random } from '../base/random.js';
import { catalogue, describeFeatures } from '../features/catalogue.js';
import { CART, type EventBatch, emptyBatch, PURCHASE, REMOVAL, VIEW } from '../features/event-batch.js';
import { FEATURE_FAMILIES, type Feature, type FeatureDescription } from '../features/feature.js';
import { sweptFamilies } from '../features/stored-features.js';
import { Sweep } from '../features/sweep.js';

export interface RegisteredFeature extends FeatureDescription {
  /** sha256 of the description and of the values on made-up events: it changes with either. */
  readonly definition: string;
  /** From 1; one more whenever the definition under this name changed in this store. */
  readonly version: number;
  readonly owner: string;
  /** Whether the online store serves it, equal to the bit; all features are. */
  readonly online: boolean;
}

/** Who owns what: by a feature's name, else its family, else "all". */
export type Owners = Readonly<Record<string, string>>;

const OWNER = 'ecomml';

/** `before`: the features of the materialisation before, whose versions and owners go on. */
export function registerFeatures(
  features: readonly Feature[],
  owners: Owners,
  before: readonly RegisteredFeature[] = [],
): RegisteredFeature[] {
  const behaviour = behaviours(features);
  return describeFeatures(features).map((description) => {
    const definition = digest(JSON.stringify([description, behaviour.get(description.name)]));
    const known = before.find(({ name }) => name === description.name);
    const version = known === undefined ? 1 : known.version + (known.definition === definition ? 0 : 1);
    const owner = owners[description.name] ?? owners[description.family] ?? owners.all ?? known?.owner ?? OWNER;
    return { ...description, definition, version, owner, online: true };
  });
}

/** Names that own nothing here, for a message. */
export function unknownOwned(owners: Owners): string[] {
  const names = new Set<string>([
    'all',
    ...FEATURE_FAMILIES,
    ...catalogue({ idFeatures: true }).map(({ name }) => name),
  ]);
  return Object.keys(owners).filter((name) => !names.has(name));
}

/** Of each feature what it makes of some made-up events: code that computes another thing gives another hash. */
function behaviours(features: readonly Feature[]): Map<string, string> {
  const { rows, totals } = new Sweep(sweptFamilies(features)).advance(madeUpEvents());
  return new Map(
    features.map((feature) => {
      if (feature.kind === 'categorical') return [feature.name, `${feature.column} ${feature.level ?? ''}`];
      const hash = createHash('sha256');
      for (let row = 0; row < rows; row++) hash.update(`${feature.value(totals, row)}\n`);
      return [feature.name, hash.digest('hex')];
    }),
  );
}

const EVENTS = 600;

/** Five weeks of a small shop: enough that every feature has many values, missing ones among them. */
function madeUpEvents(): EventBatch {
  const random = new Random(20191005);
  const batch = emptyBatch(EVENTS);
  let us = 1_570_319_990_000_000;
  for (let i = 0; i < EVENTS; i++) {
    // A step of 0 is the same instant; some steps are minutes, few are days.
    us += [0, 1, 30, 600, 86_400][random.below(5) === 4 ? random.below(5) : random.below(4)] * 1e6;
    const session = Math.floor(i / 12) + random.below(3);
    const product = random.below(9);
    batch.us[i] = us;
    batch.sourceRow[i] = i + 1;
    batch.session[i] = session;
    batch.user[i] = session % 7;
    batch.product[i] = product;
    batch.category[i] = (product % 4) - 1;
    batch.brand[i] = (product % 3) - 1;
    batch.categoryCode[i] = batch.category[i];
    batch.type[i] = [VIEW, VIEW, VIEW, CART, CART, REMOVAL, PURCHASE][random.below(7)];
    batch.price[i] = random.below(10) === 0 ? Number.NaN : 10 * (product + 1) + random.below(3);
    batch.isMoment[i] = batch.type[i] === VIEW || batch.type[i] === CART ? 1 : 0;
  }
  return { ...batch, rows: EVENTS };
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
