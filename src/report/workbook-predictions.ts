/** The sheets of predictions: as many as the rows need, each a table whose rows are streamed in when the file is written. */
import type { Workbook } from 'wasm-xlsxwriter';
import { column, type ReportTable } from './report-table.js';
import type { Colouring, StreamedCell, StreamedSheet } from './workbook-parts.js';
import { fillSheet } from './workbook-sheet.js';

/** Rows that come in order, once. */
export interface Predictions {
  readonly columns: readonly { readonly name: string; readonly kind: 'text' | 'probability' | 'number' }[];
  readonly rows: number;
  readonly blocks: AsyncIterable<readonly (readonly StreamedCell[])[]>;
  /** Rows of one sheet at most, its header aside; `SHEET_ROWS` by default and never more. */
  readonly sheetRows?: number;
}

/** Excel's last row, without the header. */
export const SHEET_ROWS = 1_048_575;

export interface PredictionSheets {
  readonly streamed: readonly StreamedSheet[];
  readonly colourings: ReadonlyMap<number, readonly Colouring[]>;
}

/** Adds the sheets; `before` is the number of sheets the workbook has. */
export function addPredictions(
  workbook: Workbook,
  { columns, rows, blocks, sheetRows = SHEET_ROWS }: Predictions,
  before: number,
): PredictionSheets {
  const pieces = inPieces(blocks);
  const streamed: StreamedSheet[] = [];
  const colourings = new Map<number, readonly Colouring[]>();
  for (let done = 0; done < rows; done += sheetRows) {
    const here = Math.min(sheetRows, rows - done);
    const part = streamed.length + 1;
    const table: ReportTable = {
      id: part === 1 ? 'predictions' : `predictions_${part}`,
      title: 'Predictions',
      columns: columns.map(({ name, kind }) =>
        column(name, kind === 'text' ? 'text' : kind === 'probability' ? 'percent' : 'general'),
      ),
      rows: [columns.map(({ kind }) => (kind === 'text' ? ' ' : 0))],
    };
    fillSheet(workbook.addWorksheet().setName(part === 1 ? 'Predictions' : `Predictions ${part}`), table);
    const sheet = before + part;
    let left = here;
    const next = async () => {
      if (left === 0) return null;
      const block = await pieces(left);
      left -= block?.length ?? 0;
      return block;
    };
    streamed.push({ sheet, rows: here, next });
    const place = columns.findIndex(({ name }) => name === 'purchase_probability');
    if (place >= 0)
      colourings.set(sheet, [
        { kind: 'bar', range: { firstRow: 1, lastRow: here, firstColumn: place, lastColumn: place }, colour: '9DC3E6' },
      ]);
  }
  return { streamed, colourings };
}

/** Blocks no longer than asked for: what is too much waits. */
function inPieces(
  blocks: Predictions['blocks'],
): (most: number) => Promise<readonly (readonly StreamedCell[])[] | null> {
  const iterator = blocks[Symbol.asyncIterator]();
  let held: readonly (readonly StreamedCell[])[] = [];
  return async (most) => {
    while (held.length === 0) {
      const { value, done } = await iterator.next();
      if (done) return null;
      held = value;
    }
    const piece = held.slice(0, most);
    held = held.slice(piece.length);
    return piece;
  };
}
