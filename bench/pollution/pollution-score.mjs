/**
 * The score of a benchmark of polluted CSV files (Vitagliano et al., "Pollock: A Data Loading Benchmark", PVLDB 16(8),
 * 2023, section 4): of what a reader loaded from one file, against the clean table, whether it loaded at all, and
 * precision, recall and F1 of the header, of the records and of the cells, as multisets; ten numbers from 0 to 1, added.
 */
/** 0 to 10; `loaded` undefined: the reader refused the file. */
export function pollutionScore(clean, loaded) {
  if (loaded === undefined) return 0;
  if (clean.length === 0) return 10;
  const header = f1Parts(clean[0].map(normal), (loaded[0] ?? []).map(normal));
  const records = f1Parts(clean.slice(1).map(recordOf), loaded.slice(1).map(recordOf));
  const cells = f1Parts(clean.flat(), loaded.flat());
  return 1 + header + records + cells;
}
function recordOf(row) {
  return row.map(normal).join('');
}
/** Spelling of letters does not count, nor does that of a number. */
function normal(cell) {
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(cell) ? String(Number(cell)) : cell.toLowerCase();
}
/** Precision + recall + F1 of two multisets; an empty clean one is met by anything. */
function f1Parts(clean, loaded) {
  if (clean.length === 0) return 3;
  const left = new Map();
  for (const item of clean) left.set(item, (left.get(item) ?? 0) + 1);
  let common = 0;
  for (const item of loaded) {
    const n = left.get(item) ?? 0;
    if (n === 0) continue;
    left.set(item, n - 1);
    common++;
  }
  if (common === 0) return 0;
  const precision = common / clean.length;
  const recall = common / loaded.length;
  return precision + recall + (2 * precision * recall) / (precision + recall);
}
