import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { CART, PURCHASE, PurchaseChain, REMOVE, VIEW } from '#ecomml/generate/purchase-chain.js';

describe.each([-1, 0.5, 2.5])('a product of appeal %d', (appeal) => {
  const runs = 60_000;
  const chain = new PurchaseChain();
  const random = new Random(11);
  // By probability (a state's mark): how often it was met, and how often a purchase followed.
  const met = new Map<number, { times: number; bought: number }>();
  for (let run = 0; run < runs; run++) {
    chain.run(appeal, random);
    const { length, type, probability } = chain;
    const bought = type[length - 1] === PURCHASE;
    const seen = new Set<number>();
    for (let step = 0; step < length; step++) {
      if (type[step] === PURCHASE && step !== length - 1) throw new Error('a purchase was not the end');
      if (step === 0 && type[0] !== VIEW) throw new Error('a chain did not begin with a view');
      if (type[step] === REMOVE && type[step - 1] !== CART) throw new Error('removed what was not in the cart');
      if (type[step] === PURCHASE || seen.has(probability[step])) continue;
      seen.add(probability[step]);
      const state = met.get(probability[step]) ?? { times: 0, bought: 0 };
      met.set(probability[step], { times: state.times + 1, bought: state.bought + (bought ? 1 : 0) });
    }
  }

  it('is bought after each state as often as its probability says', () => {
    expect(met.size).toBeGreaterThanOrEqual(9);
    for (const [probability, { times, bought }] of met) {
      // Runs are independent and each counts once a state, so the purchases are binomial: 4.5 deviations are left by
      // 7 in a million; of states met seldom, the normal bound needs the +1.
      const deviation = Math.sqrt(times * probability * (1 - probability));
      expect(Math.abs(bought - times * probability)).toBeLessThan(4.5 * deviation + 1);
    }
  });

  it('gets likelier with each view and with the cart', () => {
    const ofViews = [1, 2, 3].map((k) => chain.ofView(appeal, k));
    expect(ofViews[0]).toBeLessThan(ofViews[1]);
    expect(ofViews[1]).toBeLessThan(ofViews[2]);
    expect(chain.ofCart(appeal)).toBeGreaterThan(ofViews[2]);
    expect(chain.ofView(appeal + 1, 1)).toBeGreaterThan(ofViews[0]);
  });
});
