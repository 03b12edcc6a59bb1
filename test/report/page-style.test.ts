import { describe, expect, it } from 'vitest';
import { PAGE_STYLE, printColour } from '#ecomml/report/page-style.js';

type Colours = Readonly<Record<string, string>>;

/** The colours of a scheme: the first block that sets them, and the block for a reader who chose dark. */
function scheme(start: string): Colours {
  const block = PAGE_STYLE.slice(PAGE_STYLE.indexOf(start));
  return Object.fromEntries(
    [...block.slice(0, block.indexOf('}')).matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [
      name,
      colour,
    ]),
  );
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each([
  ['light', scheme(':root {')],
  ['dark', scheme(':root[data-theme="dark"]')],
])('the %s colours', (_, colours) => {
  it('are told apart from what is behind them: text 4.5, lines and bars 3', () => {
    expect(Object.keys(colours).length).toBeGreaterThan(20);
    for (const behind of ['--paper', '--card']) {
      for (const text of ['--ink', '--muted', '--accent', '--up'])
        expect(contrast(colours[text], colours[behind]), `${text} on ${behind}`).toBeGreaterThanOrEqual(4.5);
      for (const mark of [
        '--series-1',
        '--series-2',
        '--series-3',
        '--series-4',
        '--series-5',
        '--series-6',
        '--down',
        '--level-1',
        '--level-3',
        '--level-5',
      ])
        expect(contrast(colours[mark], colours[behind]), `${mark} on ${behind}`).toBeGreaterThanOrEqual(3);
    }
    expect(contrast(colours['--warn-ink'], colours['--warn-paper'])).toBeGreaterThanOrEqual(4.5);
    for (const cell of ['--good', '--bad'])
      expect(contrast(colours['--ink'], colours[cell])).toBeGreaterThanOrEqual(4.5);
  });
});

it('paper has the light colours', () => {
  expect(printColour('var(--ink)')).toBe(scheme(':root {')['--ink']);
  expect(printColour('currentColor')).toBe(printColour('var(--ink)'));
  expect(printColour('#123456')).toBe('#123456');
});
