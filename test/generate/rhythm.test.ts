import { expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { HOUR_WEIGHTS, Rhythm, WEEKDAY_WEIGHTS } from '#ecomml/generate/rhythm.js';

it('follows the hours of the day and the days of the week, at the wanted rate', () => {
  const perDay = 3000;
  const weeks = 8;
  const counts = new Float64Array(168);
  const rhythm = new Rhythm(perDay);
  const random = new Random(5);
  let last = 0;
  let arrivals = 0;
  for (;;) {
    const second = rhythm.nextArrival(random);
    expect(second).toBeGreaterThanOrEqual(last);
    last = second;
    if (second >= weeks * 7 * 86_400) break;
    arrivals++;
    counts[Math.floor(second / 3600) % 168]++;
  }
  // A Poisson count of mean n lies within 4 √n of it but once in 16,000 times.
  const mean = perDay * 7 * weeks;
  expect(Math.abs(arrivals - mean)).toBeLessThan(4 * Math.sqrt(mean));
  const weight = (hour: number) => HOUR_WEIGHTS[hour % 24] * WEEKDAY_WEIGHTS[Math.floor(hour / 24)];
  let total = 0;
  for (let hour = 0; hour < 168; hour++) total += weight(hour);
  let statistic = 0;
  for (let hour = 0; hour < 168; hour++) {
    const expected = (mean * weight(hour)) / total;
    statistic += (counts[hour] - expected) ** 2 / expected;
  }
  // 168 independent Poisson counts: the 99.9% point of chi-square with 168 degrees of freedom is 230.
  expect(statistic).toBeLessThan(230);
  // And the rhythm is one worth having: the evening peak has many times the sessions of the night.
  expect(HOUR_WEIGHTS[20] / HOUR_WEIGHTS[3]).toBeGreaterThan(8);
});
