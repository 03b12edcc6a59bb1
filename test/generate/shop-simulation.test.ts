import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import type { ShopEvent } from '#ecomml/generate/event-queue.js';
import { PRODUCTS, ZIPF_EXPONENT } from '#ecomml/generate/products.js';
import { CART, PURCHASE, VIEW } from '#ecomml/generate/purchase-chain.js';
import { ShopSimulation } from '#ecomml/generate/shop-simulation.js';

function simulate(events: number, seed = 1, days = 30): { shop: ShopSimulation; all: ShopEvent[] } {
  const shop = new ShopSimulation({ events, days, seed });
  const all: ShopEvent[] = [];
  for (let event = shop.next(); event !== undefined; event = shop.next()) all.push({ ...event });
  return { shop, all };
}

it.each([1, 2, 3, 10, 999])('%d events are that many, in the order of time', (events) => {
  for (const seed of [1, 2, 3]) {
    const { all } = simulate(events, seed);
    expect(all.length).toBe(events);
    for (let i = 1; i < events; i++) expect(all[i].second).toBeGreaterThanOrEqual(all[i - 1].second);
  }
});

it('is the same for a seed and another for another', () => {
  expect(simulate(3000, 4).all).toEqual(simulate(3000, 4).all);
  expect(simulate(3000, 4).all).not.toEqual(simulate(3000, 5).all);
});

it('spreads over any number of days', () => {
  for (const days of [1, 10, 365]) {
    const { all } = simulate(60_000, 1, days);
    // Some 14,000 sessions of random length and users of random zest: the end comes within 7% (one day begins with its
    // quiet night, so its end comes late).
    const last = (all.at(-1)?.second ?? 0) / 86_400;
    expect(Math.abs(last / days - 1)).toBeLessThan(days === 1 ? 0.2 : 0.07);
  }
});

describe('300,000 events', () => {
  let shop: ShopSimulation;
  let all: ShopEvent[];
  /** First views and later moments of each session and product, with whether it was bought. */
  const moments: { event: ShopEvent; ordinal: number; label: number }[] = [];

  beforeAll(() => {
    ({ shop, all } = simulate(300_000));
    const key = ({ session, product }: ShopEvent) => session * PRODUCTS + product;
    const bought = new Set(all.filter(({ type }) => type === PURCHASE).map(key));
    const met = new Map<number, number>();
    for (const event of all) {
      if (event.type !== VIEW && event.type !== CART) continue;
      const ordinal = met.get(key(event)) ?? 0;
      met.set(key(event), ordinal + 1);
      moments.push({ event, ordinal, label: bought.has(key(event)) ? 1 : 0 });
    }
  });

  it('hold what a shop has: types, returning users, an end near the thirtieth day', () => {
    const share = (type: number) => all.filter((event) => event.type === type).length / all.length;
    expect(share(VIEW)).toBeGreaterThan(0.88);
    expect(share(CART)).toBeGreaterThan(0.02);
    expect(share(PURCHASE)).toBeGreaterThan(0.015);
    expect(share(PURCHASE)).toBeLessThan(0.06);
    const usersOfSessions = new Map(all.map(({ session, user }) => [session, user]));
    const users = new Set(usersOfSessions.values());
    expect(users.size).toBeLessThan(usersOfSessions.size / 4);
    expect(users.size).toBeGreaterThan(usersOfSessions.size / 20);
    expect((all.at(-1)?.second ?? 0) / 86_400).toBeGreaterThan(28);
    expect((all.at(-1)?.second ?? 0) / 86_400).toBeLessThan(32);
  });

  it('are bought as often as the truth says, in every tenth of the truth', () => {
    for (const kind of ['first', 'second', 'later'] as const) {
      // One moment a session and product: given the truth, their labels are independent.
      const some = moments
        .filter(({ ordinal }) => (kind === 'first' ? ordinal === 0 : kind === 'second' ? ordinal === 1 : ordinal === 2))
        .sort((a, b) => a.event.probability - b.event.probability);
      let statistic = 0;
      for (let tenth = 0; tenth < 10; tenth++) {
        const part = some.slice((tenth * some.length) / 10, ((tenth + 1) * some.length) / 10);
        const expected = part.reduce((sum, { event }) => sum + event.probability, 0);
        const variance = part.reduce((sum, { event: { probability: p } }) => sum + p * (1 - p), 0);
        const observed = part.reduce((sum, { label }) => sum + label, 0);
        statistic += variance === 0 ? 0 : (observed - expected) ** 2 / variance;
      }
      // Ten squared deviations of variance 1: above 29.6 once in a thousand times.
      expect(statistic).toBeLessThan(29.6);
      expect(some.length).toBeGreaterThan(1000);
    }
  });

  it('know prices: offers and cheap products are bought more, as the effects say', () => {
    const rate = (keep: (event: ShopEvent) => boolean) => {
      const some = moments.filter(({ ordinal, event }) => ordinal === 0 && keep(event));
      return some.reduce((sum, { label }) => sum + label, 0) / some.length;
    };
    const week = ({ second }: ShopEvent) => Math.floor(second / (7 * 86_400));
    const offer = (event: ShopEvent) => shop.products.onOffer(event.product, week(event));
    // The log odds differ by 0.6 and the price's own part of it, 0; at small rates that is a factor near e^0.6 = 1.8.
    expect(rate(offer) / rate((event) => !offer(event))).toBeGreaterThan(1.3);
    expect(rate(offer) / rate((event) => !offer(event))).toBeLessThan(2.6);
    const relative = ({ product }: ShopEvent) => shop.products.logRelativePrice[product];
    expect(rate((event) => relative(event) < -0.3) / rate((event) => relative(event) > 0.3)).toBeGreaterThan(1.2);
  });

  it('show products by Zipf', () => {
    const counts = new Float64Array(PRODUCTS);
    for (const { ordinal, event } of moments) if (ordinal === 0) counts[event.product]++;
    // Least squares of ln(count) on ln(rank) over ranks 5 to 200, each with some hundred counts. The slope's standard
    // error from counting is below 0.02; that no product is met twice in a session flattens the very top, hence from 5 on,
    // and users who favour one category add to the scatter: 0.08 in all.
    const points = Array.from({ length: 196 }, (_, i) => [Math.log(i + 5), Math.log(counts[i + 4])]);
    const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
    const [mx, my] = [mean(0), mean(1)];
    const slope =
      points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) /
      points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
    expect(Math.abs(slope + ZIPF_EXPONENT)).toBeLessThan(0.08);
  });

  it('have products drawn by category as they are drawn at large', () => {
    const random = new Random(9);
    const draws = 200_000;
    const counts = new Float64Array(40);
    for (let i = 0; i < draws; i++) {
      const product = shop.products.drawOf(shop.products.drawCategory(random), random);
      if (product < counts.length) counts[product]++;
    }
    let total = 0;
    for (let rank = 1; rank <= PRODUCTS; rank++) total += rank ** -ZIPF_EXPONENT;
    let statistic = 0;
    for (let i = 0; i < counts.length; i++) {
      const expected = (draws * (i + 1) ** -ZIPF_EXPONENT) / total;
      statistic += (counts[i] - expected) ** 2 / expected;
    }
    // 40 counts: the 99.9% point of chi-square with 40 degrees of freedom is 73.4.
    expect(statistic).toBeLessThan(73.4);
  });
});
