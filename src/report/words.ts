/** What a report calls the rows: buyers in shop events, positives in any other table. */
import type { ReportData } from './report-data.js';

export interface Words {
  readonly aPositive: string;
  readonly aNegative: string;
  readonly positives: string;
  readonly Positives: string;
  readonly Negatives: string;
  /** What there is a share of: "all purchases". */
  readonly hits: string;
  readonly Hits: string;
  readonly rate: string;
  readonly probabilities: string;
}

const SHOP: Words = {
  aPositive: 'a buyer',
  aNegative: 'a non-buyer',
  positives: 'buyers',
  Positives: 'Buyers',
  Negatives: 'Non-buyers',
  hits: 'purchases',
  Hits: 'Purchases',
  rate: 'purchase rate',
  probabilities: 'Purchase probabilities',
};

const TABLE: Words = {
  aPositive: 'a positive row',
  aNegative: 'a negative one',
  positives: 'positives',
  Positives: 'Positives',
  Negatives: 'Negatives',
  hits: 'positives',
  Hits: 'Positives',
  rate: 'rate of positives',
  probabilities: 'Probabilities',
};

/** A positive row of an event report is a moment that led to a purchase. */
export function wordsOf({ input }: ReportData): Words {
  return input.kind === 'events' ? SHOP : TABLE;
}
