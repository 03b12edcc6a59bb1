/**
 * Parameters of a family drawn from its own table, within their ranges and often at their ends, so that a parameter that
 * is added to a table is fuzzed without a word here. Only what costs time without end is bounded more tightly.
 */
import fc from 'fast-check';
import { FAMILY_PARAMETERS } from '#ecomml/trees/families.js';
import type { Family } from '#ecomml/trees/family.js';
import type { ParameterDefinition, ParameterValue, ParameterValues } from '#ecomml/trees/parameters.js';
import type { ColumnSpec } from './table-spec.js';

const trees = fc.integer({ min: 1, max: 4 });

/** Parameters that the range of their table would make endless: trees, 2^depth leaves, steps. */
const BOUNDED: Readonly<Record<string, fc.Arbitrary<ParameterValue>>> = {
  'lightgbm.num_iterations': trees,
  'xgboost.n_estimators': trees,
  'xgboost.num_parallel_tree': fc.integer({ min: 1, max: 3 }),
  'catboost.iterations': trees,
  'random-forest.n_estimators': trees,
  // A count of draws, whatever the rows; a share of weights of 10^30 is refused.
  'random-forest.max_samples': fc.oneof(
    { weight: 6, arbitrary: fc.constant<ParameterValue>('none') },
    { weight: 1, arbitrary: fc.constantFrom<ParameterValue>(2, 50, 3000) },
    { weight: 1, arbitrary: fc.double({ min: 1e-3, max: 1, noNaN: true }) },
  ),
  'catboost.depth': fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 7 }) }, fc.constant(11)),
  'catboost.permutation_count': fc.integer({ min: 1, max: 9 }),
  'catboost.leaf_estimation_iterations': fc.integer({ min: 1, max: 12 }),
  // Another engine behind the same family has tests of its own.
  'random-forest.engine': fc.constant('ecomml'),
};

/** Parameters of one run: each at its default, or, for about one in eight, at a drawn value. */
export function parameterValues(family: Family, columns: readonly ColumnSpec[]): fc.Arbitrary<ParameterValues> {
  const drawn: Record<string, fc.Arbitrary<ParameterValue>> = {};
  const always: string[] = [];
  for (const [name, definition] of Object.entries(FAMILY_PARAMETERS[family])) {
    const bounded = BOUNDED[`${family}.${name}`];
    if (bounded !== undefined) always.push(name);
    drawn[name] = bounded ?? drawnValue(name, definition, columns);
  }
  const rest = Object.keys(drawn).filter((name) => !always.includes(name));
  return fc
    .subarray(rest, { maxLength: Math.ceil(rest.length / 4) })
    .chain((names) => fc.record(Object.fromEntries([...always, ...names].map((name) => [name, drawn[name]]))));
}

function drawnValue(
  name: string,
  definition: ParameterDefinition,
  columns: readonly ColumnSpec[],
): fc.Arbitrary<ParameterValue> {
  switch (definition.type) {
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...definition.choices);
    case 'text':
      return textOf(name, definition.default, columns);
    case 'number-or-word':
      return fc.oneof(
        fc.constantFrom(...definition.words),
        definition.whole ? wholeOf(definition) : numberOf(definition),
      );
    case 'integer':
      return wholeOf(definition);
    default:
      return numberOf(definition);
  }
}

type Numeric = { readonly min?: number; readonly max?: number; readonly aboveMin?: boolean };

function wholeOf(definition: Numeric): fc.Arbitrary<number> {
  const { min = -1e9, max = 1e9 } = definition;
  return numberOf(definition).map((value) => Math.min(Math.max(Math.round(value), min), max));
}

/** Ends of the range, everyday values and values between. */
function numberOf(definition: Numeric): fc.Arbitrary<number> {
  const { min = -1e9, max = 1e9, aboveMin = false } = definition;
  const lowest = aboveMin ? Math.max(min + Math.min(1e-12, (max - min) / 2), Number.MIN_VALUE) : min;
  const common = [0.001, 0.1, 0.5, 0.9, 1, 2, 5, 16, 100, 300].filter((value) => value >= lowest && value <= max);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(lowest, max) },
    { weight: 4, arbitrary: fc.constantFrom(...(common.length > 0 ? common : [lowest])) },
    { weight: 2, arbitrary: fc.double({ min: lowest, max, noNaN: true }) },
  );
}

/** Numbers by column, of columns that exist. */
function byColumn(names: readonly string[], value: fc.Arbitrary<number>): fc.Arbitrary<string> {
  if (names.length === 0) return fc.constant('');
  return fc.tuple(...names.map((name) => value.map((number) => `${name}:${number}`))).map((entries) => entries.join());
}

const statistics = fc
  .subarray(['Borders', 'Buckets', 'BinarizedTargetMeanValue', 'FloatTargetMeanValue', 'Counter'], { minLength: 1 })
  .map((types) => types.join());
const weight = fc.constantFrom(0.001, 0.5, 1, 3, 1e6);

/** Words of a syntax of their own, by the parameter's name; a parameter that is not here stays at its default. */
const TEXTS: Readonly<Record<string, (names: readonly string[]) => fc.Arbitrary<string>>> = {
  monotone_constraints: (names) => {
    const numeric = names.filter((name) => name.startsWith('x'));
    return byColumn(numeric, fc.constantFrom(-1, 0, 1));
  },
  interaction_constraints: (names) => {
    if (names.length === 0) return fc.constant('');
    const group = fc.subarray([...names], { minLength: 1 }).map((members) => `[${members.join(',')}]`);
    return fc.array(group, { minLength: 1, maxLength: 3 }).map((groups) => groups.join(','));
  },
  max_bin_by_feature: (names) => byColumn(names, fc.constantFrom(2, 3, 16, 255, 1000)),
  feature_contri: (names) => byColumn(names, fc.constantFrom(0, 0.5, 1, 10)),
  feature_weights: (names) => byColumn(names, fc.constantFrom(0, 0.5, 1, 100)),
  simple_ctr: () => statistics,
  combinations_ctr: () => statistics,
  class_weights: () => fc.tuple(weight, weight).map(([zero, one]) => `${zero},${one}`),
  class_weight: () =>
    fc.oneof(
      fc.constantFrom('balanced', 'balanced_subsample'),
      fc.tuple(weight, weight).map(([zero, one]) => `0:${zero},1:${one}`),
    ),
};

function textOf(name: string, standard: string, columns: readonly ColumnSpec[]): fc.Arbitrary<string> {
  const names = columns.map(({ kind }, c) => `${kind === 'numeric' ? 'x' : 'c'}${c}`);
  return TEXTS[name]?.(names) ?? fc.constant(standard);
}
