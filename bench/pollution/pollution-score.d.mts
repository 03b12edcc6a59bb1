/**
 * The score of a benchmark of polluted CSV files (Vitagliano et al., "Pollock: A Data Loading Benchmark", PVLDB 16(8),
 * 2023, section 4): of what a reader loaded from one file, against the clean table, whether it loaded at all, and
 * precision, recall and F1 of the header, of the records and of the cells, as multisets; ten numbers from 0 to 1, added.
 */
/** Rows of texts; the first one counts as the header, whatever it is. */
export type Loaded = readonly (readonly string[])[];
/** 0 to 10; `loaded` undefined: the reader refused the file. */
export declare function pollutionScore(clean: Loaded, loaded: Loaded | undefined): number;
