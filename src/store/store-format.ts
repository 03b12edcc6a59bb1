/** The mark that says that a place is an online store of this program, and of which format. */
import { EcommlError } from '../base/errors.js';

export const STORE_FORMAT = 1;

export function formatMark(): Uint8Array {
  return Buffer.from(JSON.stringify({ format: STORE_FORMAT, is: 'ecomml online store' }));
}

/** `STORE_FOREIGN`: bytes that are no such mark; `STORE_NEWER`: of a format that this version does not know. */
export function checkFormat(mark: Uint8Array, place: string): void {
  let format: unknown;
  try {
    format = (JSON.parse(Buffer.from(mark).toString()) as { format?: unknown }).format;
  } catch {
    format = undefined;
  }
  if (!Number.isInteger(format)) throw foreign(place);
  if ((format as number) > STORE_FORMAT)
    throw new EcommlError(
      'STORE_NEWER',
      `${place} is an online store of format ${format}; this version of ecomml reads formats up to ${STORE_FORMAT}.`,
      { hint: 'Update ecomml, or make a new store.' },
    );
}

export function foreign(place: string): EcommlError {
  return new EcommlError('STORE_FOREIGN', `${place} holds something, but no online store of ecomml.`, {
    hint: 'Choose another place: nothing there was changed.',
  });
}

/** Another process has taken the store over since this one claimed it. */
export function taken(place: string): EcommlError {
  return new EcommlError('STORE_TAKEN', `Another process took over writing to ${place}; this one stopped.`, {
    hint: 'Let one "ecomml store ingest" write to a store at a time. Nothing was mixed: what this one had not applied, it dropped.',
  });
}
