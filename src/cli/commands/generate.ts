/** `ecomml generate`: options, and what was made. */
import type { GenerateResult } from '../../workflows/generate.js';
import type { GenerateOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { streamOutput } from '../input-options.js';
import { sentence } from '../notes.js';
import { OPTIONS } from '../options.js';
import { missing } from '../settings.js';
import { count, percent, seconds } from '../wording.js';

export const generate: Command<GenerateOptions, GenerateResult> = {
  options: ({ events, days, output, truth }) => {
    if (output === undefined) throw missing('generate', OPTIONS.output);
    return { events, days, output: streamOutput(output), ...(truth === undefined ? {} : { truth }) };
  },
  show: (result, page) => {
    const { style } = page;
    const { event_types: types } = result;
    const lines = [
      '',
      ...sentence(
        `${style.bold(`${count(result.events)} synthetic events`)} = ${count(types.view)} view + ${count(types.cart)} cart + ` +
          `${count(types.remove_from_cart)} remove_from_cart + ${count(types.purchase)} purchase`,
        page,
      ),
      ...sentence(
        `${count(result.sessions)} sessions; ${count(result.moments)} decision moments, mean true probability ${percent(result.mean_true_probability)}`,
        page,
      ),
      `  ${seconds(result.seconds)}, ${count(result.events_per_second)} events a second`,
      '',
      `  ${style.dim('events')}  ${result.output === '-' ? 'stdout' : style.bold(result.output)}`,
      ...(result.truth === undefined ? [] : [`  ${style.dim('truth')}   ${result.truth}`]),
      ...sentence('Made up, not observed: good for tests of scale and calibration, not for judging a shop.', page),
    ];
    return `${lines.join('\n')}\n`;
  },
};
