/** What a bin of so many values costs, by CatBoost's two rules; a division into bins is good when the costs sum to little. */
export type BinPenalty = (values: number) => number;

/** GreedyLogSum and MaxLogSum: the sum of the logarithms of the sizes is to be large. */
export const sumLog: BinPenalty = (values) => -Math.log(values + 1e-8);

/** GreedyMinEntropy and MinEntropy. */
export const minEntropy: BinPenalty = (values) => values * Math.log(values + 1e-8);
