/** Rows of a chunk that were not scored: how many, their lines of rejects.csv, and what was wrong. */
export interface RejectedRows {
  readonly rejected: number;
  /** Lines of rejects.csv. */
  readonly rejects?: Uint8Array;
  /** The same rows counted by what was wrong. */
  readonly faults?: readonly RejectedFault[];
}

export interface RejectedFault {
  readonly column: string;
  readonly reason: string;
  readonly rows: number;
}
