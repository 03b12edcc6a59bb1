/** `ecomml store skew`: options, and the verdict: exit code 4 when anything online differs from offline. */
import { EcommlError } from '../../base/errors.js';
import type { StoreSkewOptions } from '../../workflows/options.js';
import type { StoreSkewResult } from '../../workflows/store-skew.js';
import type { Command } from '../command.js';
import { count, counted, seconds } from '../wording.js';

export const storeSkew: Command<StoreSkewOptions, StoreSkewResult> = {
  options: ({ store, materialisation, onlineAsked, sample }) => ({
    store,
    materialisation,
    ...(onlineAsked === undefined ? {} : { online: onlineAsked }),
    sample,
  }),
  show: ({ events, moments, features, values, differences, online, ...result }, { style }) => {
    const { green, red, bold } = style;
    const mark = (good: boolean) => (good ? green('✓') : red('✗'));
    const lines = [
      '',
      `  ${mark(values.different === 0)} ${bold(`${count(values.different)} of ${count(values.compared)} values differ`)}: ` +
        `${count(moments.compared)} of ${counted(moments.total, 'moment')} × ${counted(features, 'feature')}, online against stored`,
      ...differences
        .slice(0, 5)
        .map(
          (one) =>
            `      ${one.feature} of user ${one.user}, product ${one.product}: ${one.online} online, ${one.offline} stored`,
        ),
      ...(online === undefined
        ? []
        : [
            `  ${mark(online.different + online.missing + online.extra === 0)} ${counted(online.states, 'state')} of ${online.place}, up to ${online.until}: ` +
              `${count(online.different)} differ, ${count(online.missing)} are missing, ${count(online.extra)} are too many` +
              `${online.first === undefined ? '' : ` (first: ${online.first})`}`,
          ]),
      `  ${counted(events, 'event')} replayed one instant after another in ${seconds(result.seconds)}`,
      '',
      `  ${style.dim('store')}            ${result.store}`,
      `  ${style.dim('materialisation')}  ${result.materialisation}`,
    ];
    return `${lines.join('\n')}\n`;
  },
  verdict: ({ equal, values, online }) =>
    equal
      ? undefined
      : new EcommlError(
          'SKEW',
          `Online differs from offline: ${count(values.different)} values${online === undefined ? '' : `, ${count(online.different + online.missing + online.extra)} states`}.`,
          { hint: 'Make the online store anew from the same events, or look at what it was given.', exitCode: 4 },
        ),
};
