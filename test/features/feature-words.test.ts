// Values in words: every catalogue feature has a template, and what goes into one comes out as people say it.
import { describe, expect, it } from 'vitest';
import { catalogue } from '#ecomml/features/catalogue.js';
import { FEATURE_TEMPLATES } from '#ecomml/features/feature-templates.js';
import { duration, shownValue, valueInWords } from '#ecomml/features/feature-words.js';

const features = catalogue({ idFeatures: true });
const of = (name: string) => features.find((feature) => feature.name === name)!;

describe('valueInWords', () => {
  it('has a template for every feature, and none for features that are no more', () => {
    expect(Object.keys(FEATURE_TEMPLATES).sort()).toEqual(features.map(({ name }) => name).sort());
  });

  it.each(features.map((feature) => [feature.name, feature] as const))('leaves no placeholder in %s', (_, feature) => {
    for (const value of feature.kind === 'categorical' ? ['x', null] : [0, 1, 2, 7.5, 1e6, null]) {
      const text = valueInWords(feature, value);
      expect(text).not.toMatch(/[{}]|undefined|NaN|\.$/);
      expect(text.length).toBeGreaterThan(5);
    }
  });

  it('says counts, ratios, durations and names as people do', () => {
    expect(valueInWords(of('session_product_views'), 4)).toBe('viewed this product 4 times before in this visit');
    expect(valueInWords(of('session_product_views'), 1)).toBe('viewed this product once before in this visit');
    expect(valueInWords(of('session_product_views'), 0)).toBe('had not viewed this product before in this visit');
    expect(valueInWords(of('price_to_product_mean'), 0.88)).toBe("the price is 12% below this product's usual price");
    expect(valueInWords(of('price_to_product_mean'), 1)).toBe("the price is the same as this product's usual price");
    expect(valueInWords(of('seconds_since_user_purchase'), 86_400 * 3.4)).toBe('bought something 3.4 days ago');
    expect(valueInWords(of('brand'), 'samsung')).toBe('the brand is "samsung"');
    expect(valueInWords(of('brand'), '$& {n} <script>')).toBe('the brand is "$& {n} <script>"');
    expect(valueInWords(of('brand'), null)).toBe('the product has no brand');
    expect(valueInWords(of('weekday'), 7)).toBe('it is Sunday');
    expect(valueInWords(of('product_users'), 1)).toBe('1 visitor came across the product before');
  });

  it('names a table’s column plainly, even one called like a feature or like a tag', () => {
    expect(valueInWords({ name: 'PageValues', kind: 'numeric' }, 12.345)).toBe('PageValues is 12.35');
    expect(valueInWords({ name: 'price', kind: 'numeric' }, 3)).toBe('price is 3');
    expect(valueInWords({ name: '<script>', kind: 'categorical' }, null)).toBe('<script> is missing');
    expect(valueInWords({ name: '__proto__', kind: 'numeric', unit: 'x' }, 1)).toBe('__proto__ is 1');
  });
});

describe('shownValue and duration', () => {
  it('have units', () => {
    expect(shownValue(of('user_conversion'), 0.0234)).toBe('2.34%');
    expect(shownValue(of('is_weekend'), 1)).toBe('yes');
    expect(shownValue(of('session_events'), 1)).toBe('1 event');
    expect(shownValue(of('user_spend'), 1234.5)).toBe('1,234');
    expect(shownValue(of('brand'), null)).toBe('missing');
  });

  it('are two units long at most', () => {
    expect([0, 4.26, 59.9, 60, 200, 3600, 7500, 86_400, 900_000].map(duration)).toEqual([
      ...['0 s', '4.3 s', '60 s', '1 min', '3 min 20 s', '1 h', '2 h 5 min', '1 day', '10 days'],
    ]);
  });
});
