import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choices, familyParameters, gates, names, pairs, split, weights } from '#ecomml/cli/composite-kinds.js';
import { duration, integer, type Kind, number, onOff, shareOrCount } from '#ecomml/cli/option-kinds.js';
import { FAMILIES } from '#ecomml/forest/forest.js';

/** What a kind makes of a text and of a JSON value; undefined is a refusal. */
const CASES: [string, Kind<unknown>, [text: string, value: unknown][], [json: unknown, value: unknown][]][] = [
  [
    'integer',
    integer({ min: 0 }),
    [
      ['7', 7],
      ['1e3', 1000],
      ['-1', undefined],
      ['1.5', undefined],
      ['', undefined],
      ['0x10', undefined],
      ['Infinity', undefined],
      ['9007199254740993', undefined],
    ],
    [
      [7, 7],
      ['7', undefined],
      [true, undefined],
      [null, undefined],
    ],
  ],
  [
    'number',
    number({ min: 0, max: 1, open: true }),
    [
      ['.15', 0.15],
      ['0', undefined],
      ['1', undefined],
      ['NaN', undefined],
      ['0,5', undefined],
    ],
    [
      [0.5, 0.5],
      [1, undefined],
    ],
  ],
  [
    'shareOrCount',
    shareOrCount(),
    [
      ['1%', 0.01],
      ['0.01', 0.01],
      ['0', 0],
      ['1', 1],
      ['100', 100],
      ['1.5', undefined],
      ['-1', undefined],
      ['100%', undefined],
      ['%', undefined],
    ],
    [
      ['5%', 0.05],
      [3, 3],
      [[], undefined],
    ],
  ],
  [
    'duration',
    duration(),
    [
      ['90', 90],
      ['30m', 1800],
      ['1.5h', 5400],
      ['7d', 604800],
      ['0', undefined],
      ['7w', undefined],
      ['-1', undefined],
      ['1..5', undefined],
    ],
    [
      [60, 60],
      ['1h', 3600],
      [{}, undefined],
      [null, undefined],
    ],
  ],
  [
    'onOff',
    onOff(),
    [
      ['Yes', true],
      ['0', false],
      ['', undefined],
      ['oui', undefined],
    ],
    [
      [true, true],
      ['true', undefined],
      [1, undefined],
    ],
  ],
  [
    'names',
    names('<columns>'),
    [
      ['a, b,a', ['a', 'b']],
      ['a,,b', undefined],
      ['', undefined],
    ],
    [
      [
        ['a,b', 'c'],
        ['a,b', 'c'],
      ],
      ['a,b', ['a', 'b']],
      [[], undefined],
      [['a', 1], undefined],
    ],
  ],
  [
    'choices',
    choices(...FAMILIES),
    [
      ['LightGBM,xgboost', ['lightgbm', 'xgboost']],
      ['lightgbm,forest', undefined],
    ],
    [
      [['lightgbm'], ['lightgbm']],
      [{}, undefined],
    ],
  ],
  [
    'pairs',
    pairs('', ''),
    [
      ['a=b', { a: 'b' }],
      ['a=x=y', { a: 'x=y' }],
      ['a=b,c=d', { a: 'b', c: 'd' }],
      ['a=Price, EUR', { a: 'Price, EUR' }],
      ['a', undefined],
      ['=b', undefined],
      ['a=', undefined],
    ],
    [
      [{ a: 'b' }, { a: 'b' }],
      [{ a: { b: 'c' } }, undefined],
      [['a=b'], undefined],
    ],
  ],
  [
    'familyParameters',
    familyParameters(),
    [
      ['lightgbm.num_leaves=63', { 'lightgbm.num_leaves': '63' }],
      ['num_leaves=63', undefined],
      ['a.b.c=1', undefined],
    ],
    [
      [
        { lightgbm: { num_leaves: 63, extra_trees: true } },
        { 'lightgbm.num_leaves': '63', 'lightgbm.extra_trees': 'true' },
      ],
      [{ 'lightgbm.num_leaves': 63 }, { 'lightgbm.num_leaves': '63' }],
      [{ lightgbm: 63 }, undefined],
    ],
  ],
  [
    'gates',
    gates(),
    [
      ['auc>=0.8', [{ metric: 'auc', comparison: '>=', value: 0.8 }]],
      [
        'auc>0.8,lightgbm.log_loss<=.3',
        [
          { metric: 'auc', comparison: '>', value: 0.8 },
          { metric: 'lightgbm.log_loss', comparison: '<=', value: 0.3 },
        ],
      ],
    ],
    [[3, undefined]],
  ],
  [
    'split',
    split(),
    [
      ['time', { by: 'time' }],
      ['column:part', { by: 'column', column: 'part' }],
      ['column:', undefined],
      ['part', undefined],
    ],
    [[1, undefined]],
  ],
  [
    'weights',
    weights(),
    [
      ['optimized', 'optimized'],
      ['0.4,0.3,0.2,0.1', [0.4, 0.3, 0.2, 0.1]],
      ['0.5,0.4', undefined],
      ['1.5,-0.5', undefined],
      ['a,b', undefined],
    ],
    [
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      [['0.5', '0.5'], undefined],
      [1, undefined],
    ],
  ],
];

describe.each(CASES)('%s', (_name, kind, texts, values) => {
  it.each(texts)('reads the text %j as %j', (text, value) => expect(kind.fromText(text)).toEqual(value));
  it.each(values)('reads the JSON %j as %j', (json, value) => expect(kind.fromJson(json)).toEqual(value));

  it('refuses or reads any JSON value, and never breaks', () => {
    // A gate alone answers with a sentence of its own instead of a refusal.
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          kind.fromJson(json);
        } catch (error) {
          expect((error as Error).name).toBe('EcommlError');
        }
      }),
    );
  });
});

it('repeated flags are merged', () => {
  expect(names('').merge?.([['a'], ['b', 'a']])).toEqual(['a', 'b']);
  expect(pairs('', '').merge?.([{ a: '1' }, { b: '2' }, { a: '3' }])).toEqual({ a: '3', b: '2' });
});
