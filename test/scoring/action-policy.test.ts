import { describe, expect, it } from 'vitest';
import { breakEvenProbability } from '#ecomml/ensemble/profit-threshold.js';
import { type ActionPolicy, decide, policyColumns } from '#ecomml/scoring/action-policy.js';
import { parsePolicy } from '#ecomml/scoring/read-policy.js';

const cellsOf = (cells: Record<string, string | null>) => (column: string) => cells[column] ?? null;

function policy(value: unknown): ActionPolicy {
  return parsePolicy('policy.json', JSON.stringify(value));
}

/** The message of what `parsePolicy` throws. */
function refusal(content: string): string {
  try {
    parsePolicy('policy.json', content);
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_POLICY', exitCode: 2 });
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

describe('decisions', () => {
  it('acts from the break-even probability on: price · margin · p against the cost', () => {
    const rule = policy({ price: 'price', margin: 0.3, actions: [{ name: 'call', cost: 2 }] });
    const cells = cellsOf({ price: '50' });
    const threshold = breakEvenProbability({ margin: 50 * 0.3, cost: 2 });
    expect(decide(rule, threshold - 1e-9, 1, cells)).toEqual({ action: 'leave alone', gain: 0 });
    expect(decide(rule, threshold + 1e-9, 1, cells).action).toBe('call');
    expect(decide(rule, 0.5, 1, cells).gain).toBeCloseTo(50 * 0.3 * 0.5 - 2, 12);
  });

  it('takes the largest gain by effect, uplift, relative uplift, discount and cost', () => {
    const rule = policy({
      price: 100,
      margin: 'rate',
      default: 'nothing',
      actions: [
        { name: 'mail', cost: 0.1, relative_uplift: 0.1 },
        { name: 'coupon', cost: 0.1, uplift: 0.2, discount: 0.1 },
        { name: 'half', cost: 1, effect: 0.05 },
      ],
    });
    const cells = cellsOf({ rate: '0.4' });
    // p 0.05. mail: 100·0.4·0.005 − 0.1 = 0.1; coupon: 100·0.4·0.2 − 100·0.1·0.25 − 0.1 = 5.4; half: 40·0.05·0.05 − 1 < 0
    expect(decide(rule, 0.05, 1, cells)).toEqual({ action: 'coupon', gain: expect.closeTo(5.4, 12) });
    // p 0.95. mail: p′ = 1 (not 1.045): 100·0.4·0.05 − 0.1 = 1.9; coupon: 40·0.05 − 10·1 − 0.1 < 0; half: 40·0.05·0.95 − 1 = 0.9
    expect(decide(rule, 0.95, 1, cells)).toEqual({ action: 'mail', gain: expect.closeTo(1.9, 12) });
    expect(decide(rule, 0, 1, cells).action).toBe('coupon');
  });

  it('the first of equal gains; nothing at a gain of exactly 0', () => {
    const rule = policy({
      price: 10,
      margin: 0.5,
      actions: [
        { name: 'a', cost: 1 },
        { name: 'b', cost: 1 },
      ],
    });
    expect(decide(rule, 0.5, 1, cellsOf({})).action).toBe('a');
    expect(decide(rule, 0.2, 1, cellsOf({}))).toEqual({ action: 'leave alone', gain: 0 });
  });

  it('conditions: texts, numbers, bounds included, scores; a missing cell holds for none', () => {
    const rule = policy({
      price: 100,
      margin: 1,
      actions: [
        { name: 'a', cost: 0, when: { type: ['cart', 'view'], stock: { min: 1, max: 5 }, probability: { min: 0.2 } } },
      ],
    });
    const at = (cells: Record<string, string | null>, p = 0.5) => decide(rule, p, 1, cellsOf(cells)).action;
    expect(at({ type: 'cart', stock: '5' })).toBe('a');
    expect(at({ type: ' cart ', stock: '1.0' })).toBe('a');
    expect(at({ type: 'cart', stock: '5.01' })).toBe('leave alone');
    expect(at({ type: 'cart', stock: null })).toBe('leave alone');
    expect(at({ type: null, stock: '3' })).toBe('leave alone');
    expect(at({ type: 'cart', stock: '3' }, 0.1)).toBe('leave alone');
  });

  it('a row without a price, or with one below 0, is left alone and its gain unknown', () => {
    const rule = policy({ price: 'price', margin: 0.3, actions: [{ name: 'call', cost: 0 }] });
    for (const price of [null, '', 'x', '-1', 'Infinity', '0x10'])
      expect(decide(rule, 0.9, 1, cellsOf({ price }))).toEqual({ action: 'leave alone', gain: Number.NaN });
  });

  it('numbers as the input writes them', () => {
    const rule = policy({ price: 'price', margin: 1, actions: [{ name: 'call', cost: 0 }] });
    const gain = (price: string, decimal: '.' | ',') =>
      decide(rule, 0.5, 1, cellsOf({ price }), { decimal, amounts: true }).gain;
    expect(gain('12,50', ',')).toBe(6.25);
    expect(gain('€1.200,50', ',')).toBe(600.25);
    expect(gain('$1,200.50', '.')).toBe(600.25);
    expect(gain('12,50', '.')).toBe(Number.NaN);
  });

  it('by probability: the first in the file whose threshold is reached', () => {
    const rule = policy({
      decide_by: 'probability',
      actions: [
        { name: 'call', from: 0.6, when: { confidence: { min: 0.5 } } },
        { name: 'mail', from: 0.2 },
      ],
    });
    expect(decide(rule, 0.6, 0.9, cellsOf({})).action).toBe('call');
    expect(decide(rule, 0.6, 0.1, cellsOf({})).action).toBe('mail');
    expect(decide(rule, 0.19, 0.9, cellsOf({})).action).toBe('leave alone');
  });

  it('says which columns it reads', () => {
    const rule = policy({
      price: 'price',
      margin: 'rate',
      actions: [
        { name: 'a', cost: 'fee', when: { price: { min: 1 }, brand: 'x', probability: { max: 0.9 } } },
        { name: 'b', cost: 1 },
      ],
    });
    expect(policyColumns(rule)).toEqual(['price', 'rate', 'fee', 'brand']);
  });
});

describe('policy files that are refused, each with its place', () => {
  it.each([
    ['not JSON', '{"price": 1,\n  "margin" 0.3}', /^policy\.json:2:12: is not valid JSON: colon expected\./],
    ['comments', '// x\n{}', /^policy\.json:1:1: is not valid JSON: invalid comment/],
    ['empty', '', /^policy\.json:1:1: is not valid JSON/],
    ['no object', '[1]', /^policy\.json:1:1: a policy must be an object, found the array \[1\]\./],
    ['unknown field', '{"prize": 1}', /^policy\.json:1:2: a policy has no field "prize"\. Did you mean "price"\?/],
    ['repeated field', '{"price": 1, "price": 2}', /^policy\.json:1:14: "price" is there twice\./],
    [
      'no price',
      '{"margin": 0.3, "actions": []}',
      /^policy\.json:1:1: a policy that decides by profit needs "price"\./,
    ],
    ['no margin', '{"price": 3, "actions": []}', /needs "margin"\./],
    ['no actions', '{"price": 3, "margin": 1}', /^policy\.json:1:1: a policy needs "actions"\./],
    [
      'no action',
      '{"price": 3, "margin": 1, "actions": []}',
      /^policy\.json:1:38: "actions" must be a list of at least one/,
    ],
    [
      'margin above 1',
      '{"price": 3, "margin": 30, "actions": [{"name": "a", "cost": 1}]}',
      /^policy\.json:1:24: "margin" must be a number from 0 to 1, found the number 30\./,
    ],
    [
      'negative cost',
      '{"price": 3, "margin": 1, "actions": [\n {"name": "a", "cost": -1}]}',
      /^policy\.json:2:24: "cost" must be a number of at least 0, found the number -1\./,
    ],
    [
      'no cost',
      '{"price": 3, "margin": 1, "actions": [{"name": "a"}]}',
      /^policy\.json:1:39: an action needs "cost"\./,
    ],
    [
      'unknown field of an action',
      '{"price": 3, "margin": 1, "actions": [{"name": "a", "costs": 1}]}',
      /an action has no field "costs"\. Did you mean "cost"\?/,
    ],
    [
      'two effects',
      '{"price": 3, "margin": 1, "actions": [{"name": "a", "cost": 1, "effect": 1, "uplift": 0.1}]}',
      /one of effect, uplift and relative_uplift, found effect and uplift\./,
    ],
    [
      'two of a name',
      '{"price": 3, "margin": 1, "actions": [{"name": "a", "cost": 1}, {"name": "a", "cost": 2}]}',
      /^policy\.json:1:65: two actions are called "a"/,
    ],
    [
      'the name of the default',
      '{"price": 3, "margin": 1, "actions": [{"name": "leave alone", "cost": 1}]}',
      /two actions are called "leave alone"/,
    ],
    [
      'min above max',
      '{"price": 3, "margin": 1, "actions": [{"name": "a", "cost": 1, "when": {"x": {"min": 2, "max": 1}}}]}',
      /fits no number: min 2 is above max 1/,
    ],
    [
      'a condition of another kind',
      '{"price": 3, "margin": 1, "actions": [{"name": "a", "cost": 1, "when": {"x": null}}]}',
      /the condition on "x" must be a text, a list of texts, or .* found null/,
    ],
    [
      'a way to decide',
      '{"decide_by": "luck"}',
      /"decide_by" must be "profit" or "probability", found the text "luck"/,
    ],
    [
      'a price by probability',
      '{"decide_by": "probability", "price": 1, "actions": []}',
      /decides by probability takes no "price"/,
    ],
    [
      'a cost by probability',
      '{"decide_by": "probability", "actions": [{"name": "a", "from": 0.5, "cost": 1}]}',
      /has no field "cost"/,
    ],
    [
      'a threshold above 1',
      '{"decide_by": "probability", "actions": [{"name": "a", "from": 1.5}]}',
      /"from" must be a number from 0 to 1/,
    ],
  ])('%s', (_, content, pattern) => {
    expect(refusal(content)).toMatch(pattern);
  });
});
