/** `ecomml report`: options, and the files written. */
import type { ReportOptions } from '../../workflows/options.js';
import type { ReportResult } from '../../workflows/report.js';
import type { Command } from '../command.js';
import { safeText } from '../contribution-bars.js';
import { inputReading } from '../input-options.js';
import { notes } from '../notes.js';

export const report: Command<ReportOptions, ReportResult> = {
  options: (settings) => ({
    ...inputReading(settings),
    ...(settings.input === undefined ? {} : { input: settings.input }),
    explanation: settings.explanation,
    shap: settings.shap,
    ...(settings.margin === undefined ? {} : { margin: settings.margin }),
    ...(settings.cost === undefined ? {} : { cost: settings.cost }),
    model: settings.model,
    formats: settings.reportFormat,
    output: settings.output ?? 'reports',
    ...(settings.pdfFont ? { pdfFont: settings.pdfFont } : {}),
  }),
  show: ({ bundle, files, notes: remarks }, page) => {
    const { style } = page;
    const lines = ['', `  ${style.dim('bundle')}  ${bundle}`];
    for (const file of files) lines.push(`  ${style.dim('report')}  ${style.bold(file)}`);
    if (remarks.length > 0) lines.push('', ...notes(remarks.map(safeText), page));
    return `${lines.join('\n')}\n`;
  },
};
