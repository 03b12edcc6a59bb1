import { describe, expect, it } from 'vitest';
import { loadWithDuckDb, loadWithEcomml } from '../../bench/pollution/load-polluted.mjs';
import {
  benchmarkScores,
  cleanTable,
  filePollutions,
  furtherPollutions,
  KIND_WEIGHTS,
  type PollutedFile,
  rowPollutions,
} from '../../bench/pollution/pollution-kinds.mjs';
import { pollutionScore } from '../../bench/pollution/pollution-score.mjs';
import { inDatabase, testFolder } from './input-files.js';

const folder = testFolder();
const table = cleanTable();
const LONG = process.env['ECOMML_LONG_TESTS'] === '1';
/** The header, a row without quotes, and one with quoted quotes; every row in the long form, as in the benchmark. */
const POLLUTED_ROWS = LONG ? [...table.keys()] : [0, 2, 5];

interface Scored {
  readonly kind: string;
  readonly score: number;
  readonly rejected: number;
}

async function scored(files: readonly PollutedFile[], load: typeof loadWithEcomml): Promise<Scored[]> {
  return inDatabase(async (db) => {
    const scores: Scored[] = [];
    for (const [n, { kind, bytes, clean }] of files.entries()) {
      const { rows, rejected } = await load(db, folder.file(`${n}.csv`, bytes));
      scores.push({ kind, score: pollutionScore(clean, rows), rejected });
    }
    return scores;
  });
}

describe('polluted files', () => {
  const files = [...filePollutions(table), ...rowPollutions(table, POLLUTED_ROWS)];

  it('are of every kind of the benchmark', () => {
    expect(new Set(files.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KIND_WEIGHTS)));
  });

  /**
   * Published: DuckDB's automatic detection has 9.075 simple and 8.439 weighted. On the same files in the same run DuckDB
   * must not reach ecomml either, not even when spared the types. A broken row that is rejected costs 1/40 of the records
   * here, 0.05 points, and a header that is refused costs 10: with 3 of 41 rows polluted instead of all, one of them the
   * header, its share is 14 times the benchmark's, which is why the simple score is bounded on rows below the header.
   */
  it('score above the 9.08 of 10 of automatic detection, simple and weighted, and above DuckDB in the same run', async () => {
    const below = [...filePollutions(table), ...rowPollutions(table, LONG ? POLLUTED_ROWS : POLLUTED_ROWS.slice(1))];
    const ours = benchmarkScores(await scored(below, loadWithEcomml));
    const theirs = benchmarkScores(await scored(below, (db, path) => loadWithDuckDb(db, path, true)));
    expect(ours.simple).toBeGreaterThan(9.08);
    expect(ours.weighted).toBeGreaterThan(9.08);
    expect(ours.weighted).toBeGreaterThan(theirs.weighted + 0.5);
    expect(ours.simple).toBeGreaterThan(theirs.simple);
  });

  it('lose no more than their own broken row, but for kinds that are refused or that nothing tells', async () => {
    const exceptions: Record<string, number> = {
      // Refused, with a sentence that says so: there is nothing to train on.
      'no payload': 0,
      'header only': 0,
      // Words of a title and fields are told apart by nothing.
      'space between fields': 1,
      // A line that repeats the names is not worth a name of two words: the header's 3 points and some cells.
      'header of two lines': 6.9,
      'header of three lines': 6.8,
      // Files put one behind the other are the more frequent reason: the second table's rows are kept.
      'second table, as many columns': 8.3,
      // Six rows hold an inner quote that nothing escapes.
      'quotes not escaped': 9.6,
    };
    const scores = await scored([...filePollutions(table), ...rowPollutions(table, [2, 5])], loadWithEcomml);
    for (const { kind, score } of scores) {
      const floor = exceptions[kind] ?? 9.9;
      expect(score, kind).toBeGreaterThanOrEqual(floor);
      // An exception that is none any more is to be taken off the list.
      if (kind in exceptions) expect(score, kind).toBeLessThan(floor + 0.5);
    }
  });

  it('of kinds that the benchmark leaves out load whole', async () => {
    const scores = await scored(furtherPollutions(table), loadWithEcomml);
    for (const { kind, score, rejected } of scores) {
      // Names must be unique: one of nine is changed. Rows of nothing are judged by clean, not by the reader.
      const floor = /name/.test(kind) ? 9.6 : kind === 'rows of nothing' ? 9.7 : 9.999;
      expect(score, kind).toBeGreaterThan(floor);
      expect(rejected, kind).toBe(kind === 'a footer' ? 1 : 0);
    }
  });
});
