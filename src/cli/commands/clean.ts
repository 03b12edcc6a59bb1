/** `ecomml clean`: options, and the quality summary. */
import type { CleanOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputName, inputOptions } from '../input-options.js';

export const clean: Command<CleanOptions, object> = {
  options: (settings) => {
    const input = inputOptions('clean', settings);
    return { ...input, output: settings.output ?? `clean/${inputName(input.input)}`, target: settings.target };
  },
};
