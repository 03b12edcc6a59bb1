/** Opens whatever a bundle can score: raw events for a bundle of events, tables for a bundle of tables. It scores nothing. */
import type { WorkflowContext } from './context.js';
import type { OpenedRows } from './opened-rows.js';
import type { RowsReader } from './rows-of-bundle.js';
import type { RowsToScoreOptions } from './rows-to-score-options.js';
import { openTable } from './table-to-score.js';

/** What events need (a database, features) is loaded when it is met: a table's first row must not wait for it. */
export async function openRowsToScore(
  bundle: RowsReader,
  options: RowsToScoreOptions,
  context: WorkflowContext,
): Promise<OpenedRows> {
  const { source } = bundle.manifest;
  if (source.kind === 'events') {
    const { openEvents } = await import('./events-to-score.js');
    return openEvents(bundle, source, options, context);
  }
  return openTable(bundle, source, options, context);
}
