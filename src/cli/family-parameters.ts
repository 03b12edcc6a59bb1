/** Checks `--param family.name=value` against the families' own tables before anything runs. */
import { usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { FAMILIES, type Family } from '../forest/forest.js';
import { type ParameterTable, type ParameterValues, resolveParameters } from '../trees/parameters.js';
import type { Pairs } from './composite-kinds.js';

/** The given values alone, typed; the families complete them with their defaults. Throws what names the nearest. */
export function familyParameterValues(
  given: Pairs,
  tables: Readonly<Record<Family, ParameterTable>>,
): Partial<Record<Family, ParameterValues>> {
  const byFamily = new Map<Family, Record<string, string>>();
  for (const [key, value] of Object.entries(given)) {
    const dot = key.indexOf('.');
    const name = key.slice(0, dot);
    const family = FAMILIES.find((one) => one === name);
    if (family === undefined) {
      throw usageError(
        'UNKNOWN_FAMILY',
        `--param ${key}: there is no family "${name}".${didYouMean(name, FAMILIES)}`,
        `Families: ${FAMILIES.join(', ')}.`,
      );
    }
    const values = byFamily.get(family) ?? {};
    values[key.slice(dot + 1)] = value;
    byFamily.set(family, values);
  }
  const checked: Partial<Record<Family, ParameterValues>> = {};
  for (const [family, values] of byFamily) {
    const all = resolveParameters(family, tables[family], values);
    checked[family] = Object.fromEntries(Object.keys(values).map((name) => [name, all[name]]));
  }
  return checked;
}
