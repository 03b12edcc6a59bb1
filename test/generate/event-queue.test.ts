import { expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { EventQueue } from '#ecomml/generate/event-queue.js';

it('gives events back by time, each with its own fields, whatever is added and taken between', () => {
  const random = new Random(8);
  const queue = new EventQueue();
  // The plain twin: a list, sorted when asked.
  let twin: { second: number; product: number }[] = [];
  let added = 0;
  let now = 0;
  for (let step = 0; step < 6_000; step++) {
    // Grows for a while, then drains: past the first size of the heap and back to empty, slots used again.
    if (queue.size === 0 || random.next() < (step < 3000 ? 0.7 : 0.4)) {
      const second = now + random.below(500);
      queue.add(second, 0, added, 2 * added, 3 * added, 5 * added, added / 1e6);
      twin.push({ second, product: added++ });
      continue;
    }
    const least = Math.min(...twin.map(({ second }) => second));
    expect(queue.nextSecond).toBe(least);
    const event = queue.take();
    expect(event.second).toBe(least);
    const { product } = event;
    expect(twin).toContainEqual({ second: least, product });
    expect(event).toMatchObject({ cents: 2 * product, user: 3 * product, session: 5 * product });
    twin = twin.filter((one) => one.product !== product);
    expect(queue.size).toBe(twin.length);
    now = least;
  }
  expect(added).toBeGreaterThan(2500);
  while (queue.size > 0) queue.take();
  expect(queue.nextSecond).toBe(Number.POSITIVE_INFINITY);
});
