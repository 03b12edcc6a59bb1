/** `ecomml score`: options, and the counts of rows. */
import type { ScoreOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputOptions, scoredName } from '../input-options.js';

export const score: Command<ScoreOptions, object> = {
  options: (settings) => {
    const input = inputOptions('score', settings);
    return {
      ...input,
      model: settings.model,
      output: settings.output ?? scoredName(input.input),
      moments: settings.scoreMoments,
      columns: settings.columns,
    };
  },
};
