/** `ecomml export`: options, and what was written and proved. */
import { basename } from 'node:path';
import { resolveBundle } from '../../bundle/latest.js';
import type { ExportOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';

export const exportCommand: Command<ExportOptions, object> = {
  options: (settings) => ({
    model: settings.model,
    formats: settings.exportFormat,
    output: settings.output ?? `exports/${basename(resolveBundle(settings.model))}`,
    input: settings.input,
  }),
};
