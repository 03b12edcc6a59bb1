/** Which rows a report tells one by one: the extremes, the middle, and where the model was most wrong. */
import type { ToldRow } from './explain-rows.js';
import type { RowsToExplain } from './rows-to-explain.js';

/** Each row at most once; without labels none is called wrong. */
export function tellingRows(
  { label, sourceRow }: Pick<RowsToExplain, 'label' | 'sourceRow'>,
  probability: Float64Array,
): ToldRow[] {
  const rows = Array.from(probability.keys());
  const by = (score: (row: number) => number) => [...rows].sort((a, b) => score(b) - score(a) || a - b);
  const likely = by((row) => probability[row]);
  const mean = probability.reduce((sum, p) => sum + p, 0) / Math.max(1, rows.length);
  const picks: [number | undefined, string][] = [
    [likely[0], 'likeliest'],
    [likely[1], 'second likeliest'],
    [likely[Math.floor(rows.length * 0.1)], 'at the edge of the likeliest tenth'],
    [by((row) => -Math.abs(probability[row] - mean))[0], 'nearest to the average'],
    [likely.at(-1), 'least likely'],
  ];
  if (label !== undefined) {
    const positives = rows.filter((row) => label[row] === 1);
    const negatives = rows.filter((row) => label[row] === 0);
    const missed = positives.sort((a, b) => probability[a] - probability[b] || a - b)[0];
    const alarm = negatives.sort((a, b) => probability[b] - probability[a] || a - b)[0];
    picks.push([missed, 'positive, though thought least likely'], [alarm, 'negative, though thought likeliest']);
  }
  const told: ToldRow[] = [];
  for (const [row, chosen] of picks) {
    if (row === undefined || told.some((one) => one.row === row)) continue;
    const source = sourceRow?.[row] ?? null;
    const name = source === null ? `kept row ${row + 1}` : `row ${source}`;
    told.push({ row, name, chosen, sourceRow: source, ids: {} });
  }
  return told;
}
