/**
 * Turns whatever was thrown into what the user reads: an `EcommlError` as it is, an error of the operating system as a
 * sentence about the file, and anything else as the defect it is.
 */
import { EcommlError } from '../base/errors.js';
import type { Stream } from './terminal.js';

/** What the system said, in words: what happened to the file, and what to do. */
const SYSTEM: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['does not exist', 'Check the path; it is read from the directory you are in.'],
  EACCES: ['may not be opened: permission denied', 'Change its permissions, or choose another place.'],
  EPERM: ['may not be changed: operation not permitted', 'Change its permissions, or choose another place.'],
  EROFS: ['lies on a read-only file system', 'Choose another place with --output.'],
  ENOSPC: ['cannot be written: the disk is full', 'Free some space, or choose another place with --output.'],
  EDQUOT: ['cannot be written: your disk quota is used up', 'Free some space, or choose another place with --output.'],
  EFBIG: [
    'is larger than the file system or the limit of the shell (ulimit -f) allows',
    'Choose another place, or write less.',
  ],
  EISDIR: ['is a directory, a file was expected', 'Name a file.'],
  EEXIST: ['is a file, and a folder is to be made there', 'Choose another name with --output.'],
  ENOTDIR: ['has a file where a directory was expected', 'Check the path.'],
  ENOTEMPTY: ['is a directory that is not empty', 'Another run may be writing there; run again.'],
  EMFILE: ['cannot be opened: too many open files', 'Raise the limit (ulimit -n), or use fewer --threads.'],
  ENAMETOOLONG: ['has a name too long for this file system', 'Choose a shorter name.'],
  EIO: ['cannot be read or written: the device reports an error', 'Check the disk.'],
};

const FULL = /no space left on device|disk is full|disk full/i;
const MEMORY = /array buffer allocation failed|could not allocate memory|out of memory|invalid array buffer length/i;

export function explainFailure(error: unknown): EcommlError {
  if (error instanceof EcommlError) return error;
  const { code = '', path, message = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const said = SYSTEM[code] ?? (FULL.test(message) ? SYSTEM['ENOSPC'] : undefined);
  if (said !== undefined) {
    const subject = path === undefined ? (code === 'ENOENT' ? 'A file' : 'The output') : path;
    return new EcommlError(code || 'ENOSPC', `${subject} ${said[0]}.`, { hint: said[1], cause: error });
  }
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || MEMORY.test(message)) {
    return new EcommlError('OUT_OF_MEMORY', 'The memory is used up.', {
      hint: 'Use fewer --threads or fewer rows, or raise the limit: NODE_OPTIONS=--max-old-space-size=8192.',
      cause: error,
    });
  }
  const text = error instanceof Error ? error.message || error.name : String(error);
  return new EcommlError('UNEXPECTED', `ecomml met an error it does not know: ${text}`, {
    hint: 'This is a defect of ecomml. Run again with --debug and report what it prints.',
    cause: error,
  });
}

/** `error:` and `hint:` lines, and the stacks with --debug. */
export function sayFailure(error: EcommlError, { style }: Pick<Stream, 'style'>, debug: boolean): string {
  let text = `${style.red.bold('error:')} ${error.message}\n`;
  if (error.hint !== undefined) text += `${style.cyan('hint:')} ${error.hint}\n`;
  if (!debug) return text;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) text += `${style.dim(cause.stack)}\n`;
  return text;
}
