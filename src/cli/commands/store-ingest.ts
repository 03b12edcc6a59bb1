/** `ecomml store ingest`: options, and what became of the rows. */
import { type EcommlError, inputRejected } from '../../base/errors.js';
import { ingestSentence, type StoreIngestResult } from '../../workflows/ingest-result.js';
import type { StoreIngestOptions } from '../../workflows/options.js';
import type { Command } from '../command.js';
import { inputOptions } from '../input-options.js';
import { sentence } from '../notes.js';
import { count, counted, seconds } from '../wording.js';

export const storeIngest: Command<StoreIngestOptions, StoreIngestResult> = {
  options: (settings) => {
    return {
      ...inputOptions('store ingest', settings),
      online: settings.online,
      follow: settings.follow,
      lateness: settings.lateness,
      idHorizon: settings.idHorizon,
      rejects: settings.rejects,
      featureFamilies: settings.featureFamilies,
      ...(settings.eventId === undefined ? {} : { eventId: settings.eventId }),
    };
  },
  show: (result, page) => {
    const { dim, bold } = page.style;
    const { store } = result;
    const lines = [
      '',
      ...sentence(bold(ingestSentence(result)), page),
      ...(result.late === 0
        ? []
        : sentence(
            `${counted(result.late, 'row')} came after the watermark had passed: --lateness lets them in.`,
            page,
          )),
      ...(result.waiting === 0
        ? []
        : sentence(
            `${counted(result.waiting, 'event')} of the latest instants wait for later ones; reads see them.`,
            page,
          )),
      `  ${seconds(result.seconds)}, ${count(result.events_per_second)} rows a second${result.stopped ? ', stopped' : ''}`,
      '',
      `  ${dim('online')}   ${bold(result.online)}`,
      `           ${count(store.kept)} events of ${count(store.in)} rows in all${result.latest_event === null ? '' : `, up to ${result.latest_event}`}`,
      ...(result.rejected === 0 ? [] : [`  ${dim('rejects')}  ${result.rejects}`]),
    ];
    return `${lines.join('\n')}\n`;
  },
  verdict: ({ rows_in, rejected, rejects, max_bad_rows: allowed }): EcommlError | undefined => {
    if (rejected <= (allowed < 1 ? allowed * rows_in : allowed)) return undefined;
    return inputRejected(
      'INPUT_TOO_MANY_BAD_ROWS',
      `${count(rejected)} of ${count(rows_in)} rows are bad, ${allowed < 1 ? `${100 * allowed}%` : count(allowed)} allowed. The others are in the store.`,
      `Every bad row is in ${rejects} with its reason.`,
    );
  },
};
