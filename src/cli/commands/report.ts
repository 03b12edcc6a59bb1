/** `ecomml report`: options, and the files written. */
import type { ReportOptions } from '../../workflows/options.js';
import type { ReportResult } from '../../workflows/report.js';
import type { Command } from '../command.js';

export const report: Command<ReportOptions, ReportResult> = {
  options: (settings) => ({
    model: settings.model,
    formats: settings.reportFormat,
    output: settings.output ?? 'reports',
  }),
  show: ({ bundle, files }, { style }) => {
    const lines = ['', `  ${style.dim('bundle')}  ${bundle}`];
    for (const file of files) lines.push(`  ${style.dim('report')}  ${style.bold(file)}`);
    return `${lines.join('\n')}\n`;
  },
};
