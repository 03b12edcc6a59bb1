import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { explainFailure, sayFailure } from '#ecomml/cli/failure.js';
import { fromPlainError, toPlainError } from '#ecomml/cli/workflow-thread.js';

const plain = new Chalk({ level: 0 });

describe('failures', () => {
  const system = (code: string, path?: string) => Object.assign(new Error(`${code}: …`), { code, path });

  it.each([
    [system('ENOENT', 'a.csv'), 'a.csv does not exist.'],
    [system('ENOSPC', 'out.csv'), 'out.csv cannot be written: the disk is full.'],
    [system('ENOSPC'), 'The output cannot be written: the disk is full.'],
    [system('EACCES', 'x'), 'x may not be opened: permission denied.'],
    [system('EISDIR', 'd'), 'd is a directory, a file was expected.'],
    [new Error('IO Error: Could not write file "x": No space left on device'), 'the disk is full'],
    [new RangeError('Array buffer allocation failed'), 'The memory is used up.'],
    [system('ERR_WORKER_OUT_OF_MEMORY'), 'The memory is used up.'],
  ])('%s', (error, sentence) => {
    const { message, hint, exitCode } = explainFailure(error);
    expect(message).toContain(sentence);
    expect([hint !== undefined, exitCode]).toEqual([true, 1]);
  });

  it('what nobody foresaw is called a defect, with its stack under --debug alone', () => {
    const failure = explainFailure(new TypeError('x is not a function'));
    expect(sayFailure(failure, { style: plain }, false)).toMatch(/^error: .*x is not a function\nhint: .*defect.*\n$/);
    expect(sayFailure(failure, { style: plain }, true)).toContain('TypeError: x is not a function\n    at ');
    expect(explainFailure('thrown text').message).toContain('thrown text');
    expect(explainFailure(undefined).code).toBe('UNEXPECTED');
  });

  it('cross threads whole', () => {
    const cause = system('ENOSPC', 'f');
    const error = new EcommlError('CODE', 'message', { hint: 'hint', exitCode: 3, cause });
    const back = fromPlainError(structuredClone(toPlainError(error))) as EcommlError;
    expect(back).toBeInstanceOf(EcommlError);
    expect([back.code, back.message, back.hint, back.exitCode]).toEqual(['CODE', 'message', 'hint', 3]);
    expect(back.cause).toMatchObject({ code: 'ENOSPC', path: 'f' });
    expect(fromPlainError(toPlainError(7)).message).toBe('7');
  });
});
