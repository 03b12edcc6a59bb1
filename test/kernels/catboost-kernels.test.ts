// The kernels of oblivious trees and target statistics leave the same bytes as their plain twins.
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectTwins, memory, withMemory } from './twins.js';

const random = new Random(7);

type Region = { at: number; bytes: number };
const u8 = (r: Region) => memory.u8(r.at, r.bytes);
const u16 = (r: Region) => memory.u16(r.at, r.bytes / 2);
const u32 = (r: Region) => memory.u32(r.at, r.bytes / 4);
const f64 = (r: Region) => memory.f64(r.at, r.bytes / 8);
const fill = (view: { length: number; [i: number]: number }, draw: (i: number) => number) => {
  for (let i = 0; i < view.length; i++) view[i] = draw(i);
};
const odds = () => Math.exp(12 * (random.next() - 0.5));

describe('histograms and scores', () => {
  it.each([
    { rows: 300, laneBytes: 4160, buckets: 255, oneHot: 0 },
    { rows: 1, laneBytes: 320, buckets: 16, oneHot: 0 },
    { rows: 200, laneBytes: 4160, buckets: 5, oneHot: 1 },
  ])('$rows rows, $buckets buckets, one-hot $oneHot', ({ rows, laneBytes, buckets, oneHot }) => {
    withMemory((alloc) => {
      const quads = alloc(rows * 4);
      const list = alloc(rows * 4);
      const stats = alloc(rows * 8);
      const plan = alloc(3 * 16);
      const hist = alloc(laneBytes * 4 * 3);
      fill(u8(quads), () => random.below(buckets));
      fill(u32(list), (i) => (i * 7) % rows);
      const stat = memory.i32(stats.at, rows * 2);
      for (let i = 0; i < stat.length; i += 2) {
        stat[i] = random.nextUint32();
        stat[i + 1] = random.below(2 ** 31);
      }
      const half = rows >> 1;
      memory.i32(plan.at, 12).set([0, rows, 0, -1, 0, half, 1, 0, half, half, 2, -1]);
      expectTwins('obliviousHistogram', [quads.at, list.at, stats.at, plan.at, 3, hist.at, laneBytes], hist);
      if (buckets <= 16) {
        const leaf = alloc(rows * 2);
        fill(u16(leaf), () => random.below(3));
        const order = alloc(12);
        memory.i32(order.at, 3).set([2, 0, 1]);
        const call = [quads.at, list.at, stats.at, leaf.at, rows, order.at, 3, hist.at];
        expectTwins('obliviousNarrowHistogram', call, hist);
        const answers = alloc((rows + 7) >> 3);
        expectTwins('obliviousAnswers', [quads.at, 8, 3, oneHot, 0, rows, answers.at], answers);
        expectTwins('obliviousLeafBit', [answers.at, list.at, 0, rows, 3, leaf.at], leaf);
      }
      const slots = alloc(12);
      memory.i32(slots.at, 3).set([1, 0, 2]);
      const out = alloc(buckets * 40);
      const [state, result] = [alloc(16), alloc(16)];
      memory.u32(state.at, 4).set([9, 8, 7, 6]);
      for (const cosine of [0, 1]) {
        for (const lambda of [0, 3]) {
          for (const noise of [0, 0.5]) {
            const call = [hist.at, slots.at, 3, laneBytes * 4, buckets, oneHot, lambda, cosine, 2 ** -40, 2 ** -30];
            const scores = { at: out.at, bytes: (oneHot ? buckets : buckets - 1) * 8 };
            expectTwins('obliviousScores', [...call, out.at, noise, state.at, result.at], scores, state, result);
            const lambdas = alloc(16);
            f64(lambdas).set([lambda, 1]);
            const pairs = alloc(16);
            memory.i32(pairs.at, 4).set([1, 0, 2, 1]);
            expectTwins(
              'obliviousOrderedScores',
              [
                ...[hist.at, pairs.at, 1, 2, laneBytes * 4, buckets, oneHot, lambdas.at, cosine, 2 ** -40, 2 ** -30],
                ...[out.at, noise, state.at, result.at],
              ],
              ...[scores, state, result],
            );
          }
        }
      }
    });
  });
});

