/** `ecomml store diff`: options, and the differences in words. */
import type { StoreDiffOptions } from '../../workflows/options.js';
import type { StoreDiffResult } from '../../workflows/store-diff.js';
import type { Command } from '../command.js';
import { count, counted } from '../wording.js';

const MOST_NAMED = 20;

export const storeDiff: Command<StoreDiffOptions, StoreDiffResult> = {
  options: ({ store, diffFrom, diffTo }) => ({ store, from: diffFrom, to: diffTo }),
  show: ({ from, to, same, features, files, events, rows, values, days }, { style }) => {
    const changed = Object.entries(values).sort(([, a], [, b]) => b - a);
    const lines = [
      '',
      `  ${style.bold(`${from} → ${to}`)}${same ? ': the same' : ''}`,
      ...named('features added', features.added),
      ...named('features removed', features.removed),
      ...named(
        'definitions changed',
        features.changed.map((one) => `${one.name} (version ${one.from} → ${one.to})`),
      ),
      ...named(
        'owners changed',
        features.owners.map((one) => `${one.name} (${one.from} → ${one.to})`),
      ),
      ...named('event files added', files.added),
      ...named('event files removed', files.removed),
      `  events: ${count(events.added)} added, ${count(events.removed)} removed`,
      `  rows:   ${count(rows.added)} added, ${count(rows.removed)} removed, ${count(rows.changed)} with other values`,
      ...named(
        'values changed',
        changed.map(([name, number]) => `${name} in ${counted(number, 'row')}`),
      ),
      ...(days.length === 0
        ? []
        : [
            `  days that differ: ${days.length <= 3 ? days.join(', ') : `${days[0]} … ${days.at(-1)} (${days.length})`}`,
          ]),
    ];
    return `${lines.join('\n')}\n`;
  },
};

function named(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > MOST_NAMED ? [`    … and ${names.length - MOST_NAMED} more: --json names them all`] : [];
  return [`  ${what}: ${names.length}`, ...names.slice(0, MOST_NAMED).map((name) => `    ${name}`), ...more];
}
