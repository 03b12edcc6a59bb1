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

it('can be read without seeing it: language, one title, headings in steps, charts with words, tables with headers', () => {
  const { rows } = sampleExplanation();
  const told = { bundle: 'shop', source: 'today.csv', method: 'path-dependent', rows: rows.slice(0, 2), notes: [] };
  const { document } = parseHTML(explanationPage(told));
  expect(document.documentElement.getAttribute('lang')).toBe('en');
  expect(document.querySelector('title')?.textContent).toContain('shop');
  expect(document.querySelectorAll('h1').length).toBe(1);
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]));
  levels.slice(1).forEach((level, i) => {
    expect(level - levels[i]).toBeLessThanOrEqual(1);
  });
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain(document.querySelector('a.skip')?.getAttribute('href')?.slice(1));
  for (const chart of document.querySelectorAll('svg.chart')) {
    expect(chart.getAttribute('role')).toBe('img');
    expect(chart.querySelector('desc')?.textContent?.length).toBeGreaterThan(20);
    for (const id of (chart.getAttribute('aria-labelledby') ?? '').split(' ')) expect(ids).toContain(id);
  }
  const tables = [...document.querySelectorAll('table')];
  expect(tables.length).toBeGreaterThan(1);
  for (const table of tables) {
    expect(table.querySelector('caption')?.textContent).not.toBe('');
    expect(table.querySelectorAll('thead th[scope=col]').length).toBeGreaterThan(1);
  }
});
