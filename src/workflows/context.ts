/** What every workflow is given beside its own options. Workflows return results; they print nothing and never exit. */
import type { ProgressSink } from '../base/progress.js';

export interface WorkflowContext {
  readonly seed: number;
  /** Worker threads a stage may use, the caller included; at least 1. */
  readonly threads: number;
  readonly progress: ProgressSink;
  /** Aborted on Ctrl-C; workflows check it between steps and leave nothing under a final name. */
  readonly signal: AbortSignal;
}
