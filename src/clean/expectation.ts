/** One expectation held against an input. */
import type { Rule, Severity } from './expectations.js';

export interface Expectation {
  /** Empty for what concerns the whole input. */
  readonly column: string;
  readonly rule: Rule | 'rows' | 'freshness' | 'additionalProperties';
  readonly severity: Severity;
  readonly expected: string;
  readonly found: string;
  /** Rows that fail; 0 for rules without rows, met or not. */
  readonly rows: number;
  readonly met: boolean;
}
