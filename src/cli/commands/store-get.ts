/** `ecomml store get --online`: options, and the features. */
import { usageError } from '../../base/errors.js';
import type { StoreGetOnlineOptions } from '../../workflows/options.js';
import type { StoreGetOnlineResult } from '../../workflows/store-get-online.js';
import type { Command } from '../command.js';
import { textTable } from '../text-table.js';

export const storeGet: Command<StoreGetOnlineOptions, StoreGetOnlineResult> = {
  options: ({ onlineRead, user, product, session, at, readType, readPrice, featureFamilies }) => {
    if (onlineRead === undefined)
      throw usageError('MISSING_OPTION', 'ecomml store get needs --online.', 'Say --online, or --online redis://….');
    if (user === undefined && product === undefined && session === undefined)
      throw usageError(
        'MISSING_OPTION',
        'Of whom? store get needs --user, --product or --session.',
        'All three together name a moment.',
      );
    return {
      online: onlineRead,
      type: readType,
      featureFamilies,
      ...(user === undefined ? {} : { user }),
      ...(product === undefined ? {} : { product }),
      ...(session === undefined ? {} : { session }),
      ...(at === undefined ? {} : { at }),
      ...(readPrice === undefined ? {} : { price: readPrice }),
    };
  },
  show: (result, page) => {
    const { dim, bold } = page.style;
    const named = [
      ['user', result.user_id],
      ['product', result.product_id],
      ['session', result.user_session],
    ].flatMap(([what, id]) => (id === null ? [] : [`${what} ${bold(id)}`]));
    const rows = Object.entries(result.features).map(([name, value]) => [name, value === null ? '–' : String(value)]);
    const table = textTable([{ title: 'feature' }, { title: 'value', align: 'right' }], rows, page.width, dim);
    const head = `  ${named.join(', ')} at ${result.at}, ${dim(`${result.milliseconds.toFixed(2)} ms from ${result.online}`)}`;
    return `\n${head}\n\n${table.join('\n')}\n`;
  },
};
