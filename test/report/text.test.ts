import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from '#ecomml/report/markup.js';
import { numberText } from '#ecomml/report/number-text.js';
import { thinHistory } from '#ecomml/report/report-data.js';

describe('markup', () => {
  it('escapes text, passes markup, joins lists', () => {
    const inner = html`<i>${'<&"\'>'}</i>`;
    expect(html`<p title="${'"x"'}">${inner}${[inner, 'a<b']}${null}${3}</p>`.text).toBe(
      '<p title="&quot;x&quot;"><i>&lt;&amp;&quot;&#39;&gt;</i><i>&lt;&amp;&quot;&#39;&gt;</i>a&lt;b3</p>',
    );
    expect(escapeHtml('a\u0000b\u001bc\nd')).toBe('a\ufffdb\ufffdc\nd');
  });
});

describe('numbers', () => {
  it.each([
    [0.81349, 'metric', '0.8135'],
    [0.00001, 'metric', '1.0e-5'],
    [0, 'metric', '0.0000'],
    [12345, 'integer', '12\u202f345'],
    [1234, 'integer', '1234'],
    [12345.5, 'integer', '12\u202f345.5'],
    [0.155, 'percent', '15.5%'],
    [0.0042, 'percent', '0.42%'],
    [0.00004, 'percent', '0.004%'],
    [1, 'percent', '100%'],
    [0, 'percent', '0%'],
    [-0.05, 'percent', '−5.00%'],
    [3.1e-8, 'general', '3.10e-8'],
    [Number.NaN, 'general', '–'],
    [null, 'metric', '–'],
    [Number.POSITIVE_INFINITY, 'general', '∞'],
  ] as const)('%s as %s is %s', (value, format, text) => {
    expect(numberText(value, format)).toBe(text);
  });
});

describe('thinHistory', () => {
  it('keeps the ends and the best, and stays bounded', () => {
    const train = Float64Array.from({ length: 5003 }, (_, i) => 1 / (i + 1));
    const points = thinHistory({ train, valid: train }, 777);
    expect(points.length).toBeLessThanOrEqual(203);
    expect(points[0]).toEqual({ trees: 1, train: 1, valid: 1 });
    expect(points.at(-1)?.trees).toBe(5003);
    expect(points.find((p) => p.trees === 777)?.train).toBe(1 / 777);
    expect(thinHistory({ train: [0.5, 0.4] })).toEqual([
      { trees: 1, train: 0.5 },
      { trees: 2, train: 0.4 },
    ]);
    expect(thinHistory({ train: [] })).toEqual([]);
  });
});
