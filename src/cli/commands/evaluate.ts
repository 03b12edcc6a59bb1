/** `ecomml evaluate`: options, the metrics as a table, and the gates' verdict. */
import type { EvaluateOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputOptions } from '../input-options.js';

export const evaluate: Command<EvaluateOptions, object> = {
  options: (settings) => ({
    ...inputOptions('evaluate', settings),
    model: settings.model,
    target: settings.target,
    gates: settings.gate,
  }),
};
