import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPLIT_PARTS, type Split } from '#ecomml/features/split.js';
import { splitAtRandom } from '#ecomml/features/split-at-random.js';
import { splitByColumn } from '#ecomml/features/split-by-column.js';
import { splitByTime } from '#ecomml/features/split-by-time.js';

const refused = (message: RegExp) => expect.objectContaining({ message: expect.stringMatching(message), exitCode: 3 });

/** Every row in exactly one part or purged, and the counts true. */
function expectWhole(split: Split, label: ArrayLike<number>): void {
  const rows = [...SPLIT_PARTS.flatMap((part) => [...split.rows[part]]), ...split.purged];
  expect(rows.sort((a, b) => a - b)).toEqual(Array.from(label, (_, row) => row));
  for (const part of SPLIT_PARTS) {
    expect(split.counts[part]).toBe(split.rows[part].length);
    expect(split.positives[part]).toBe([...split.rows[part]].filter((row) => label[row] === 1).length);
  }
  expect([...split.valid]).toEqual([...split.rows.stopping, ...split.rows.blending]);
}

describe('splitByTime', () => {
  /** Twenty sessions of two rows, session s at 10s and 10s + 1, the last session first in the file. */
  const sessions = Array.from({ length: 20 }, (_, i) => 19 - i);
  const code = Int32Array.from(sessions.flatMap((s) => [s, s]));
  const time = Float64Array.from(sessions.flatMap((s) => [10 * s + 1, 10 * s]));
  const label = Float64Array.from(sessions.flatMap(() => [1, 0]));

  it('cuts by the first event of sessions and purges those that straddle a cut, by hand', () => {
    const first = Float64Array.from(sessions.flatMap((s) => [10 * s, 10 * s]));
    // Session 5 is still alive when validation begins, 13 when the test does; 9 only crosses the inner cut.
    const end: Record<number, number> = { 5: 80, 9: 125, 13: 170 };
    const last = Float64Array.from(sessions.flatMap((s) => [end[s] ?? 10 * s + 1, end[s] ?? 10 * s + 1]));
    const split = splitByTime({ time, label, sessions: { code, first, last } }, { valid: 0.4, test: 0.2 });
    expect(split.cuts).toEqual({ stopping: 80, blending: 120, test: 160 });
    const times = (rows: Int32Array) => [...rows].map((row) => time[row]);
    const ofSessions = (...numbers: number[]) => numbers.flatMap((s) => [10 * s, 10 * s + 1]);
    expect(times(split.rows.train)).toEqual(ofSessions(0, 1, 2, 3, 4, 6, 7));
    expect(times(split.rows.stopping)).toEqual(ofSessions(8, 9, 10, 11));
    expect(times(split.rows.blending)).toEqual(ofSessions(12, 14, 15));
    expect(times(split.rows.test)).toEqual(ofSessions(16, 17, 18, 19));
    expect(times(split.purged).sort((a, b) => a - b)).toEqual(ofSessions(5, 13));
    expect(split.purgedSessions).toBe(2);
    expectWhole(split, label);
  });

  it('takes each row for a session where there are none', () => {
    const split = splitByTime({ time, label }, { valid: 0.2, test: 0.2 });
    expect(split.counts).toEqual({ train: 24, stopping: 4, blending: 4, test: 8 });
    expectWhole(split, label);
  });

  it('never lets a session, or a label known later, cross from the past into the future', () => {
    const shop = fc.array(
      fc.record({ at: fc.nat(1000), session: fc.nat(150), label: fc.constantFrom(0, 1), tail: fc.nat(20) }),
      { minLength: 200, maxLength: 300 },
    );
    let splits = 0;
    fc.assert(
      fc.property(shop, (rows) => {
        // A session lives at its own place in time, so that not all of them straddle.
        const times = Float64Array.from(rows, (row) => row.session * 100 + (row.at % 30));
        const labels = Float64Array.from(rows, (row) => row.label);
        const codes = Int32Array.from(rows, (row) => row.session);
        const ends = Float64Array.from(times, (t, i) => t + rows[i].tail * 10);
        let split: Split;
        try {
          split = splitByTime(
            { time: times, label: labels, sessions: { code: codes, last: ends } },
            { valid: 0.3, test: 0.3 },
          );
        } catch (error) {
          // A half without one of the classes is refused, which is right and not what is looked for here.
          expect(error).toMatchObject({ code: expect.stringMatching(/^split\//) });
          return;
        }
        splits++;
        expectWhole(split, labels);
        for (const part of SPLIT_PARTS)
          for (let i = 1; i < split.rows[part].length; i++)
            expect(times[split.rows[part][i]]).toBeGreaterThanOrEqual(times[split.rows[part][i - 1]]);
        for (const row of split.rows.train) expect(ends[row]).toBeLessThan(split.cuts!.stopping);
        for (const row of split.valid) expect(ends[row]).toBeLessThan(split.cuts!.test);
        const partOf = new Map<number, string>();
        for (const part of [...SPLIT_PARTS, 'purged'] as const)
          for (const row of part === 'purged' ? split.purged : split.rows[part]) {
            expect(partOf.get(codes[row]) ?? part).toBe(part);
            partOf.set(codes[row], part);
          }
      }),
      { numRuns: 30 },
    );
    expect(splits).toBeGreaterThan(20);
  });

  it('refuses what cannot be split', () => {
    const shares = { valid: 0.2, test: 0.2 };
    expect(() => splitByTime({ time, label: label.map(() => 0) }, shares)).toThrow(refused(/All 40 labels are 0/));
    expect(() => splitByTime({ time, label: label.map(() => 1) }, shares)).toThrow(refused(/All 40 labels are 1/));
    expect(() => splitByTime({ time: time.slice(0, 5), label: label.slice(0, 5) }, shares)).toThrow(
      refused(/There are 5 rows/),
    );
    expect(() => splitByTime({ time: time.with(3, Number.NaN), label }, shares)).toThrow(refused(/Row 4 has no time/));
    const early = label.map((_, row) => (time[row] < 100 || time[row] > 165 ? row % 2 : 0));
    expect(() => splitByTime({ time, label: early }, shares)).toThrow(refused(/Validation has 8 rows and no positive/));
    // All at one instant: nothing lies before the cut.
    expect(() => splitByTime({ time: time.map(() => 7), label }, shares)).toThrow(
      refused(/No rows are left for training/),
    );
  });
});

describe('splitAtRandom', () => {
  const label = Float64Array.from({ length: 1000 }, (_, row) => (row % 5 === 0 ? 1 : 0));

  it('gives every part the share of positives, the same for the same seed', () => {
    const split = splitAtRandom(label, { valid: 0.2, test: 0.1 }, 1);
    expect(split.counts).toEqual({ train: 700, stopping: 100, blending: 100, test: 100 });
    expect(split.positives).toEqual({ train: 140, stopping: 20, blending: 20, test: 20 });
    expectWhole(split, label);
    expect(splitAtRandom(label, { valid: 0.2, test: 0.1 }, 1)).toEqual(split);
    expect(splitAtRandom(label, { valid: 0.2, test: 0.1 }, 2).rows.test).not.toEqual(split.rows.test);
    for (const part of SPLIT_PARTS) expect(split.rows[part]).toEqual(split.rows[part].slice().sort());
  });

  it('keeps the rows of a session in one part, and every part its share of buying sessions', () => {
    // Three rows a session, one of them positive in every fifth session.
    const session = Int32Array.from(label, (_, row) => Math.floor(row / 3));
    const bought = label.map((_, row) => (row % 15 === 1 ? 1 : 0));
    const split = splitAtRandom(bought, { valid: 0.2, test: 0.1 }, 1, session);
    const partOf = new Map<number, string>();
    for (const part of SPLIT_PARTS)
      for (const row of split.rows[part]) {
        expect(partOf.get(session[row]) ?? part).toBe(part);
        partOf.set(session[row], part);
      }
    expectWhole(split, bought);
    expect(split.positives).toEqual({ train: 47, stopping: 7, blending: 6, test: 7 });
  });

  it('refuses too few positives', () => {
    const one = label.map((_, row) => (row === 7 ? 1 : 0));
    expect(() => splitAtRandom(one, { valid: 0.2, test: 0.1 }, 1)).toThrow(refused(/no positive/));
  });
});

describe('splitByColumn', () => {
  const label = Float64Array.from({ length: 40 }, (_, row) => row % 2);
  const words: string[] = Array.from(label, (_, row) => (row < 20 ? 'train' : row < 32 ? 'Valid' : 'TEST'));

  it('reads the parts in any case and halves validation', () => {
    const split = splitByColumn(words, 'fold', label, 1);
    expect(split.counts).toEqual({ train: 20, stopping: 6, blending: 6, test: 8 });
    expect(split.positives).toEqual({ train: 10, stopping: 3, blending: 3, test: 4 });
    expectWhole(split, label);
  });

  it('refuses other words, missing ones and absent parts', () => {
    expect(() => splitByColumn(words.with(3, 'fold1'), 'fold', label, 1)).toThrow(refused(/"fold1" in row 4/));
    expect(() => splitByColumn([null, ...words.slice(1)], 'fold', label, 1)).toThrow(refused(/nothing in row 1/));
    const noTest = words.map((word) => (word === 'TEST' ? 'train' : word));
    expect(() => splitByColumn(noTest, 'fold', label, 1)).toThrow(refused(/"test" in no row/));
  });
});
