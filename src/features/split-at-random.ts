/** The random split: each class shuffled by itself, so that every part has the table's share of positives. */
import { Random } from '../base/random.js';
import { checkLabels, finishSplit, type Split, type SplitPart, type SplitShares } from './split.js';

/** Streams of the seed, one a class and use, so that no two shuffles share their draws. */
const STREAM = { split: 0x5b1170, halves: 0x5b1172 };

/**
 * Stratified by label. Of the n rows of a class, the rounded shares go to test, blending and stopping, the rest to
 * training. The same seed and labels give the same split.
 *
 * `session`, a code a row: rows of one session go to one part together. A session is then what is counted and shuffled,
 * a positive one if any of its rows is.
 */
export function splitAtRandom(
  label: Float64Array,
  { valid, test }: SplitShares,
  seed: number,
  session?: Int32Array,
): Split {
  checkLabels(label);
  const groups = session === undefined ? undefined : rowsBySession(session);
  const outcomes = groups === undefined ? label : groups.map((rows) => (rows.some((row) => label[row] === 1) ? 1 : 0));
  const parts: Record<SplitPart, number[]> = { train: [], stopping: [], blending: [], test: [] };
  for (const outcome of [0, 1]) {
    const drawn = rowsWhere(outcomes.length, (one) => outcomes[one] === outcome);
    new Random(seed, STREAM.split + outcome).shuffle(drawn);
    const testEnd = Math.round(drawn.length * test);
    const validEnd = testEnd + Math.round(drawn.length * valid);
    const middle = testEnd + Math.round((validEnd - testEnd) / 2);
    for (let i = 0; i < drawn.length; i++) {
      const part = i < testEnd ? 'test' : i < middle ? 'stopping' : i < validEnd ? 'blending' : 'train';
      if (groups === undefined) parts[part].push(drawn[i]);
      else for (const row of groups[drawn[i]]) parts[part].push(row);
    }
  }
  return finishSplit({ by: 'random', rows: ascending(parts), purged: new Int32Array(), purgedSessions: 0 }, label);
}

/** Cuts a given validation set into stratified halves at random. */
export function halveAtRandom(
  valid: readonly number[],
  label: Float64Array,
  seed: number,
): { stopping: number[]; blending: number[] } {
  const stopping: number[] = [];
  const blending: number[] = [];
  for (const outcome of [0, 1]) {
    const rows = valid.filter((row) => label[row] === outcome);
    new Random(seed, STREAM.halves + outcome).shuffle(rows);
    const middle = Math.round(rows.length / 2);
    rows.forEach((row, i) => {
      (i < middle ? stopping : blending).push(row);
    });
  }
  return { stopping, blending };
}

/** Each part's rows in ascending order. */
export function ascending(parts: Readonly<Record<SplitPart, ArrayLike<number>>>): Record<SplitPart, Int32Array> {
  return {
    train: Int32Array.from(parts.train).sort(),
    stopping: Int32Array.from(parts.stopping).sort(),
    blending: Int32Array.from(parts.blending).sort(),
    test: Int32Array.from(parts.test).sort(),
  };
}

/** The rows of each session, sessions in the order of their first rows; a missing one (−1) stands for itself. */
function rowsBySession(session: Int32Array): number[][] {
  const groups: number[][] = [];
  const groupOf = new Map<number, number[]>();
  session.forEach((code, row) => {
    const known = code < 0 ? undefined : groupOf.get(code);
    if (known !== undefined) known.push(row);
    else {
      const group = [row];
      groups.push(group);
      groupOf.set(code, group);
    }
  });
  return groups;
}

function rowsWhere(rows: number, holds: (row: number) => boolean): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows; row++) if (holds(row)) found.push(row);
  return found;
}
