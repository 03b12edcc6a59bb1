/** `ecomml export`: options, and what was written and proved. */
import { basename } from 'node:path';
import { resolveBundle } from '../../bundle/latest.js';
import type { ExportResult } from '../../workflows/export.js';
import type { ExportOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { textTable } from '../text-table.js';
import { count } from '../wording.js';

export const exportCommand: Command<ExportOptions, ExportResult> = {
  options: (settings) => ({
    model: settings.model,
    formats: settings.exportFormat,
    output: settings.output ?? `reports/exports/${basename(resolveBundle(settings.model))}`,
    input: settings.input,
  }),
  show: ({ files, proof }, { style, width }) => {
    const rows = proof.map(({ name, rows: compared, largest_difference }) => [
      name,
      count(compared),
      largest_difference === 0 ? '0' : largest_difference.toExponential(1),
    ]);
    const columns = [
      { title: 'ONNX graph' },
      { title: 'rows compared', align: 'right' as const },
      { title: 'largest difference', align: 'right' as const },
    ];
    const table = rows.length === 0 ? [] : [...textTable(columns, rows, width, style.dim), ''];
    return `${['', ...table, ...files.map((file) => `  ${file}`)].join('\n')}\n`;
  },
};
