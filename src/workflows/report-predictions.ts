/** The scores of an input for a workbook: scored as `score` does into a file aside, which is then read row by row. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import type { Predictions } from '../report/workbook-predictions.js';
import type { WorkflowContext } from './context.js';
import type { ReportOptions } from './options.js';
import { score } from './score.js';

const BLOCK = 1024;

export interface ScoredInput {
  readonly predictions: Predictions;
  /** Removes the file aside. */
  readonly discard: () => void;
}

/** `members` are the columns with a model's own probability. */
export async function scoredInput(
  { model, map = {}, maxBadRows = 0.01, reading }: ReportOptions,
  input: string,
  members: readonly string[],
  context: WorkflowContext,
): Promise<ScoredInput> {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-report-'));
  const discard = () => rmSync(folder, { recursive: true, force: true });
  try {
    const output = join(folder, 'scores.csv');
    const how = reading === undefined ? {} : { reading };
    const { rows_scored } = await score(
      { model, input, output, map, maxBadRows, ...how, moments: 'all', columns: [] },
      context,
    );
    const lines: AsyncIterator<string[]> = createReadStream(output).pipe(parse())[Symbol.asyncIterator]();
    const { value: header } = (await lines.next()) as { value: string[] };
    const first = header.indexOf('purchase_probability');
    const columns = header.map((name, i) => ({
      name,
      kind:
        i < first
          ? ('text' as const)
          : name === 'purchase_probability' || members.includes(name)
            ? ('probability' as const)
            : ('number' as const),
    }));
    return { predictions: { columns, rows: rows_scored, blocks: blocksOf(lines, first) }, discard };
  } catch (error) {
    discard();
    throw error;
  }
}

/** Cells from the scores on are numbers. */
async function* blocksOf(lines: AsyncIterator<string[]>, first: number) {
  let block: (string | number | null)[][] = [];
  for (let { value, done } = await lines.next(); !done; { value, done } = await lines.next()) {
    block.push((value as string[]).map((cell, i) => (cell === '' ? null : i < first ? cell : Number(cell))));
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}
