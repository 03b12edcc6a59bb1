import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { modelsTable } from '#ecomml/cli/models-page.js';
import { textTable } from '#ecomml/cli/text-table.js';
import { plainLength } from '#ecomml/cli/wording.js';

const plain = new Chalk({ level: 0 });

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
