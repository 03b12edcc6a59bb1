/** Refuses names that a score run would do harm under: an input, or a folder. It writes and removes nothing. */
import { lstatSync, statSync } from 'node:fs';
import { usageError } from '../base/errors.js';

export interface ScorePaths {
  /** "-" is stdout. */
  readonly output: string;
  /** Made from the output's name; an older one is replaced, and removed when no row is rejected. */
  readonly rejects: string;
  /** "-" is stdin. */
  readonly inputs: readonly string[];
}

/** Throws `BAD_USAGE` (exit 2) before anything is read. */
export function checkScorePaths({ output, rejects, inputs }: ScorePaths): void {
  if (output !== '-') {
    if (isFolder(output)) throw usageError('BAD_USAGE', `--output ${output} is a folder.`, 'Name a file in it.');
    if (inputs.some((input) => isSame(output, input)))
      throw usageError('BAD_USAGE', `--output ${output} is the input itself.`, 'Give another --output.');
  }
  const where = output === '-' ? 'of stdout' : `of ${output}`;
  if (isFolder(rejects))
    throw usageError('BAD_USAGE', `The rejects ${where} go into ${rejects}, which is a folder.`, 'Move it away.');
  if (inputs.some((input) => isSame(rejects, input)))
    throw usageError(
      'BAD_USAGE',
      `The rejects ${where} go into ${rejects}, which is the input itself.`,
      output === '-' ? 'Work in another folder.' : 'Give another --output.',
    );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Whether a new file under the name `path` would take the input's place. A link under that name is what is replaced. */
function isSame(path: string, input: string): boolean {
  const own = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  const other = statSync(input, { throwIfNoEntry: false, bigint: true });
  return own !== undefined && other !== undefined && own.dev === other.dev && own.ino === other.ino;
}
