/** How each number of the model's own results is computed, in a sentence or two; the explanations bring their own. */
export const METHODS: readonly { readonly name: string; readonly text: string }[] = [
  {
    name: 'AUC',
    text: 'The share of pairs of one positive and one other row that are ranked rightly, ties counting half (Mann–Whitney). Its 95% interval is DeLong’s; where rows belong to sessions, sessions are counted, not rows.',
  },
  {
    name: 'PR AUC',
    text: 'Average precision: the sum of precision × rise of recall over falling thresholds, without interpolation. Interval by a seeded bootstrap over rows or sessions.',
  },
  {
    name: 'Log loss',
    text: 'The mean of −ln(probability given to what happened), in nats. Interval by the same bootstrap.',
  },
  { name: 'Brier score', text: 'The mean squared difference of probability and outcome (0 or 1).' },
  {
    name: 'Calibration error (ECE)',
    text: 'Rows are cut by probability into 15 groups of equal size; the mean |observed rate − mean probability|, weighted by rows.',
  },
  {
    name: 'Calibration groups',
    text: 'The same 15 groups; the interval of each observed rate is Wilson’s.',
  },
  {
    name: 'Gain and lift',
    text: 'Rows in falling order of probability: the share of all positives among the first rows, and that share divided by the share of rows.',
  },
  {
    name: 'Share of gain, share of splits',
    text: 'Of all splits of a model’s trees: how much of the fall of the training loss, and how many of the splits, are by this feature. They favour features with many values and say nothing of rows the model did not see.',
  },
  {
    name: 'Features to look at twice',
    text: 'On up to 5,000 training and 5,000 validation rows, never on test rows: one value alone; equal to an earlier feature in every training row; an AUC of 0.99 or more by itself; an AUC that falls by more than 0.2 and five standard errors from training to validation; an AUC of 0.95 or more at telling training rows from validation rows. Categories are judged by the first two alone.',
  },
];
