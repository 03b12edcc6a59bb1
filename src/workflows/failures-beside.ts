/** Where the rows of an input go that do not meet a schema, when it is scored. It writes nothing. */
import type { RowsToScoreOptions } from './rows-to-score-options.js';

/** Beside the rejects; nothing without a schema. */
export function failuresBeside({ schemaFile, rejectsPath }: RowsToScoreOptions): { failuresPath?: string } {
  if (schemaFile === undefined || rejectsPath === undefined) return {};
  return { failuresPath: rejectsPath.replace(/(rejects)?([.]csv)?$/, 'failures.csv') };
}
