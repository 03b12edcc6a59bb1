import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { binMatrix } from '#ecomml/trees/binned-matrix.js';
import { type NodeRows, RowPartition } from '#ecomml/trees/row-partition.js';

// Of 2 or 3 regions each holds more rows than a stretch that all threads split together.
const ROWS = 120_000;
const BINS = 40;
const pools = [1, 2, 3].map((threads) => new KernelPool(threads));
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const random = new Random(5);
const columns = [
  // In the order of the rows: its splits leave a node all its rows in one region.
  Float64Array.from({ length: ROWS }, (_, row) => Math.floor((row * BINS) / ROWS)),
  Float64Array.from({ length: ROWS }, () => random.below(BINS)),
].map((values, c) => ({ name: `c${c}`, kind: 'numeric' as const, values }));
const borders = Float64Array.from({ length: BINS - 1 }, (_, bin) => bin + 0.5);
const definition = { kind: 'numeric' as const, borders, strict: false, nanBin: BINS - 1, bins: BINS };

interface Node {
  readonly start: number;
  readonly rows: Uint32Array;
}

describe.each(pools.map((pool) => [pool.threads, pool] as const))('a row partition on %i threads', (_, pool) => {
  const binned = binMatrix(pool, { rows: ROWS, columns }, [definition, definition]);

  /** Splits nodes one after another, and compares every open node's rows with what filtering gives. */
  function splitAll(partition: RowPartition, root: Uint32Array, splits: readonly (readonly [number, number])[]): void {
    const nodes: Node[] = [{ start: 0, rows: root }];
    for (const [column, last] of splits) {
      const node = nodes.shift()!;
      const { values } = columns[column];
      const goesLeft = Uint8Array.from({ length: BINS }, (_, bin) => (bin <= last ? 1 : 0));
      const left = node.rows.filter((row) => values[row] <= last);
      const right = node.rows.filter((row) => values[row] > last);
      const count = partition.split(node.start, node.rows.length, binned.features[column], goesLeft);
      expect(count).toBe(left.length);
      nodes.push({ start: node.start, rows: left }, { start: node.start + count, rows: right });
      for (const { start, rows } of nodes) {
        const together = { rows: partition.together(start, rows.length), first: 0, count: rows.length };
        for (const parts of [[together], partition.stretches(start, rows.length), partition.shares(start, rows.length)])
          expect(isSame(parts, rows), `${rows.length} rows at ${start}, in ${parts.length} parts`).toBe(true);
      }
    }
  }

  function isSame(parts: readonly NodeRows[], rows: Uint32Array): boolean {
    const found = Buffer.concat(
      parts.map((part) => Buffer.from(pool.memory.u32(part.rows, part.count).slice().buffer)),
    );
    return found.equals(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
  }

  const splits: readonly [number, number][] = [
    [1, 17],
    [0, 19],
    [0, 12],
    [1, 8],
    [1, 12],
    // Children without rows, on either side.
    [1, 30],
    [1, 0],
    [0, 5],
    [0, 3],
  ];

  it.each([
    ['all rows', undefined, splits],
    ['all rows, first along their order', undefined, splits.toReversed()],
    // The first split leaves its left child's rows all in the first region.
    ['nodes of one region of two', undefined, [[0, 19], [1, 12], [0, 25], ...splits] as const],
    ['nodes of one region of three', undefined, [[0, 12], [1, 12], [0, 25], ...splits] as const],
    ['a sample', Uint32Array.from({ length: 50_000 }, (_, i) => i * 2 + (i % 2)), splits],
    ['a sample too small for regions', Uint32Array.from({ length: 3000 }, (_, i) => i * 40), splits],
  ] as const)('keeps every node’s rows in their order: %s', (_, sample, order) => {
    const mark = pool.memory.mark();
    const partition = new RowPartition(pool, ROWS, BINS);
    const root = sample ?? Uint32Array.from({ length: ROWS }, (_, row) => row);
    // Twice: nothing of the tree before stays.
    for (let tree = 0; tree < 2; tree++) {
      if (sample === undefined) partition.resetAll();
      else partition.reset(sample);
      splitAll(partition, root, order);
    }
    pool.memory.release(mark);
  });

  it('knows all rows without the list', () => {
    const mark = pool.memory.mark();
    const partition = new RowPartition(pool, ROWS, BINS);
    partition.resetAll();
    const shares = partition.sharesOfAll();
    expect(shares.length).toBe(pool.threads);
    let next = 0;
    for (const { rows, first, count } of shares) {
      expect([rows, first]).toEqual([0, next]);
      next += count;
    }
    expect(next).toBe(ROWS);
    pool.memory.release(mark);
  });
});
