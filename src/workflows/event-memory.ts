/**
 * What DuckDB may take of memory while it cleans and orders events; what does not fit goes to the temporary directory.
 * Beside it stands what the pass over the events knows of users, products and sessions: some 100 bytes an event.
 */
import { totalmem } from 'node:os';

export const EVENT_MEMORY = Math.min(totalmem() / 2, 1.5 * 2 ** 30);
