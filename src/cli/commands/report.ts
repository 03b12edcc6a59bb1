/** `ecomml report`: options, and the files written. */
import type { ReportOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';

interface ReportFiles {
  readonly bundle: string;
  readonly files: readonly string[];
}

export const report: Command<ReportOptions, ReportFiles> = {
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
