/** Which columns of a table are coloured by their values, and how. */
import type { ReportTable } from './report-table.js';
import type { Colouring } from './workbook-parts.js';
import { flatColumns } from './workbook-sheet.js';

const BAR = '9DC3E6';
const DIVERGING = ['5B9BD5', 'FFFFFF', 'E7748F'] as const;

/** Bars in shares and sizes, blue to red around zero in contributions. */
export function colouringsOf(table: ReportTable): Colouring[] {
  const rows = table.rows.length;
  if (rows < 2) return [];
  const range = (firstColumn: number, lastColumn = firstColumn) => ({
    firstRow: 1,
    lastRow: rows,
    firstColumn,
    lastColumn,
  });
  const columns = flatColumns(table);
  const named = (...titles: readonly string[]) =>
    columns.flatMap(({ title }, i) => (titles.includes(title) ? [i] : []));
  switch (table.id) {
    case 'importance-by-method':
      return [
        ...named('Mean |SHAP|, points', 'Log loss when shuffled').map(
          (i): Colouring => ({ kind: 'bar', range: range(i), colour: BAR }),
        ),
        ...named('Mean SHAP, points', 'Direction').map(
          (i): Colouring => ({ kind: 'scale', range: range(i), colours: DIVERGING }),
        ),
      ];
    case 'shap': {
      const first = columns.findIndex(({ title }) => title === 'Base') + 1;
      return [
        { kind: 'bar', range: range(0), colour: BAR },
        { kind: 'scale', range: range(first, columns.length - 1), colours: DIVERGING },
      ];
    }
    case 'reasons':
      return named('Points', 'LIME, points').map((i) => ({ kind: 'scale', range: range(i), colours: DIVERGING }));
    case 'segments':
    case 'segments-model':
      return named('Difference').map((i) => ({ kind: 'scale', range: range(i), colours: DIVERGING }));
    case 'importances':
      return [{ kind: 'bar', range: range(1), colour: BAR }];
    case 'thresholds':
      return named('Precision', 'Recall').map((i) => ({ kind: 'bar', range: range(i), colour: BAR }));
    case 'drift':
      return named('PSI').map((i) => ({ kind: 'scale', range: range(i), colours: ['FFFFFF', 'F4B183'] }));
    case 'split-drift':
      return columns
        .flatMap(({ title }, i) => (title.startsWith('PSI, ') ? [i] : []))
        .map((i) => ({ kind: 'scale', range: range(i), colours: ['FFFFFF', 'F4B183'] }));
    default:
      return [];
  }
}
