// The order in which std::sort leaves equal keys, against GNU's C++ library (std::sort of g++ 12 over {key, index} by key, the
// sum of the order as below): XGBoost adds the weights of equal values in it.
import { expect, it } from 'vitest';
import { introsort } from '#ecomml/kernels/plain/introsort.js';

function orderOf(keys: readonly number[]): number {
  const order = keys.map((_, i) => i);
  introsort(order, (a, b) => keys[a] < keys[b]);
  return order.reduce((sum, i) => (Math.imul(sum, 31) + i) >>> 0, 0);
}

it('leaves equal keys where std::sort leaves them', () => {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  for (const [count, keys, expected] of [
    [16, 3, 2670502136],
    [16, 50, 397883376],
    [16, 60000, 3567344226],
    [17, 3, 3542649096],
    [17, 50, 3040532500],
    [17, 60000, 2612414410],
    [100, 3, 1521719170],
    [100, 50, 2397211494],
    [100, 60000, 628527962],
    [1538, 3, 1351196311],
    [1538, 50, 3421819781],
    [1538, 60000, 3335990933],
    [5000, 3, 3396483256],
    [5000, 50, 1798199438],
    [5000, 60000, 2408981652],
  ])
    expect(orderOf(Array.from({ length: count }, () => next() % keys))).toBe(expected);
});

it('goes over to the heap sort where medians of three part badly', () => {
  const half = Array.from({ length: 1000 }, (_, i) => i);
  const keys = [...half.map((i) => (i % 2 === 0 ? i + 1 : 1000 + i)), ...half.map((i) => 2 * (i + 1))];
  expect(orderOf(keys.map((key) => Math.floor(key / 4)))).toBe(3261036316);
});
