/** `ecomml store materialize`: options, and what the store holds now. */
import { FEATURE_FAMILIES } from '../../features/feature.js';
import type { StoreMaterializeOptions } from '../../workflows/options.js';
import type { StoreMaterializeResult } from '../../workflows/store-materialize.js';
import type { Command } from '../command.js';
import { inputReading } from '../input-options.js';
import { count, counted, seconds } from '../wording.js';

const DONE = {
  created: 'A new feature store',
  extended: 'Later events added',
  rebuilt: 'All features made anew',
  unchanged: 'Nothing new: the store is as it was',
} as const;

export const storeMaterialize: Command<StoreMaterializeOptions, StoreMaterializeResult> = {
  options: (settings) => ({
    ...inputReading(settings),
    store: settings.store,
    ...(settings.input === undefined ? {} : { input: settings.input }),
    rebuild: settings.rebuild,
    idFeatures: settings.idFeatures,
    featureFamilies: FEATURE_FAMILIES.filter((family) => settings.featureFamilies.includes(family)),
    owners: settings.owner,
  }),
  show: ({ done, events, moments, features, days, until, ...result }, { style }) => {
    const known = events.known === 0 ? '' : `, ${count(events.known)} known already`;
    const lines = [
      '',
      `  ${style.bold(DONE[done])}: ${counted(events.added, 'event')} from ${counted(result.files.added, 'file')}${known}`,
      `  it holds ${count(events.total)} events, ${count(moments.total)} moments × ${count(features)} features, up to ${until}`,
      `  ${count(days.written)} of ${counted(days.total, 'day')} written`,
      `  time: clean ${seconds(result.seconds.clean)}, features ${seconds(result.seconds.features)}, write ${seconds(result.seconds.write)}`,
      '',
      `  ${style.dim('store')}            ${result.store}`,
      `  ${style.dim('materialisation')}  ${result.materialisation}`,
    ];
    return `${lines.join('\n')}\n`;
  },
};
