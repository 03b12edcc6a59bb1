import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { suspectFeatures, suspectSentences } from '#ecomml/features/suspect-features.js';
import type { CategoricalColumn, FrameColumn, NumericColumn } from '#ecomml/table/frame.js';

const ROWS = 4000;
const random = new Random(5);
const label = Float64Array.from({ length: ROWS }, () => (random.next() < 0.2 ? 1 : 0));
const train = Int32Array.from({ length: 2600 }, (_, n) => n);
const validation = Int32Array.from({ length: 1000 }, (_, n) => 2600 + n);

const numeric = (name: string, of: (row: number) => number): NumericColumn => ({
  kind: 'numeric',
  name,
  values: Float64Array.from({ length: ROWS }, (_, row) => of(row)),
});
const categorical = (name: string, of: (row: number) => number): CategoricalColumn => ({
  kind: 'categorical',
  name,
  codes: Int32Array.from({ length: ROWS }, (_, row) => of(row)),
  categories: ['a', 'b', 'c'],
});
const judged = (...columns: FrameColumn[]) => suspectFeatures({ rows: ROWS, columns }, label, train, validation);
const kinds = (...columns: FrameColumn[]) => judged(...columns).map(({ feature, kind }) => `${feature} ${kind}`);

describe('suspectFeatures', () => {
  it('finds a column that knows the outcome, in either direction and through missing values', () => {
    const noise = numeric('noise', () => random.next());
    const honest = numeric('honest', (row) => label[row] + 2 * random.next());
    const knows = numeric('knows', (row) => label[row] * 0.5 + random.next() * 0.45);
    const against = numeric('against', (row) => -label[row]);
    const gap = numeric('gap', (row) => (label[row] === 1 ? random.next() : Number.NaN));
    expect(kinds(noise, honest, knows, against, gap)).toEqual(['knows leak', 'against leak', 'gap leak']);
  });

  it('finds what is constant and what repeats another, in the training rows', () => {
    const one = numeric('one', () => random.next());
    const twin: NumericColumn = { ...one, name: 'twin' };
    const nearly = { ...one, name: 'nearly', values: one.values.with(2000, 9) };
    const constant = numeric('constant', (row) => (row < 2600 ? 3 : row));
    const missing = numeric('missing', () => Number.NaN);
    const kind = categorical('kind', (row) => row % 3);
    const same: CategoricalColumn = { ...kind, name: 'same' };
    const renamed: CategoricalColumn = { ...kind, name: 'renamed', categories: ['a', 'b', 'x'] };
    const found = judged(one, twin, nearly, constant, missing, kind, same, renamed);
    expect(found.map(({ feature, kind: what, of }) => [feature, what, of])).toEqual([
      ['twin', 'duplicate', 'one'],
      ['constant', 'constant', undefined],
      ['missing', 'constant', undefined],
      ['same', 'duplicate', 'kind'],
    ]);
  });

  it('finds what stands for the time, and what holds in training rows alone', () => {
    const clock = numeric('clock', (row) => row + random.next());
    const stale = numeric('stale', (row) => (row < 2600 ? label[row] + 1.5 * random.next() : random.next()));
    const found = kinds(
      clock,
      stale,
      numeric('steady', (row) => label[row] + 1.5 * random.next()),
    );
    expect(found).toEqual(['clock shift', 'stale unstable']);
  });

  it('finds nothing among three hundred columns of noise, nor where positives are few', () => {
    const noise = Array.from({ length: 300 }, (_, n) => numeric(`n${n}`, () => random.next()));
    expect(kinds(...noise)).toEqual([]);
    const few = Float64Array.from({ length: ROWS }, (_, row) => (row % 500 === 0 ? 1 : 0));
    const frame = { rows: ROWS, columns: [numeric('lucky', (row) => few[row])] };
    // Six positives in the training rows: an AUC of 1 that chance could give.
    expect(suspectFeatures(frame, few, train, validation)).toEqual([]);
  });

  it('has the AUC that counting every pair gives', () => {
    const sharp = numeric('sharp', (row) => label[row] * 3 + Math.floor(random.next() * 3));
    const again = judged(sharp)[0];
    let pairs = 0;
    let count = 0;
    for (const a of train)
      for (const b of train)
        if (label[a] === 1 && label[b] === 0) {
          count++;
          const [p, q] = [sharp.values[a], sharp.values[b]];
          pairs += p > q ? 1 : p === q ? 0.5 : 0;
        }
    expect(again.auc).toBeCloseTo(pairs / count, 12);
  });

  it('is told in few sentences', () => {
    const constants = Array.from({ length: 8 }, (_, n) => numeric(`c${n}`, () => 1));
    const sentences = suspectSentences(
      judged(
        ...constants,
        numeric('knows', (row) => label[row]),
      ),
    );
    expect(sentences).toEqual([
      'knows alone tells the outcome with AUC 1.000: is it known before the outcome is?',
      'One value in every training row: c0, c1, c2, c3, c4 and 3 more.',
    ]);
  });
});
