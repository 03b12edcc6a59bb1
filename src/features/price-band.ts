/**
 * The band of a price: each is √2 times as dear as the one below it, so a band means the same in any currency. Band 0
 * holds prices below 2^−6, among them 0; the last all from 2^33.5 on.
 */

/** Lower edges of the bands from 1: 2^(k/2), exact at every second one. */
const EDGES = Float64Array.from(
  { length: 80 },
  (_, k) => 2 ** (Math.floor(k / 2) - 6) * (k % 2 === 0 ? 1 : Math.SQRT2),
);

/** How many there are. */
export const BANDS = EDGES.length + 1;

/** From 0; −1 where there is no price (NaN, below 0, infinite). */
export function priceBand(price: number): number {
  if (!(price >= 0 && price < Number.POSITIVE_INFINITY)) return -1;
  let low = 0;
  let high = EDGES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (EDGES[middle] <= price) low = middle + 1;
    else high = middle;
  }
  return low;
}
