/** `ecomml features`: options, and what was made. */
import type { FeaturesOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputName, inputOptions } from '../input-options.js';

export const features: Command<FeaturesOptions, object> = {
  options: (settings) => {
    const input = inputOptions('features', settings);
    return {
      ...input,
      output: settings.output ?? `features/${inputName(input.input)}`,
      moments: settings.moments,
      horizon: settings.horizon,
      idFeatures: settings.idFeatures,
    };
  },
};
