import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { progressLines } from '#ecomml/cli/progress-lines.js';

it('times a stage from its first start, also when its total is told later, and anew when it comes again', async () => {
  const written: string[] = [];
  const write = async (text: string) => void written.push(text);
  const { show } = progressLines({ write, style: new Chalk({ level: 0 }), isTerminal: false, width: 80 });
  show({ type: 'start', stage: 'grow' });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  show({ type: 'start', stage: 'grow', total: 5, unit: 'trees' });
  show({ type: 'end', stage: 'grow', summary: '5 trees' });
  show({ type: 'start', stage: 'grow' });
  show({ type: 'end', stage: 'grow' });
  expect(written[0]).toMatch(/^✓ grow: 5 trees \((?:[1-9])\.\ds\)\n$/);
  expect(written[1]).toMatch(/^✓ grow \(0\.\ds\)\n$/);
});
