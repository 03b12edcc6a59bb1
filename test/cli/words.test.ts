import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { EcommlError } from '#ecomml/base/errors.js';
import { explainFailure, sayFailure } from '#ecomml/cli/failure.js';
import { familyParameterValues } from '#ecomml/cli/family-parameters.js';
import { defaultInput, inputName, scoredName } from '#ecomml/cli/input-options.js';
import { modelsTable } from '#ecomml/cli/models-page.js';
import { textTable } from '#ecomml/cli/text-table.js';
import { count, cut, decimal, percent, plainLength, seconds, wrap } from '#ecomml/cli/wording.js';
import { fromPlainError, toPlainError } from '#ecomml/cli/workflow-thread.js';

const plain = new Chalk({ level: 0 });

describe('numbers in words', () => {
  it.each([
    [count(0), '0'],
    [count(999), '999'],
    [count(1234567), '1,234,567'],
    [decimal(0.123456), '0.1235'],
    [decimal(Number.NaN), '–'],
    [decimal(null), '–'],
    [percent(0.5), '50.0%'],
    [percent(0.00123), '0.12%'],
    [percent(0), '0.0%'],
    [seconds(0.04), '0.0 s'],
    [seconds(59.94), '59.9 s'],
    [seconds(125), '2 min 05 s'],
    [seconds(3725), '1 h 02 min'],
    [cut('abcdef', 4), 'abc…'],
  ])('%s', (found, expected) => expect(found).toBe(expected));

  it('wraps at spaces and counts no styles', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('immeasurable', 4)).toEqual(['immeasurable']);
    expect(wrap(`${new Chalk({ level: 1 }).red('one')} two`, 7)).toHaveLength(1);
  });
});

describe('tables', () => {
  const columns = [{ title: 'column' }, { title: 'rows', align: 'right' as const }];

  it('align', () => {
    expect(
      textTable(
        columns,
        [
          ['a', '1'],
          ['bcd', '1,000'],
        ],
        80,
      ),
    ).toEqual(['  column   rows', '  a           1', '  bcd     1,000']);
  });

  it('give way in the widest text column and never cut a number', () => {
    const lines = textTable(columns, [['x'.repeat(60), '123,456']], 40);
    expect(lines[1]).toMatch(/^ {2}x+… {2}123,456$/);
    expect(lines[1].length).toBe(40);
  });

  it('of models fit 80 columns and lose the least important ones', () => {
    const figures = {
      auc: 0.8,
      auc_ci: [0.75, 0.85],
      pr_auc: 0.1,
      log_loss: 0.2,
      brier: 0.1,
      ece: 0.01,
      trees: 1000,
      seconds: 3,
    } as const;
    const models = { 'random-forest': figures };
    const wide = modelsTable(models, figures, { 'random-forest': 1 }, { style: plain, width: 120 });
    const narrow = modelsTable(models, figures, { 'random-forest': 1 }, { style: plain, width: 80 });
    expect(wide[0]).toContain('ECE');
    expect(narrow[0]).toContain('log loss');
    expect(Math.max(...narrow.map(plainLength))).toBeLessThanOrEqual(80);
    expect(narrow[0].length).toBeLessThan(wide[0].length);
  });
});

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

describe('names made from the input', () => {
  it.each([
    ['logs/events.csv.gz', 'events', 'logs/events.scored.csv'],
    ['2019-Oct.parquet', '2019-Oct', '2019-Oct.scored.csv'],
    ['-', 'stdin', '-'],
    ['strange', 'strange', 'strange.scored.csv'],
  ])('%s', (input, name, scored) => expect([inputName(input), scoredName(input)]).toEqual([name, scored]));

  it('train falls back to the sample in data/', () => {
    expect(defaultInput()).toMatch(/2019-Oct-17k\.csv\.gz$/);
  });
});

describe('family parameters', () => {
  const table = {
    num_leaves: { type: 'integer', default: 31, min: 2, help: 'leaves of a tree' },
    extra_trees: { type: 'boolean', default: false, help: 'random thresholds' },
  } as const;
  const check = (given: Record<string, string>) =>
    familyParameterValues(given, { catboost: {}, xgboost: {}, lightgbm: table, 'random-forest': {} });

  it('are typed, and only the given ones come back', () => {
    expect(check({ 'lightgbm.num_leaves': '63' })).toEqual({ lightgbm: { num_leaves: 63 } });
  });

  it.each([
    ['lightgbm.num_leafs', '63', 'Did you mean "num_leaves"?'],
    ['lightgmb.num_leaves', '63', 'Did you mean "lightgbm"?'],
    ['lightgbm.num_leaves', '1', 'a whole number of at least 2'],
    ['lightgbm.num_leaves', 'many', 'lightgbm.num_leaves is "many"'],
  ])('%s=%s is refused', (name, value, sentence) => {
    const refused = expect.objectContaining({ message: expect.stringContaining(sentence), exitCode: 2 });
    expect(() => check({ [name]: value })).toThrow(refused);
  });
});
