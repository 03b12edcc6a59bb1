import { afterEach, describe, expect, it } from 'vitest';
import { KernelPool } from '#ecomml/kernels/pool.js';

describe('KernelPool', () => {
  const pools: KernelPool[] = [];
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
  });

  it.each([1, 2, 4])('runs every task once on %i threads, batch after batch', (threads) => {
    const pool = new KernelPool(threads);
    pools.push(pool);
    const tasks = 5000;
    const out = pool.memory.alloc(tasks * 8);
    for (let batch = 1; batch <= 50; batch++) {
      const calls = Array.from({ length: tasks }, (_, t) => [out + t * 8, 1, batch * 10000 + t]);
      pool.run('fillF64', calls);
      const values = pool.memory.f64(out, tasks);
      for (let t = 0; t < tasks; t++)
        if (values[t] !== batch * 10000 + t) expect.fail(`task ${t} of batch ${batch}: ${values[t]}`);
    }
  });

  it('reports a kernel that traps instead of hanging', () => {
    const pool = new KernelPool(2);
    pools.push(pool);
    const outside = pool.memory.memory.buffer.byteLength + 64;
    expect(() =>
      pool.run('fillF64', [
        [outside, 1, 0],
        [outside, 1, 0],
      ]),
    ).toThrow(/worker thread failed/);
  });

  it('takes memory in stack order and gives it back', () => {
    const pool = new KernelPool(1);
    pools.push(pool);
    const mark = pool.memory.mark();
    const first = pool.memory.alloc(100);
    expect(first % 64).toBe(0);
    expect(pool.memory.alloc(100)).toBeGreaterThanOrEqual(first + 100);
    pool.memory.release(mark);
    expect(pool.memory.alloc(100)).toBe(first);
    expect(() => pool.memory.alloc(2 ** 33)).toThrow(/GiB/);
  });
});
