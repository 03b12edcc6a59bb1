/** What a report is drawn from: how training went and, where it was computed, why the model says what it says. */
import type { ExplanationData } from '../explain/explanation-data.js';
import type { ReportData } from './report-data.js';

export interface ReportSource {
  readonly data: ReportData;
  /** Null: the bundle carries no explanation, and none was asked for. */
  readonly explanation: ExplanationData | null;
}
