/** What a preset and the options beside it say of an input: how it is read and what its events mean. Options outdo presets. */
import { type ColumnNames, type EventRules, PRESETS } from '../clean/presets.js';
import type { GivenReading } from '../table/detect-input.js';
import type { InputOptions } from './options.js';

export interface ResolvedRules {
  readonly reading: GivenReading;
  readonly columnNames: ColumnNames;
  /** Event columns that cleaning makes. */
  readonly made: readonly string[];
  readonly events: EventRules;
}

/** `part` is the input itself or, of exports that keep them apart, the file of purchases. */
export function resolveRules(options: InputOptions, part: 'events' | 'purchases' = 'events'): ResolvedRules {
  const preset = options.preset === undefined ? { columns: {} } : PRESETS[options.preset];
  const eventTypes = { ...preset.eventTypes, ...options.eventTypes };
  const sessionGap = options.sessionGap ?? preset.sessionGap;
  const everyEvent = part === 'purchases' ? ('purchase' as const) : preset.everyEvent;
  const events: EventRules = {
    ...(Object.keys(eventTypes).length === 0 ? {} : { eventTypes }),
    ...(everyEvent === undefined ? {} : { everyEvent }),
    ...(sessionGap === undefined ? {} : { sessionGap }),
    ...(preset.sessionOfUser === undefined || options.sessionGap !== undefined
      ? {}
      : { sessionOfUser: preset.sessionOfUser }),
  };
  const names = part === 'purchases' ? (preset.purchases ?? preset.columns) : preset.columns;
  const { user_session: _, ...withoutSession } = names;
  return {
    reading: {
      ...(preset.date === undefined ? {} : { date: preset.date }),
      ...(preset.header === undefined ? {} : { header: preset.header }),
      ...options.reading,
    },
    columnNames: sessionGap === undefined ? names : withoutSession,
    made: [...(everyEvent === undefined ? [] : ['event_type']), ...(sessionGap === undefined ? [] : ['user_session'])],
    events,
  };
}