describe('sorting', () => {
  it.each([0, 1, 2, 1000])('%i numbers', (count) => {
    withMemory((alloc) => {
      const [values, spare, digits] = [alloc(count * 8 + 8), alloc(count * 8 + 8), alloc(49_152)];
      const draws = [
        () => random.normal(),
        () => Math.fround(random.normal()),
        () => 7,
        () => [-Infinity, Infinity, 0, 5e-324, -5e-324, 1e308, -1e308][random.below(7)],
      ];
      for (const draw of draws) {
        fill(f64(values), draw);
        expectTwins('sortNumbers', [values.at, count, spare.at, digits.at], { at: values.at, bytes: count * 8 });
      }
    });
  });
});

describe('records', () => {
  it.each([1, 2, 255, 256, 600])('%i rows', (rows) => {
    withMemory((alloc) => {
      const columns = [0, 1, 2].map(() => alloc(rows * 4));
      for (const column of columns) fill(u8(column), () => random.below(256));
      const records = alloc(rows * 32);
      fill(u8(records), () => random.below(256));
      const addresses = columns.map(({ at }) => at);
      expectTwins('packRecords', [...addresses, 0, 0, rows, records.at, 16], records);
      expectTwins('packRecords', [...addresses, 0, rows >> 1, rows, records.at + 16, 32], records);
      const [list, stats, plan] = [alloc(rows * 4), alloc(rows * 8), alloc(3 * 16)];
      fill(u32(list), (i) => (i * 7) % rows);
      fill(memory.i32(stats.at, rows * 2), () => random.nextUint32() | 0);
      const half = rows >> 1;
      memory.i32(plan.at, 12).set([0, rows, 0, -1, 0, half, 1, 0, half, half, 2, -1]);
      const quad = 3 * 4 * 4160;
      const hist = alloc(quad * 8);
      fill(u8(hist), () => 0);
      const scratch = alloc(8192);
      // Quads, and of those the ones of two lanes; records of 16 and of 32 bytes.
      for (const quads of [0b0111, 0b0101, 0b1000, 0x0207]) {
        const call = [records.at, list.at, stats.at, plan.at, 3, hist.at, quad, quads, scratch.at, 16];
        expectTwins('obliviousRecordHistogram', call, hist);
      }
      for (const quads of [0xff, 0xf0, 0x0f, 0x8050, 0x8099]) {
        const call = [records.at, list.at, stats.at, plan.at, 3, hist.at, quad, quads, scratch.at, 32];
        expectTwins('obliviousRecordHistogram', call, hist);
      }
      const [own, parent] = [alloc(quad / 3), alloc(quad / 3)];
      fill(u8(parent), () => random.below(256));
      for (const parts of [1, 3]) {
        expectTwins('obliviousSettle', [hist.at, parts, quad, own.at, parent.at], own, parent);
        expectTwins('obliviousSettle', [hist.at, parts, quad, own.at, 0], own, parent);
      }
    });
  });
});

