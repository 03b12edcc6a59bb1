/** `ecomml store get`: options, and one moment's features or where the rows went. */
import type { StoreGetOptions } from '../../workflows/options.js';
import type { StoreGetResult } from '../../workflows/store-get.js';
import type { Command } from '../command.js';
import { textTable } from '../text-table.js';
import { count, counted, seconds } from '../wording.js';

export const storeGet: Command<StoreGetOptions, StoreGetResult> = {
  options: (settings) => {
    const { user, product, session, at, since, until, horizon, input, onlineAsked, wantedModel } = settings;
    const one = user !== undefined || product !== undefined;
    const given = { input, user, product, session, at, since, until, horizon, online: onlineAsked, model: wantedModel };
    return {
      store: settings.store,
      materialisation: settings.materialisation,
      features: settings.wantedFeatures,
      ...(settings.output === undefined && one ? {} : { output: settings.output ?? 'reports/store/rows.parquet' }),
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    };
  },
  show: ({ moment, values, rows, features, output, ...result }, { style, width }) => {
    const source = [`  ${style.dim('store')}            ${result.store}`];
    if (result.materialisation !== undefined)
      source.push(`  ${style.dim('materialisation')}  ${result.materialisation}`);
    if (moment === undefined || values === undefined) {
      const lines = [
        '',
        `  ${style.bold(counted(rows, 'row'))} × ${counted(features, 'feature')} in ${seconds(result.seconds)}`,
        '',
        `  ${style.dim('output')}           ${output}`,
        ...source,
      ];
      return `${lines.join('\n')}\n`;
    }
    const cells = (record: Readonly<Record<string, unknown>>) =>
      Object.entries(record).map(([name, value]) => [name, value === null ? '–' : String(value)]);
    const lines = [
      '',
      ...textTable([{ title: 'moment' }, { title: '' }], cells(moment), width, style.dim),
      '',
      ...textTable([{ title: 'feature' }, { title: 'value' }], cells(values), width, style.dim),
      '',
      `  ${count(features)} features in ${seconds(result.seconds)}`,
      ...source,
    ];
    return `${lines.join('\n')}\n`;
  },
};
