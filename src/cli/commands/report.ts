/** `ecomml report`: options, and the files written. */
import type { ReportOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';

export const report: Command<ReportOptions, object> = {
  options: (settings) => ({
    model: settings.model,
    formats: settings.reportFormat,
    output: settings.output ?? 'reports/',
  }),
};
