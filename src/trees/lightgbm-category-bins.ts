/** LightGBM's bins of a categorical column (bin.cpp): categories by falling count. */
import type { Cells } from '../table/matrix.js';
import { type BinParameters, commonBinOf, type LightgbmFeature, Missing } from './lightgbm-feature.js';

/**
 * A bin for each category, most frequent first; categories past 99% of the rows, once max_bin are made, and rarer than
 * min_data_in_bin fall into bin 0 with missing and unseen ones.
 */
export function categoricalBins(
  cells: Cells,
  categories: number,
  filter: number,
  to: BinParameters,
): LightgbmFeature | undefined {
  const rowsOfCode = new Float64Array(categories);
  let missingRows = 0;
  for (const code of cells) {
    if (code >= 0 && code < categories) rowsOfCode[code]++;
    else missingRows++;
  }
  const codes = Array.from(rowsOfCode.keys())
    .filter((code) => rowsOfCode[code] > 0)
    .sort((a, b) => rowsOfCode[b] - rowsOfCode[a] || a - b);
  const known = cells.length - missingRows;
  if (known === 0) return undefined;
  const enough = Math.trunc(Math.fround(Math.fround(known) * Math.fround(0.99)) + 0.5);
  const maxBin = Math.min(codes.length + (missingRows > 0 ? 1 : 0), to.maxBin);
  const binCodes = [-1];
  let used = 0;
  for (let i = 0; i < codes.length && (used < enough || binCodes.length < maxBin); i++) {
    if (rowsOfCode[codes[i]] < to.minDataInBin && i > 1) break;
    used += rowsOfCode[codes[i]];
    binCodes.push(codes[i]);
  }
  const bins = binCodes.length;
  const counts = binCodes.map((code) => (code < 0 ? cells.length - used : rowsOfCode[code]));
  if (bins <= 1 || (bins <= 2 && !counts.slice(0, -1).some((n) => n >= filter && cells.length - n >= filter)))
    return undefined;
  const binOfCode = new Uint32Array(categories);
  binCodes.forEach((code, bin) => {
    if (code >= 0) binOfCode[code] = bin;
  });
  const all = bins - 1 === codes.length && missingRows === 0;
  return {
    bins: { kind: 'categorical', bins, binOfCode, missingBin: 0, otherBin: 0 },
    missing: all ? Missing.None : Missing.NaN,
    zeroBin: binOfCode[0],
    mostFrequentIsZero: false,
    ...commonBinOf(counts),
    codes: binCodes,
  };
}
