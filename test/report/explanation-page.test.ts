import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { explanationPage } from '#ecomml/report/explanation-page.js';
import { sampleExplanation } from './sample-explanation-data.js';

it('tells rows in a page of their own: reasons, waterfall and LIME, the same bytes again, hostile names as text', () => {
  const { rows } = sampleExplanation();
  const told = {
    bundle: 'shop',
    source: '<img src=x>.csv',
    method: 'path-dependent',
    rows: rows.slice(0, 2),
    notes: ['<b>'],
  };
  const page = explanationPage(told);
  expect(explanationPage(JSON.parse(JSON.stringify(told)))).toBe(page);
  const { document } = parseHTML(page);
  expect(document.querySelectorAll('main > section').length).toBe(3);
  expect(document.querySelectorAll('svg.chart').length).toBe(4);
  expect(document.querySelectorAll('img, b').length).toBe(0);
  for (const reason of rows[0].reasons) expect(document.body.textContent).toContain(reason);
  expect(document.getElementById('row-0')?.textContent).toContain(rows[0].name);
});
