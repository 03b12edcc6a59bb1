/** Names that options of the output are made of; no code, so that the command line can know them without loading any. */
export const FORMAT_NAMES = ['csv', 'jsonl', 'parquet'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** Columns over all rows, added once these are scored. */
export const RANK_COLUMNS = ['rank', 'decile'] as const;
export type RankColumn = (typeof RANK_COLUMNS)[number];

/** What scoring can add, as --scores names it. */
export const SCORE_NAMES = ['probability', 'confidence', 'members', ...RANK_COLUMNS] as const;
export type ScoreName = (typeof SCORE_NAMES)[number];
export const DEFAULT_SCORES = ['probability', 'confidence', 'members'] as const satisfies readonly ScoreName[];
