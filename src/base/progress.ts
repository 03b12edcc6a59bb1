/**
 * Progress as events: rooms report, only cli/ draws. An engine function takes a `ProgressSink` and never prints.
 */
export type ProgressEvent =
  /** A stage begins; `total` is absent when it is not known yet. Told again, it is the same stage with its total. */
  | { readonly type: 'start'; readonly stage: string; readonly total?: number; readonly unit?: string }
  /** `done` counts from 0 to the stage's total; `note` is a short live figure such as "log loss 0.1234". */
  | { readonly type: 'advance'; readonly stage: string; readonly done: number; readonly note?: string }
  /** A stage is over; `summary` is the one line that stays on the terminal. */
  | { readonly type: 'end'; readonly stage: string; readonly summary?: string }
  /** Something the user should read that belongs to no bar. */
  | { readonly type: 'message'; readonly level: 'info' | 'warning'; readonly text: string };

export type ProgressSink = (event: ProgressEvent) => void;

export const silentProgress: ProgressSink = () => {};
