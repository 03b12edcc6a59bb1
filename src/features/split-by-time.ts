/**
 * The split by time: whole sessions, by their first event, into training, then validation (stopping, then blending),
 * then test. It draws nothing at random.
 */
import { inputRejected } from '../base/errors.js';
import { checkLabels, finishSplit, type Split, type SplitPart, type SplitShares } from './split.js';

export interface TimedRows {
  /** Instant of each row, microseconds since 1970; NaN is refused. */
  readonly time: Float64Array;
  /** 0 or 1 a row. */
  readonly label: Float64Array;
  /** Rows of one session; absent: each row is its own. */
  readonly sessions?: {
    /** A code a row, equal for the rows of one session. */
    readonly code: Int32Array;
    /** First and last instant of the row's session, its purchases included; absent: those of its rows. */
    readonly first?: Float64Array;
    readonly last?: Float64Array;
  };
}

interface Session {
  first: number;
  last: number;
}

/**
 * Shares are shares of the sessions. A cut is an instant: a session belongs to the part in which its first event lies,
 * so sessions that begin together stay together.
 *
 * A session of training or validation that reaches or passes the next cut (training | validation, validation | test) is
 * purged: its label was not known at the cut. The inner cut of validation purges nothing, for a session lies on one
 * side of it whole and both sides are in the past of the test.
 */
export function splitByTime(rows: TimedRows, { valid, test }: SplitShares): Split {
  const { time, label } = rows;
  checkLabels(label);
  for (let row = 0; row < time.length; row++)
    if (!Number.isFinite(time[row]))
      throw inputRejected('SPLIT_NO_TIME', `Row ${row + 1} has no time, so the table cannot be split by time.`);
  const sessions = sessionsOf(rows);
  const starts = Float64Array.from(new Set(sessions), (session) => session.first).sort();
  const at = (share: number) => starts[Math.min(starts.length - 1, Math.round(starts.length * share))];
  const cuts = { stopping: at(1 - valid - test), blending: at(1 - valid / 2 - test), test: at(1 - test) };

  const parts: Record<SplitPart | 'purged', number[]> = { train: [], stopping: [], blending: [], test: [], purged: [] };
  const purgedSessions = new Set<Session>();
  for (let row = 0; row < time.length; row++) {
    const session = sessions[row];
    const part = partOf(session, cuts);
    parts[part].push(row);
    if (part === 'purged') purgedSessions.add(session);
  }
  const inOrder = (part: SplitPart) => Int32Array.from(parts[part].sort((a, b) => time[a] - time[b] || a - b));
  return finishSplit(
    {
      by: 'time',
      rows: {
        train: inOrder('train'),
        stopping: inOrder('stopping'),
        blending: inOrder('blending'),
        test: inOrder('test'),
      },
      purged: Int32Array.from(parts.purged),
      purgedSessions: purgedSessions.size,
      cuts,
    },
    label,
  );
}

function partOf({ first, last }: Session, cuts: NonNullable<Split['cuts']>): SplitPart | 'purged' {
  if (first >= cuts.test) return 'test';
  if (first >= cuts.stopping) {
    if (last >= cuts.test) return 'purged';
    return first >= cuts.blending ? 'blending' : 'stopping';
  }
  return last >= cuts.stopping ? 'purged' : 'train';
}

/** The session of each row; rows of one session share one object. */
function sessionsOf({ time, sessions }: TimedRows): Session[] {
  const byCode = new Map<number, Session>();
  const ofRow: Session[] = new Array(time.length);
  for (let row = 0; row < time.length; row++) {
    const first = sessions?.first?.[row] ?? time[row];
    const last = sessions?.last?.[row] ?? time[row];
    const known = sessions === undefined ? undefined : byCode.get(sessions.code[row]);
    if (known === undefined) {
      ofRow[row] = { first, last };
      if (sessions !== undefined) byCode.set(sessions.code[row], ofRow[row]);
    } else {
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
      ofRow[row] = known;
    }
  }
  return ofRow;
}
