import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitLabel, textRoom } from '#ecomml/report/fit-label.js';

describe('a label in its room', () => {
  it('is left whole where it fits, and loses its middle where it does not', () => {
    expect(fitLabel('price', 200, 14)).toBe('price');
    const short = fitLabel('seconds_since_session_product', 180, 14);
    expect(short).toMatch(/^seco.*….*product$/);
    expect(short.length).toBeGreaterThan(15);
  });

  it('tells apart names that differ at their ends', () => {
    const names = ['seconds_since_session_product', 'seconds_since_session_start', 'seconds_since_session_event'];
    expect(new Set(names.map((name) => fitLabel(name, 150, 14))).size).toBe(3);
  });

  it('counts wide letters as wide: capitals, Chinese, pictures', () => {
    for (const wide of ['WWWWWWWWWWWWWWWWWWWWWWWW', '价格价格价格价格价格价格价格价格', '🛒🛒🛒🛒🛒🛒🛒🛒🛒🛒🛒🛒']) {
      const cut = fitLabel(wide, 120, 14);
      expect(cut).toContain('…');
      expect(textRoom(cut, 14)).toBeLessThanOrEqual(120);
    }
  });

  it('never cuts a letter from its marks, nor a picture in two', () => {
    const family = '👨‍👩‍👧';
    const cut = fitLabel(family.repeat(12), 90, 14);
    expect(cut.replaceAll(family, '')).toBe('…');
  });

  it('is never wider than its room, whatever the text, down to two letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 60, max: 400 }), (text, room) => {
        const cut = fitLabel(text, room, 14);
        expect(textRoom(cut, 14)).toBeLessThanOrEqual(room);
        if (textRoom(text, 14) <= room) expect(cut).toBe(text);
      }),
    );
  });
});