describe('rows', () => {
  it('are partitioned, indexed, counted and scattered alike', () => {
    withMemory((alloc) => {
      const rows = 777;
      const quads = alloc(rows * 4);
      const list = alloc(rows * 4);
      const stats = alloc(rows * 8);
      const [listOut, statsOut, result] = [alloc(rows * 4), alloc(rows * 8), alloc(4)];
      fill(u8(quads), () => random.below(9));
      fill(u32(list), (i) => i);
      fill(u8(stats), () => random.below(256));
      for (const oneHot of [0, 1]) {
        const answers = alloc((rows + 7) >> 3);
        expectTwins('obliviousAnswers', [quads.at, 16, 4, oneHot, 0, rows, answers.at], answers);
        expectTwins('obliviousAnswers', [quads.at, 8, 4, oneHot, 80, rows - 5, answers.at], answers);
        expectTwins('obliviousCountTrue', [answers.at, list.at, 5, 700, result.at], result);
        const call = [answers.at, list.at, stats.at, 5, 700, 5, 700, listOut.at, statsOut.at, result.at];
        expectTwins('obliviousPartition', call, listOut, statsOut, result);
        const part = [answers.at, list.at, stats.at, 100, 200, 50, 600, listOut.at, statsOut.at, result.at];
        expectTwins('obliviousPartition', part, listOut, statsOut, result);
      }
      const splits = alloc(3 * 16);
      u32(splits).set([quads.at, 0, 3, 0, quads.at, 8, 2, 1, quads.at, 24, 7, 0]);
      const leaf = alloc(rows * 2);
      expectTwins('obliviousLeafIndex', [splits.at, 3, 0, rows, leaf.at], leaf);
      const order = alloc(rows * 4);
      fill(u32(order), (i) => (i * 5) % rows);
      const leafOut = alloc(rows * 2);
      expectTwins('obliviousLeafOrder', [leaf.at, order.at, 3, rows, leafOut.at], leafOut);
      const labels = alloc(rows);
      fill(u8(labels), () => random.below(2));
      const own = alloc(rows * 8);
      fill(f64(own), odds);
      const weighed = alloc(rows * 8);
      fill(f64(weighed), () => random.next());
      const counts = alloc(8 * 24);
      for (const weights of [0, weighed.at]) {
        expectTwins('obliviousLeafCounts', [leaf.at, weights, labels.at, 10, rows, 8, counts.at], counts);
        const cursors = alloc(8 * 4);
        let place = 0;
        for (let i = 0; i < 8; i++) {
          u32(cursors)[i] = place;
          place += f64(counts)[i * 3];
        }
        const [ownOut, weightsOut] = [alloc(rows * 8), alloc(rows * 8)];
        const call = [leaf.at, own.at, weights, 10, rows, cursors.at, ownOut.at, weightsOut.at];
        expectTwins('obliviousLeafScatter', call, ownOut, weightsOut, cursors);
      }
    });
  });
});

describe('leaves', () => {
  it.each([0, 1, 2, 501, 1000])('%i rows', (rows) => {
    withMemory((alloc) => {
      const own = alloc(rows * 8 + 8);
      fill(f64(own), odds);
      const weighed = alloc(rows * 8 + 8);
      fill(f64(weighed), () => random.next());
      const labels = alloc(rows + 8);
      fill(u8(labels), () => random.below(2));
      const out = alloc(rows * 8 + 8);
      const sums = alloc(32);
      const table = alloc(3 * 64);
      const leaf = alloc(rows * 2 + 8);
      fill(u16(leaf), () => random.below(4));
      const factors = alloc(32);
      f64(factors).set([1e-200, 0.5, 1.25, 1e200]);
      for (const weights of [0, weighed.at]) {
        expectTwins('oddsGradients', [own.at, labels.at, weights, 0, rows, out.at, sums.at], out, sums);
        f64(table).set([0, rows, 1.1], 0);
        f64(table).set([rows >> 1, rows, 1e-3], 8);
        f64(table).set([0, rows >> 1, 40], 16);
        expectTwins('oddsLeafSums', [table.at, 0, 3, own.at, weights], table);
        expectTwins('oddsLeafSums', [table.at, 1, 1, own.at, weights], table);
      }
      expectTwins('multiplyOdds', [own.at, leaf.at, factors.at, 0, rows], own);
    });
  });

  it('sums the log loss that its parts stand for', () => {
    withMemory((alloc) => {
      const rows = 999;
      const own = alloc(rows * 8);
      fill(f64(own), odds);
      const table = alloc(64);
      f64(table).set([0, rows, 0.7]);
      expectTwins('oddsLeafSums', [table.at, 0, 1, own.at, 0], table);
      const [, , , p, h, product, exponent, rest] = f64(table);
      let expected = 0;
      let share = 0;
      let second = 0;
      for (const e of f64(own)) {
        expected += Math.log1p(e * 0.7);
        share += (e * 0.7) / (1 + e * 0.7);
        second += (e * 0.7) / (1 + e * 0.7) ** 2;
      }
      expect(Math.log(product) + exponent * Math.LN2 + rest).toBeCloseTo(expected, 8);
      expect(p).toBeCloseTo(share, 8);
      expect(h).toBeCloseTo(second, 8);
    });
  });
});

