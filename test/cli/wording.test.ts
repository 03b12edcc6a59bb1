import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { count, cut, decimal, percent, seconds, wrap } from '#ecomml/cli/wording.js';

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
