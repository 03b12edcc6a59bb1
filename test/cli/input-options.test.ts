import { describe, expect, it } from 'vitest';
import { defaultInput, inputName, scoredName } from '#ecomml/cli/input-options.js';

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