describe('sampling', () => {
  it.each([1, 2, 300])('%i rows', (rows) => {
    withMemory((alloc) => {
      const gradients = alloc(rows * 8);
      fill(f64(gradients), () => random.next() - 0.5);
      const weighed = alloc(rows * 8);
      fill(f64(weighed), () => random.next());
      const [state, scratch, out, sums] = [alloc(16), alloc(rows * 8), alloc(rows * 8), alloc(32)];
      const threshold = alloc(8);
      u32(state).set([1, 2, 3, 4]);
      for (const weights of [0, weighed.at]) {
        for (const lambda of [0, 0.01]) {
          for (const rate of [0.1, 0.8, 1]) {
            for (const guess of [0, 1e-3, 0.3, 50]) {
              f64(threshold).set([guess]);
              const call = [gradients.at, weights, 0, rows, lambda, rate, state.at, scratch.at];
              expectTwins('mvsWeights', [...call, threshold.at, out.at, sums.at], state, threshold, out, sums);
            }
          }
        }
        for (const temperature of [-1, 0, 0.5, 1, 2]) {
          const call = [gradients.at, weights, 0, rows, 0.6, temperature, state.at, out.at, sums.at];
          expectTwins('randomWeights', call, state, out, sums);
        }
        const [list, stats] = [alloc(rows * 4), alloc(rows * 8)];
        const order = alloc(rows * 4);
        fill(u32(order), (i) => (i * 7) % rows);
        for (const [samples, places] of [
          [0, 0],
          [out.at, 0],
          [out.at, order.at],
        ]) {
          const kept = samples === 0 ? rows : f64(out).reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0);
          const call = [gradients.at, weights, samples, places, 0, rows, 2 ** 22, 2 ** 20, 0, kept, list.at, stats.at];
          expectTwins('sampleRows', call, list, stats);
        }
      }
    });
  });
});

describe('target statistics', () => {
  it.each([
    { trainRows: 200, rows: 260, cardinality: 5, direct: 1 },
    { trainRows: 200, rows: 200, cardinality: 64, direct: 0 },
    { trainRows: 1, rows: 2, cardinality: 2, direct: 1 },
  ])('$rows rows, direct $direct', ({ trainRows, rows, cardinality, direct }) => {
    withMemory((alloc) => {
      const first = alloc(rows * 4);
      fill(u32(first), () => random.below(12));
      const narrow = alloc(rows * 2);
      fill(u16(narrow), () => random.below(cardinality));
      const wide = alloc(rows * 4);
      fill(u32(wide), () => random.below(cardinality));
      const mask = direct ? 12 * cardinality - 1 : 1023;
      const table = alloc(16 * 1024);
      const [ids, result] = [alloc(rows * 4), alloc(8)];
      for (const bWide of [0, 1]) {
        const b = bWide ? wide.at : narrow.at;
        const call = [first.at, b, bWide, cardinality, trainRows, rows, table.at, mask, direct, ids.at, result.at];
        expectTwins('combineIds', call, ids, result);
      }
      const [idCount] = u32(result);
      const labels = alloc(trainRows);
      fill(u8(labels), () => random.below(2));
      const order = alloc(trainRows * 4);
      fill(u32(order), (i) => i);
      random.shuffle(u32(order));
      const quads = alloc(rows * 4);
      const totals = alloc(idCount * 12);
      const call = [ids.at, idCount, order.at, labels.at, trainRows, rows, table.at, quads.at, result.at];
      expectTwins('orderedStatistics', call, quads, result);
      const lanes = alloc(4 * 48);
      const borders = (prior: number, count: number) => [0, prior, 0, count, count];
      f64(lanes).set([0, ...borders(0.3, 15), 0, 1, -2, 2, 255 / 3, 255, 1, 2, 0, 0, 15, 15, 0, ...borders(0, 3)]);
      for (const countAll of [0, 1]) {
        for (const laneCount of [1, 4]) {
          const head = [ids.at, idCount, order.at, labels.at, trainRows, rows, table.at];
          expectTwins('laneStatistics', [...head, lanes.at, laneCount, countAll, quads.at], quads);
        }
      }
      expectTwins('statisticTotals', [ids.at, idCount, labels.at, trainRows, totals.at], totals);
    });
  });
});
