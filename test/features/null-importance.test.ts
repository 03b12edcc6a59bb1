import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { nullImportances, shuffledLabels } from '#ecomml/features/null-importance.js';

describe('null importances', () => {
  it('are how many shuffled outcomes gave a feature as much, and what one of twenty gave', () => {
    const runs = Array.from({ length: 39 }, (_, run) => [run, run, 39 - run]);
    const [told, tied, chance] = nullImportances(['told', 'tied', 'chance'], [39, 38, 1], runs);
    expect(told).toEqual({ feature: 'told', gain: 39, chance: 37, p: 1 / 40 });
    expect(tied.p).toBe(2 / 40);
    // Of 39, 38, …, 1 all are at least 1.
    expect(chance.p).toBe(1);
  });

  it('an unused feature is chance', () => {
    expect(nullImportances(['unused'], [0], [[0], [0]])[0].p).toBe(1);
  });
});

describe('shuffled labels', () => {
  const label = Float64Array.from({ length: 200 }, (_, row) => (row % 9 === 0 ? 1 : 0));

  it('are the same labels in another order, by the seed alone', () => {
    const shuffled = shuffledLabels(label, undefined, new Random(1, 3));
    expect(shuffled).toEqual(shuffledLabels(label, undefined, new Random(1, 3)));
    expect(shuffled).not.toEqual(label);
    expect(shuffled.slice().sort()).toEqual(label.slice().sort());
  });

  it('move session by session: sessions of one size keep their labels together', () => {
    const unit = Int32Array.from(label, (_, row) => row % 50);
    const own = Float64Array.from(unit, (session) => (session % 5 === 0 ? 1 : 0));
    const shuffled = shuffledLabels(own, unit, new Random(2));
    const of = new Map<number, Set<number>>();
    for (let row = 0; row < unit.length; row++) of.set(unit[row], (of.get(unit[row]) ?? new Set()).add(shuffled[row]));
    expect([...of.values()].every((labels) => labels.size === 1)).toBe(true);
    expect(shuffled).not.toEqual(own);
    expect(shuffled.slice().sort()).toEqual(own.slice().sort());
  });
});
