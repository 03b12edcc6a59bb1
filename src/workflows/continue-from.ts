/**
 * `train --continue`: what a bundle says of the training that goes on: how the input is read, which columns, which
 * parameters, which trees are there. It trains nothing.
 */
import { inputRejected, usageError } from '../base/errors.js';
import { Bundle } from '../bundle/bundle.js';
import { familiesOf } from '../features/catalogue.js';
import type { Encoder } from '../features/encoder.js';
import type { Split } from '../features/split.js';
import { FAMILIES, type Family, type Forest } from '../forest/forest.js';
import { loadForest } from '../forest/load-forest.js';
import { FAMILY_PARAMETERS } from '../trees/families.js';
import type { ParameterValues } from '../trees/parameters.js';
import { type BundleHistory, readHistories } from './evaluation-history.js';
import type { TrainOptions } from './options.js';

export interface Continuation {
  readonly bundle: Bundle;
  readonly encoder: Encoder;
  /** The bundle's models, in its order. */
  readonly forests: readonly { readonly family: Family; readonly forest: Forest }[];
  /** Those that get further trees; the others stay as they are. */
  readonly growing: readonly Family[];
  readonly histories: BundleHistory | undefined;
}

/** Opens the bundle and checks that it has the models asked for. */
export function openContinuation(options: TrainOptions): Continuation | undefined {
  if (options.continueFrom === undefined) return undefined;
  const bundle = Bundle.open(options.continueFrom);
  const { members, encoder } = bundle.manifest;
  const has = members.map(({ family }) => family);
  const all = FAMILIES.every((family) => options.models.includes(family));
  const growing = all ? has : options.models;
  const absent = growing.find((family) => !has.includes(family));
  if (absent !== undefined) {
    throw usageError(
      'CANNOT_CONTINUE',
      `${bundle.name} has no ${absent} model to continue; it has ${has.join(', ')}.`,
      'Name some of these with --models, or leave --models out to continue all of them.',
    );
  }
  const forests = members.map(({ family, file }) => ({ family, forest: loadForest(bundle.file(file)) }));
  return { bundle, encoder, forests, growing, histories: readHistories(bundle) };
}

/** The options with what the bundle settles: how its input was read goes on, and the columns it did not use are left out. */
export function continuedOptions(options: TrainOptions, { bundle, forests }: Continuation): TrainOptions {
  const { source, split } = bundle.manifest;
  const by = split.by === 'column' ? undefined : { split: { by: split.by } };
  const settled = {
    ...options,
    ...(options.split === undefined ? by : {}),
    models: forests.map(({ family }) => family),
    map: { ...source.map, ...options.map },
  };
  if (source.kind === 'events') {
    const { moments, idFeatures, horizon, features } = source;
    return {
      ...settled,
      moments,
      idFeatures,
      featureFamilies: familiesOf(features),
      ...(horizon === undefined ? {} : { horizon }),
    };
  }
  const categorical = bundle.manifest.encoder.columns.filter(({ kind }) => kind === 'categorical');
  return {
    ...settled,
    target: options.target ?? source.target,
    positive: options.positive ?? source.positive,
    ...optional('time', options.time ?? source.time),
    ...optional('weightColumn', options.weightColumn ?? source.weight),
    id: options.id.length > 0 ? options.id : source.id,
    categorical: categorical.map(({ name }) => name),
  };
}

function optional<K extends string, V>(name: K, value: V | undefined): { [name in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [name in K]?: V };
}

const COUNT: Readonly<Record<Family, string>> = {
  catboost: 'iterations',
  xgboost: 'n_estimators',
  lightgbm: 'num_iterations',
  'random-forest': 'n_estimators',
};

/** The parameters the model was grown with, with those given now; the number of trees is given, or the family's default. */
export function continuedParameters(family: Family, forest: Forest, given: ParameterValues): ParameterValues {
  const table = FAMILY_PARAMETERS[family];
  const grown = Object.entries(forest.parameters).filter(([name]) => Object.hasOwn(table, name));
  return { ...Object.fromEntries(grown), [COUNT[family]]: table[COUNT[family]].default, ...given };
}

/**
 * True when the rows, the seed and the split are the bundle's own. Throws where the rows are but the split is not: rows
 * that the models were trained on would be among those that judge them.
 */
export function isSameTraining(
  { bundle }: Continuation,
  now: { readonly fingerprint: string; readonly seed: number; readonly split: Split },
): boolean {
  const { fingerprint, seed, split } = bundle.manifest;
  if (fingerprint !== now.fingerprint) return false;
  const parts = Object.keys(split.rows) as (keyof typeof split.rows)[];
  const same =
    split.by === now.split.by &&
    parts.every((part) => split.rows[part] === now.split.counts[part]) &&
    parts.every((part) => split.positives[part] === now.split.positives[part]) &&
    (split.by === 'time' || seed === now.seed);
  if (!same) {
    throw inputRejected(
      'SPLIT_CHANGED',
      `${bundle.name} was made from these very rows, but split otherwise: rows it was trained on would judge it.`,
      `Say --seed ${seed} and the --split, --valid and --test it was trained with (split by ${split.by}).`,
    );
  }
  return seed === now.seed;
}
